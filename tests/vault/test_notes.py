"""Signed notes and checkpoints: what is truly signed by us and still says something no checkpoint says."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from portal.vault import ChainError, signed_note
from portal.vault.checkpoint import Checkpoint, read_checkpoint

SEED = bytes(range(32))
PUBLIC = signed_note.public_key(SEED)
HERE = UUID(int=0xABCD)
ORIGIN = f"anju/{HERE.hex}"
HEAD = "q" * 42 + "o="
AT = "2026-11-22T00:00:00.000000Z"


def why(note: str) -> str:
    """What the reader of checkpoints says to a note."""
    with pytest.raises(ChainError) as caught:
        read_checkpoint(note, HERE, PUBLIC)
    assert caught.value.__cause__ is None
    return str(caught.value)


def test_the_example_reads():
    note = signed_note.sign(f"{ORIGIN}\n999999999999999999\n{HEAD}\n{AT}\n", SEED)
    found = read_checkpoint(note, HERE, PUBLIC)
    assert (found.count, found.at) == (10**18 - 1, datetime(2026, 11, 22, tzinfo=UTC))
    assert found.sign(SEED) == note


@pytest.mark.parametrize(
    "lines",
    [
        ("12", HEAD),
        ("12", HEAD, AT, ""),
        ("12", HEAD, AT, "one more"),
        ("012", HEAD, AT),
        ("+12", HEAD, AT),
        (" 12", HEAD, AT),
        ("1_2", HEAD, AT),
        ("", HEAD, AT),
        ("-1", HEAD, AT),
        ("²", HEAD, AT),
        ("१२", HEAD, AT),
        ("1" * 19, HEAD, AT),
        ("1" * 5000, HEAD, AT),
        ("12", "", AT),
        ("12", HEAD[:-1], AT),
        ("12", HEAD[:-2] + "p=", AT),
        ("12", HEAD[4:], AT),
        ("12", "qqqq" + HEAD, AT),
        ("12", HEAD[:3] + " " + HEAD[3:], AT),
        ("12", "Ä" + HEAD[1:], AT),
        ("12", HEAD, "2026-11-22T00:00:00.0Z"),
        ("12", HEAD, "2026-11-22T08:00:00.000000+0800"),
        ("12", HEAD, "2026-11-31T00:00:00.000000Z"),
        ("12", HEAD, "2026-11-22"),
        ("12", HEAD, ""),
    ],
)
def test_signed_and_still_no_checkpoint(lines):
    note = signed_note.sign("\n".join((ORIGIN, *lines)) + "\n", SEED)
    assert signed_note.read(note, ORIGIN, PUBLIC)
    assert why(note) == "the checkpoint is not a note of this installation"


@pytest.mark.parametrize("kind", ["/erasure", "/receipt", "0", " "])
def test_a_note_of_another_kind_or_place(kind):
    note = signed_note.sign(f"{ORIGIN}{kind}\n12\n{HEAD}\n{AT}\n", SEED)
    assert why(note) == "this is not a note of this installation"


def test_a_text_that_looks_signed_is_not_read_past():
    """A line of the text that begins like a signature would hide the rest from a careless reader."""
    text = f"{ORIGIN}\n12\n{HEAD}\n{AT}\n\n— {ORIGIN} AAAA\n"
    assert why(signed_note.sign(text, SEED)) == "the note's signature is not readable"
    assert why(signed_note.sign(f"{ORIGIN}\n— more\n", SEED)) == "this is not a note of this installation"


@pytest.mark.parametrize("signature", ["", "AAAA ", "AA AA", "AAAB=", "AAA", "A===", "Ä", "\ud800"])
def test_a_signature_that_is_none(signature):
    text = f"{ORIGIN}\n12\n{HEAD}\n{AT}\n"
    said = why(f"{text}\n— {ORIGIN} {signature}\n")
    assert said == (
        "the note is not signed by this installation" if not signature else "the note's signature is not readable"
    )


@pytest.mark.parametrize(("by", "what"), [(bytes(32), AT), (SEED, AT.replace("22T", "23T")), (SEED, "\ud800")])
def test_signed_by_somebody_else_or_for_something_else(by, what):
    whole = signed_note.sign(f"{ORIGIN}\n12\n{HEAD}\n{AT}\n", by)
    assert why(whole.replace(AT, what)) == "the note is not signed by this installation"


@pytest.mark.parametrize("text", ["A A=", "AAAA\n", "AA=A", "A", "é"])
def test_what_is_no_base64(text):
    assert signed_note.from_base64(text) is None


def test_a_checkpoint_says_which_event_does_not_fit():
    made = Checkpoint(HERE, 12, bytes(32), datetime(2026, 11, 22, tzinfo=UTC))
    made.confirm(12, bytes(32))
    for count, head in ((11, bytes(32)), (12, b"\x01" * 32)):
        with pytest.raises(ChainError, match=r"^the audit chain is not the one signed at event 12$"):
            made.confirm(count, head)
