"""What a backup or a restore refuses."""

from __future__ import annotations


class BackupError(Exception):
    """The message is one line for the person at the command line: what is wrong, and what to do."""
