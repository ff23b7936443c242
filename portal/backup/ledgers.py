"""The erasure ledger beside a backup: it only grows, so of two the longer one is the newer."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from portal.backup.errors import BackupError
from portal.backup.manifest import Manifest
from portal.backup.places import replace


def newest(copy: Path, kept: Path) -> bytes:
    """The ledger to go by: that of the installation, where there is one still, or its copy.

    Raises BackupError where neither continues the other.
    """
    copied, here = _read(copy), _read(kept)
    for longer, shorter in ((copied, here), (here, copied)):
        if longer.startswith(shorter):
            return longer
    raise BackupError(f"the erasure ledgers {copy} and {kept} contradict each other; move the wrong one away")


def confirm(copy: Path, kept: Path, manifests: Iterable[Manifest]) -> bytes:
    """The same, looked at: it must hold what it held when the sets were made.

    Raises BackupError: with an older one, people who were erased would come back.
    """
    found = newest(copy, kept)
    for manifest in manifests:
        size = int(manifest.ledger["size"])
        if hashlib.sha256(found[:size]).hexdigest() != manifest.ledger["sha256"]:
            raise BackupError("the erasure ledger is older than the backup; name its newest copy with --ledger")
    return found


def bring(copy: Path, kept: Path) -> None:
    """Put the ledger to go by in the installation's place; nothing happens when nobody was ever erased."""
    found = newest(copy, kept)
    if not found or found == _read(kept):
        return
    kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = kept.with_name(f"{kept.name}.new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(found)
    replace(beside, kept)


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""
