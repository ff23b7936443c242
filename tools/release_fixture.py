"""Keeps what a release seals, so that every later one is held to opening it: ``python -m tools.release_fixture 0.1.0``.

Makes a small installation with the code at hand and writes it to tests/vault/releases/<release>: both stores as SQL,
the rest as JSON, one object as it lies in the storage. Run it when a release is cut and commit the folder; what is
there already is never made again.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal import config
from portal.vault import KeyRing, Subject, SubjectKind, chain
from portal.vault.checkpoint import Checkpoint
from portal.vault.normalise import NORMALISERS
from portal.vault.wrapping import KEY, data_context, epoch_context, unwrap, wrap

RELEASES = Path(__file__).resolve().parent.parent / "tests" / "vault" / "releases"
STORES = ("keys", "epochs")
AES, SM4 = 1, 2
LARGE = 65_537
PERSON, TENURE, CASE, SYSTEM, GONE = (
    Subject(kind, UUID(int=number))
    for kind, number in (
        (SubjectKind.PERSON, 1),
        (SubjectKind.TENURE, 2),
        (SubjectKind.CASE, 3),
        (SubjectKind.SYSTEM, 0),
        (SubjectKind.PERSON, 9),
    )
)
GROUPS = [
    ("person.contact", PERSON, {"name": "林晓雯", "phone": "+8613800138000", "email": "Lin@Example.com"}),
    ("person.identity", PERSON, {"id_number": "11010519491231002X", "birth_date": "1949-12-31"}),
    ("person.address", PERSON, {"address": "朝阳区 3-2-1202 🏠"}),
    ("ticket.report", TENURE, {"words": "洗澡后天花板滴水\n\t\"边上\" 发黄", "caller_name": ""}),
    ("message.text", TENURE, {"text": "漏" * 300}),
    ("confirmation.words", CASE, {"comment": " ", "unknown_to_us": "kept"}),
    ("event.note", PERSON, {"text": "回访", "salt": "55" * 32}),
    ("system.channel", SYSTEM, {"token": "\0"}),
    ("person.contact", GONE, {"name": "已走"}),
]  # fmt: skip
INDEXES = [
    ("person.contact", "phone", "phone", "138 0013 8000"),
    ("person.contact", "email", "email", "LIN@example.com"),
    ("person.identity", "id_number", "id_number", "11010519491231002x"),
]


def make(folder: Path) -> None:
    """Write the fixture into an empty folder."""
    with tempfile.TemporaryDirectory() as made:
        settings = config.load({"PORTAL_INSTANCE": made})
        ring = KeyRing.create(settings)
        ring.ensure(PERSON, TENURE, CASE, SYSTEM, GONE)
        groups = _groups(ring)
        ring.close()
        assert settings.root_key_file is not None
        root = settings.root_key_file.read_text("ascii")
        _second_version(Path(made), root, PERSON)
        ring = KeyRing.open(settings)
        kept: dict[str, Any] = {"root": root, "groups": groups + _groups(ring), "files": _files(ring, folder)}
        ring.erase(GONE)
        kept |= {"indexes": _indexes(ring), "chain": _chain(ring), "secrets": _secrets(ring)}
        ring.close()
        for store in STORES:
            with closing(sqlite3.connect(Path(made) / f"{store}.sqlite")) as connection:
                (folder / f"{store}.sql").write_text("\n".join(connection.iterdump()) + "\n", "utf-8")
    (folder / "sealed.json").write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _named(subject: Subject) -> dict[str, Any]:
    return {"kind": int(subject.kind), "subject": subject.id.hex}


def _groups(ring: KeyRing) -> list[dict[str, Any]]:
    found = []
    for number, (label, subject, fields) in enumerate(GROUPS):
        for algorithm in (AES, SM4):
            row = UUID(int=100 * number + algorithm)
            blob = ring.seal_group(label, row, subject, fields, algorithm=algorithm)
            found.append({"label": label, "row": row.hex, "fields": fields, "blob": blob.hex()} | _named(subject))
    return found


def _files(ring: KeyRing, folder: Path) -> list[dict[str, Any]]:
    """One object of two chunks in a file of its own, the others within the JSON."""
    found = []
    for number, (size, algorithm) in enumerate(((LARGE, AES), (0, AES), (100, SM4))):
        file_id = UUID(int=1000 + number)
        content = BytesIO(bytes(place % 251 for place in range(size)))
        sealer = ring.file_sealer(file_id, TENURE, content, algorithm=algorithm)
        stored = b"".join(sealer)
        if size == LARGE:
            (folder / "object.bin").write_bytes(stored)
        kept = {"object": "" if size == LARGE else stored.hex(), "size": size}
        found.append({"id": file_id.hex, "blob": sealer.blob.hex()} | kept | _named(TENURE))
    return found


def _indexes(ring: KeyRing) -> list[dict[str, str]]:
    names = ("label", "field", "normaliser", "text", "index")
    found = []
    for label, field, normaliser, text in INDEXES:
        assert normaliser in NORMALISERS
        index = ring.blind_index(label, field, normaliser, text)
        assert index is not None
        found.append(dict(zip(names, (label, field, normaliser, text, index.hex()), strict=True)))
    return found


def _chain(ring: KeyRing) -> dict[str, Any]:
    head, events = chain.START, []
    for number in range(3):
        event = chain.canonical_json({"id": f"{number:032x}", "at": "2026-11-22T00:00:00.000000Z", "kind": "keys.init"})
        head = chain.event_hash(head, event)
        events.append({"json": event.decode(), "hash": head.hex()})
    checkpoint = Checkpoint(ring.installation, len(events), head, datetime(2026, 11, 22, tzinfo=UTC))
    return {"events": events, "checkpoint": checkpoint.sign(ring.secret("audit")), "at": ring.installation.hex}


def _secrets(ring: KeyRing) -> dict[str, str]:
    """Fingerprints of the secrets, to see that they stay the same."""
    return {name: hashlib.sha256(ring.secret(name)).hexdigest() for name in ("audit", "index", "session")}


def _second_version(folder: Path, root: str, subject: Subject) -> None:
    """A further version of a data key as a rotation leaves it behind, written as the format says."""
    with closing(sqlite3.connect(folder / "epochs.sqlite")) as epochs:
        root_id, wrapped = epochs.execute("SELECT root, wrapped FROM vault_epoch WHERE number = 1").fetchone()
    epoch = unwrap(AESGCM(bytes.fromhex(root.strip()[-64:])), wrapped, epoch_context(root_id, 1))
    key = hashlib.sha256(b"a second version").digest()[:KEY]
    again = wrap(AESGCM(epoch), key, data_context(1, subject.packed, 2))
    with closing(sqlite3.connect(folder / "keys.sqlite")) as keys:
        keys.execute(
            "INSERT INTO vault_data_key (kind, subject, version, epoch, wrapped, made_at) VALUES (?, ?, 2, 1, ?, 0)",
            (int(subject.kind), subject.id.bytes, again),
        )
        keys.commit()


def main(release: str) -> int:
    """Make the fixture of a release; 1 when it is there."""
    folder = RELEASES / release
    if folder.exists():
        print(f"{folder} is there already: what a release sealed does not change")
        return 1
    folder.mkdir(parents=True)
    make(folder)
    print(f"{folder}: commit it")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
