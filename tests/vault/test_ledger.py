"""The erasure ledger: what it holds, what a crash leaves, and every change that shows."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from portal.vault import KeyStoreError, Subject, SubjectKind
from portal.vault import ledger as ledgers
from portal.vault.ledger import LINES, Ledger
from portal.vault.signed_note import public_key, read
from portal.vault.witness import LedgerEnd

AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
SEED, INSTALLATION = bytes(range(32)), UUID(int=7)


@pytest.fixture
def ledger(tmp_path) -> Ledger:
    return Ledger(tmp_path / "kept" / "erasures.ledger", INSTALLATION, SEED)


def persons(count: int) -> list[Subject]:
    return [Subject(SubjectKind.PERSON, uuid4()) for _ in range(count)]


def test_without_a_file_nobody_was_erased(ledger):
    assert ledger.entries() == []
    assert not ledger.file.exists()


def test_it_keeps_who_when_and_for_which_request(ledger):
    person, tenure, request = Subject(SubjectKind.PERSON, uuid4()), Subject(SubjectKind.TENURE, uuid4()), uuid4()
    assert ledger.add([person, tenure, person], request, AT) == 2
    assert [(entry.number, entry.subject, entry.request, entry.at) for entry in ledger.entries()] == [
        (1, person, request, AT),
        (2, tenure, request, AT),
    ]
    assert ledger.of_request(request) == [person, tenure]
    assert stat.S_IMODE(ledger.file.stat().st_mode) == 0o600


def test_a_subject_is_named_once(ledger):
    (person,) = persons(1)
    assert (ledger.add([person], uuid4(), AT), ledger.add([person], uuid4(), AT)) == (1, 0)
    assert len(ledger.entries()) == 1


def test_every_entry_is_a_note_that_anybody_can_verify(ledger):
    ledger.add(persons(2), uuid4(), AT)
    lines = ledger.file.read_text().splitlines(keepends=True)
    for start in range(0, len(lines), LINES):
        text = read("".join(lines[start : start + LINES]), f"anju/{INSTALLATION.hex}/erasure", public_key(SEED))
        assert text.startswith(f"anju/{INSTALLATION.hex}/erasure\n{start // LINES + 1}\n")


def test_whatever_a_crash_leaves_of_the_last_entry_is_no_entry_and_the_next_takes_its_place(ledger):
    first, second, third = persons(3)
    ledger.add([first], uuid4(), AT)
    whole = ledger.file.read_bytes()
    ledger.add([second], uuid4(), AT)
    longer = ledger.file.read_bytes()
    for end in range(len(whole), len(longer)):
        for torn in (longer[:end], longer[:end] + bytes(40)):
            ledger.file.write_bytes(torn)
            assert [entry.subject for entry in ledger.entries()] == [first]
    ledger.add([third], uuid4(), AT)
    assert [entry.subject for entry in ledger.entries()] == [first, third]
    ledger.file.write_bytes(longer + bytes(40))
    assert [entry.subject for entry in ledger.entries()] == [first, second]


def test_every_other_change_shows(ledger):
    ledger.add(persons(3), uuid4(), AT)
    raw = ledger.file.read_bytes()
    length = len(raw) // 3
    one, two, three = raw[:length], raw[length : 2 * length], raw[2 * length :]
    cut = {
        "first cut": two + three,
        "middle cut": one + three,
        "swapped": one + three + two,
        "twice": one + two + two,
        "line cut": raw.replace(b"\n", b"", 1),
        "line more": b"\n" + raw,
    }
    for name, changed in cut.items():
        ledger.file.write_bytes(changed)
        with pytest.raises(KeyStoreError, match="restore its copy"):
            pytest.fail(f"{name}: {ledger.entries()}")


def test_every_flipped_byte_shows(ledger):
    ledger.add(persons(2), uuid4(), AT)
    raw = ledger.file.read_bytes()
    for place in range(len(raw) - 1):  # the very last byte is the newline that makes the entry whole
        changed = bytearray(raw)
        changed[place] ^= 1
        ledger.file.write_bytes(bytes(changed))
        with suppress(KeyStoreError):
            assert len(ledger.entries()) < 2, place


def test_another_installation_or_key_is_refused(ledger):
    ledger.add(persons(1), uuid4(), AT)
    for other in (Ledger(ledger.file, UUID(int=8), SEED), Ledger(ledger.file, INSTALLATION, bytes(32))):
        with pytest.raises(KeyStoreError):
            other.entries()


def test_nothing_is_added_to_a_damaged_ledger(ledger):
    ledger.add(persons(2), uuid4(), AT)
    ledger.file.write_bytes(ledger.file.read_bytes().replace(b"\n1\n", b"\n9\n"))
    before = ledger.file.read_bytes()
    with pytest.raises(KeyStoreError, match="entry 1 of the erasure ledger"):
        ledger.add(persons(1), uuid4(), AT)
    assert ledger.file.read_bytes() == before


def test_a_place_that_cannot_be_written_is_one_clear_line(tmp_path):
    (tmp_path / "file").write_text("")
    ledger = Ledger(tmp_path / "file" / "erasures.ledger", INSTALLATION, SEED)
    with pytest.raises(KeyStoreError, match=r"cannot be written .*; nothing was erased"):
        ledger.add(persons(1), uuid4(), AT)


def test_what_is_added_is_on_the_disk_with_its_folder(ledger, monkeypatch):
    settled, real = [], os.fsync

    def noted(opened: int) -> None:
        settled.append(Path(f"/proc/self/fd/{opened}").readlink())
        real(opened)

    monkeypatch.setattr(ledgers.os, "fsync", noted)
    ledger.add(persons(1), uuid4(), AT)
    assert settled == [ledger.file, ledger.file.parent]


@pytest.fixture
def witnessed(tmp_path, ring) -> Ledger:
    """A ledger that the key store keeps an eye on."""
    return Ledger(tmp_path / "erasures.ledger", ring.installation, ring.secret("audit"), ring.witness)


def unseen(ledger: Ledger, ring) -> Ledger:
    """The same file, written behind the key store's back."""
    return Ledger(ledger.file, ring.installation, ring.secret("audit"))


def test_a_cut_at_an_entrys_end_is_missed(witnessed, ring):
    witnessed.add(persons(3), uuid4(), AT)
    raw = witnessed.file.read_bytes()
    length, somebody, request = len(raw) // 3, persons(1), uuid4()
    for left in (2, 1, 0):
        witnessed.file.write_bytes(raw[: left * length])
        for tried in (
            witnessed.entries,
            witnessed.shown,
            lambda: witnessed.of_request(request),
            lambda: witnessed.add(somebody, request, AT),
            lambda: witnessed.confirm(witnessed.file.read_bytes()),
        ):
            with pytest.raises(KeyStoreError, match=rf"shorter than what the key store has seen, {left} of 3 entries"):
                tried()
        assert witnessed.file.read_bytes() == raw[: left * length]
    witnessed.file.unlink()
    with pytest.raises(KeyStoreError, match="0 of 3 entries; restore its newest copy"):
        witnessed.entries()


def test_another_end_in_the_place_of_the_one_that_was_seen(witnessed, ring):
    witnessed.add(persons(2), uuid4(), AT)
    raw = witnessed.file.read_bytes()
    witnessed.file.write_bytes(raw[: len(raw) // 2])
    unseen(witnessed, ring).add(persons(3), uuid4(), AT)
    with pytest.raises(
        KeyStoreError, match=r"entry 2 of the erasure ledger .* is not the one that the key store has seen"
    ):
        witnessed.entries()


def test_a_longer_one_is_usual_and_is_seen_before_anything_is_destroyed_by_it(witnessed, ring, open_ring):
    """A crash between the ledger and the key store, or a restored key store, leaves it so."""
    witnessed.add(persons(1), uuid4(), AT)
    unseen(witnessed, ring).add(persons(2), uuid4(), AT)
    assert len(witnessed.entries()) == 3
    assert ring.witness.seen().number == 1
    assert len(witnessed.shown()) == 3
    assert open_ring().witness.seen().number == 3


def test_nobody_who_is_named_already_is_shown_again_without_need(witnessed, ring):
    somebody = persons(1)
    unseen(witnessed, ring).add(somebody, uuid4(), AT)
    assert ring.witness.seen() is None
    assert witnessed.add(somebody, uuid4(), AT) == 0
    assert ring.witness.seen().number == 1


def test_what_was_seen_only_grows(witnessed, ring):
    witnessed.add(persons(2), uuid4(), AT)
    seen = ring.witness.seen()
    ring.witness.see(LedgerEnd(1, bytes(32)))
    assert ring.witness.seen() == seen


def test_without_its_newest_copy_the_ledger_is_mended_from_the_key_store(witnessed, ring):
    first, second, third = persons(3)
    witnessed.add([first], uuid4(), AT)
    copy = witnessed.file.read_bytes()
    witnessed.add([second, third], uuid4(), AT)
    witnessed.file.write_bytes(copy)
    assert witnessed.mend([first, second], AT) == 1
    assert [entry.subject for entry in witnessed.entries()] == [first, second]
    assert witnessed.file.read_bytes().startswith(copy)
    assert witnessed.mend([first, second], AT) == 0
    assert witnessed.add([third], uuid4(), AT) == 1
    assert ring.witness.seen().number == 3
