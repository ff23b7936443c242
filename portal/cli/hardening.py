"""A process that holds keys leaves no image of its memory: no core file, and no other process of its user looks in."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

_PR_SET_DUMPABLE = 4


def harden() -> None:
    """Forbid core files, and on Linux also tracing by processes of the same user, for this process and its children.

    Does what the system lets it do and raises nothing: a portal that cannot be hardened still serves.
    """
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
