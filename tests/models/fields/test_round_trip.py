"""Any text in any field comes back from the database as it went in; null, empty and blank stay what they are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.extensions import db
from tests.models.fields.guests import raw
from tests.models.fields_app import Guest

FIELDS = ("name", "email", "id_number")
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
BLANK = st.sampled_from(["", " ", "\u3000", "\t\n", "\0", "\u200b", "\ufeff", "null", "None"])
VALUES = st.fixed_dictionaries({field: st.none() | BLANK | ANY for field in FIELDS})


def written(values: dict[str, str | None]) -> Guest:
    """A new guest with these values, written and forgotten."""
    guest = Guest(**values)
    db.session.add(guest)
    db.session.commit()
    db.session.expire_all()
    return guest


def read(guest: Guest) -> dict[str, str | None]:
    return {field: getattr(guest, field) for field in FIELDS}


@pytest.mark.parametrize(
    "examples", [100, pytest.param(2000, marks=[pytest.mark.long, pytest.mark.timeout(900)])], ids=["quick", "long"]
)
def test_what_went_in_comes_out(app, examples):
    @settings(max_examples=examples)
    @given(VALUES, VALUES)
    def holds(first, second) -> None:
        guest = written(first)
        assert read(guest) == first
        for field, text in second.items():
            setattr(guest, field, text)
        db.session.commit()
        db.session.expire_all()
        assert read(guest) == second
        contact = any(second[field] is not None for field in ("name", "email"))
        assert (raw(guest) is not None, raw(guest, "identity_sealed") is not None) == (
            contact,
            second["id_number"] is not None,
        )
        db.session.expunge_all()  # or each example would expire all the earlier ones

    holds()


@pytest.mark.parametrize("text", ["安" * 350_000, "\0" * 1_000_000, "🏠" * 262_144, " " * 1_048_576])
def test_a_megabyte_of_text(app, text):
    guest = written({"name": text, "email": None, "id_number": ""})
    assert (guest.name == text, guest.email, guest.id_number) == (True, None, "")
