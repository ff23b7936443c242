"""Fetch the vendored scripts again and hold them to their lock: ``python3 -m tools.vendor`` (needs npm)."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

VENDOR = Path(__file__).resolve().parent.parent / "portal" / "static" / "vendor"


def integrity(archive: bytes) -> str:
    """The sum of an npm archive as package locks write it."""
    return "sha512-" + base64.b64encode(hashlib.sha512(archive).digest()).decode()


def strangers(folder: Path) -> list[str]:
    """What is wrong in a vendored folder against its ``vendor.lock``, a line each: changed, missing, not listed."""
    listed = {entry["name"]: entry["sha256"] for entry in _lock(folder)["file"]}
    there = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    there.pop("vendor.lock")
    return [
        *(f"{name} is missing" for name in sorted(listed.keys() - there.keys())),
        *(f"{name} is not in vendor.lock" for name in sorted(there.keys() - listed.keys())),
        *(f"{name} was changed" for name in sorted(listed.keys() & there.keys()) if listed[name] != there[name]),
    ]


def fetch(folder: Path) -> None:
    """Replace a vendored folder's files by those of the locked archive; SystemExit when a sum differs."""
    lock = _lock(folder)
    with tempfile.TemporaryDirectory() as place:
        archive = _pack(f"{lock['name']}@{lock['version']}", Path(place))
        if integrity(archive.read_bytes()) != lock["integrity"]:
            raise SystemExit(f"{archive.name}: the archive is not the one that vendor.lock names")
        with tarfile.open(archive) as members:
            fresh = {entry["name"]: _member(members, entry) for entry in lock["file"]}
    for name, content in fresh.items():
        target = folder / name
        if not target.exists() or target.read_bytes() != content:
            target.write_bytes(content)
    print(f"{folder.name}: {len(fresh)} files are as vendor.lock says")


def _lock(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "vendor.lock").read_text("utf-8"))


def _pack(package: str, place: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is not on the PATH; only `make vendor` needs it")
    subprocess.run([npm, "pack", "--silent", package], cwd=place, check=True, stdout=subprocess.DEVNULL)
    return next(place.glob("*.tgz"))


def _member(members: tarfile.TarFile, entry: dict[str, str]) -> bytes:
    file = members.extractfile(entry["path"])
    content = file.read() if file else b""
    if hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise SystemExit(f"{entry['path']}: its sum is not the one in vendor.lock")
    return content


if __name__ == "__main__":
    for lock in sorted(VENDOR.glob("*/vendor.lock")):
        fetch(lock.parent)
