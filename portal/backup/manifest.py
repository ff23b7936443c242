"""What a set says about itself: the last thing that is written, and the first that is looked at."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from portal.backends.storage_folder import settle
from portal.backup.errors import BackupError
from portal.backup.places import MANIFEST

FORMAT = 1
READ = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """``kind`` is database, keys or epochs; ``files`` holds size and SHA-256 by name; times are UTC.

    ``gone`` names objects whose rows were removed while the backup ran (and in the copy as well), ``missing`` those
    that the storage had lost before. ``ledger`` is the erasure ledger's size and SHA-256 when the set was made.
    """

    kind: str
    installation: str
    at: str
    release: str
    files: Mapping[str, Mapping[str, Any]]
    tables: Mapping[str, int]
    revision: str = ""
    objects: int = 0
    with_files: bool = False
    gone: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    ledger: Mapping[str, Any] = field(default_factory=dict)
    format: int = FORMAT


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, on the disk when this returns."""
    path = folder / MANIFEST
    path.write_text(json.dumps(asdict(manifest), indent=1, sort_keys=True) + "\n", "utf-8")
    path.chmod(0o600)
    settle(path)


def parse(words: str, kind: str, where: Path) -> Manifest:
    """Read a manifest. Raises BackupError for one of another kind or format."""
    try:
        found = Manifest(**json.loads(words))
    except (TypeError, ValueError):
        raise BackupError(f"the manifest in {where} cannot be read; use another backup") from None
    if found.kind != kind:
        raise BackupError(f"{where} is a {found.kind} set, not a {kind} set")
    if found.format != FORMAT:
        raise BackupError(f"{where} has format {found.format}; this portal reads format {FORMAT}")
    return found


def read(folder: Path, kind: str) -> Manifest:
    """The manifest of a set after a look at every file it names. Raises BackupError at the first that differs."""
    found = parse((folder / MANIFEST).read_text("utf-8", "replace"), kind, folder)
    for name, kept in found.files.items():
        if described(folder / name) != kept:
            raise BackupError(f"{folder / name} is not as it was written; use another backup")
    return found


def described(path: Path) -> dict[str, Any]:
    """Size and SHA-256 of a file; nothing where there is none."""
    if not path.is_file():
        return {}
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(READ):
            digest.update(piece)
            size += len(piece)
    return {"size": size, "sha256": digest.hexdigest()}


def of_bytes(content: bytes) -> dict[str, Any]:
    """The same of bytes at hand."""
    return {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
