"""The receipt of an erasure: a signed note of codes, numbers and times, without a personal value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.vault import ring, signed_note
from portal.vault.chain import instant_text
from portal.vault.errors import ChainError
from portal.vault.signed_note import public_key

# The steps in their order, each with a time and the role that took it.
STEPS = ("requested", "identity", "checked", "approved", "erased")
COUNTS = ("persons", "tenures", "cases", "texts", "files")
COPIES = "copies"


@dataclass(frozen=True, slots=True)
class Step:
    """When a step was taken, and in which role."""

    name: str
    at: datetime
    role: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was destroyed, when and by which roles. ``counts`` are numbers of keys by kind of subject, of sealed texts
    and of files. From ``copies`` on, old backups cannot be opened either. Moments are aware.
    """

    number: str
    steps: tuple[Step, ...]
    counts: Mapping[str, int]
    copies: datetime

    def sign(self) -> str:
        """The whole note, signed by the installation."""
        lines = [_origin(), self.number]
        lines += [f"{step.name} {instant_text(step.at)} {step.role}" for step in self.steps]
        lines += [f"{name} {self.counts[name]}" for name in COUNTS]
        lines.append(f"{COPIES} {instant_text(self.copies)}")
        return signed_note.sign("".join(f"{line}\n" for line in lines), ring().secret("audit"))


def read_receipt(note: str) -> Receipt:
    """Read a receipt of this installation; what stands before the note, for people, is not looked at.

    Raises ChainError for any other byte of the note than was signed.
    """
    start = note.find(_origin() + "\n")
    if start < 0:
        raise ChainError("this is not a receipt of this installation")
    text = signed_note.read(note[start:], _origin(), public_key(ring().secret("audit")))
    _, number, *lines = text.removesuffix("\n").split("\n")
    told = {name: rest for name, _, rest in (line.partition(" ") for line in lines)}
    return Receipt(
        number,
        tuple(Step(name, *_when(told[name])) for name in STEPS if name in told),
        {name: int(told[name]) for name in COUNTS},
        datetime.fromisoformat(told[COPIES]),
    )


def _origin() -> str:
    return f"anju/{ring().installation.hex}/receipt"


def _when(text: str) -> tuple[datetime, str]:
    at, _, role = text.partition(" ")
    return datetime.fromisoformat(at), role
