"""Keys under keys: a wrap opens in its own place only, and a store in which two were exchanged is told."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from portal.vault import KeyRing, KeyStoreError, SealError, Subject, SubjectKind
from portal.vault.wrapping import KEY, data_context, epoch_context, secret_context, unwrap, wrap
from tests.vault.test_subjects import LABEL, new_version, sealed, stored

ROOTS = [b"\xde" + bytes(7), b"\x50" + bytes(7)]
SUBJECTS = [Subject(kind, UUID(int=number)).packed for kind in SubjectKind for number in (0, 1)]
NAMES = ("index", "index-sm3", "audit")
CONTEXTS = [
    *(epoch_context(root, number) for root in ROOTS for number in (1, 2, 256)),
    *(secret_context(root, name, number) for root in ROOTS for name in NAMES for number in (1, 2)),
    *(data_context(epoch, subject, number) for epoch in (1, 2) for subject in SUBJECTS for number in (1, 2, 256)),
]  # fmt: skip


def opens(under: AESGCM, wrapped: bytes, context: bytes) -> bool:
    with suppress(SealError):
        return bool(unwrap(under, wrapped, context))
    return False


def test_each_opens_in_its_own_place_only():
    """Under one and the same key, which no installation does: the contexts alone keep them apart."""
    under = AESGCM(bytes(KEY))
    wraps = [wrap(under, bytes((number,)) * KEY, context) for number, context in enumerate(CONTEXTS)]
    assert len(set(CONTEXTS)) == len(CONTEXTS) == 66
    found = {(i, j) for i, one in enumerate(wraps) for j, place in enumerate(CONTEXTS) if opens(under, one, place)}
    assert found == {(i, i) for i in range(len(CONTEXTS))}
    assert not any(opens(AESGCM(b"\1" * KEY), one, place) for one, place in zip(wraps, CONTEXTS, strict=True))


def test_every_byte_and_every_length():
    under, context = AESGCM(bytes(KEY)), CONTEXTS[0]
    wrapped = wrap(under, b"\7" * KEY, context)
    for place, byte in enumerate(wrapped):
        for bit in range(8):
            assert not opens(under, wrapped[:place] + bytes((byte ^ 1 << bit,)) + wrapped[place + 1 :], context)
        assert not opens(under, wrapped[:place], context)
    for more in (b"\0", wrapped):
        assert not opens(under, wrapped + more, context)
    assert opens(under, wrapped, context)
    assert b"\7" * 8 not in wrapped


def test_a_wrap_is_never_the_same_twice():
    under = AESGCM(bytes(KEY))
    assert len({wrap(under, bytes(KEY), b"x")[:12] for _ in range(1000)}) == 1000


def exchange(settings, store: str, table: str, one: str, other: str) -> None:
    """Two wraps change their places in a store."""
    with closing(sqlite3.connect(settings.instance / store)) as connection:
        first, second = (
            connection.execute(f"SELECT wrapped FROM {table} WHERE {where}").fetchone()[0] for where in (one, other)
        )
        connection.execute(f"UPDATE {table} SET wrapped = ? WHERE {one}", (second,))
        connection.execute(f"UPDATE {table} SET wrapped = ? WHERE {other}", (first,))
        connection.commit()


@pytest.mark.parametrize(("one", "other"), [("audit", "index"), ("index", "session"), ("audit", "session")])
def test_two_secrets_exchanged(settings, ring, one, other):
    ring.close()
    exchange(settings, "keys.sqlite", "vault_secret", f"name = '{one}'", f"name = '{other}'")
    with pytest.raises(KeyStoreError, match=r"^the secret \w+ does not open; restore the key store from its copy$"):
        KeyRing.open(settings)


def test_two_versions_exchanged(settings, ring, person, open_ring):
    row, blob = sealed(ring, person)
    new_version(ring, person, 2)
    fresh = open_ring()
    again = fresh.seal_group(LABEL, row, person, {"name": "王芳"})
    # A blob of one version under the other's number, both of them living.
    for one, number in ((blob, b"\0\2"), (again, b"\0\1")):
        with pytest.raises(SealError):
            fresh.open_group(LABEL, row, person, one[:2] + number + one[4:])
    fresh.close()
    exchange(settings, "keys.sqlite", "vault_data_key", "version = 1", "version = 2")
    with pytest.raises((SealError, KeyStoreError)):
        open_ring().open_group(LABEL, row, person, blob)


@pytest.mark.parametrize(("column", "value"), [("kind", 2), ("version", 7), ("subject", b"\1" * 16)])
def test_a_key_moved_to_another_place(settings, ring, person, column, value):
    keeper = Subject(SubjectKind.PERSON, UUID(int=0))
    ring.ensure(keeper)
    stored(settings, f"UPDATE vault_data_key SET {column} = ? WHERE subject = ?", value, person.id.bytes)
    moved = Subject(SubjectKind(value), person.id) if column == "kind" else person
    moved = Subject(SubjectKind.PERSON, UUID(bytes=value)) if column == "subject" else moved
    with pytest.raises(SealError, match=r"^the sealed bytes do not open$"):
        ring._subjects.afresh(moved.packed)
    assert ring.seal_group(LABEL, uuid4(), keeper, {"name": "王芳"})
