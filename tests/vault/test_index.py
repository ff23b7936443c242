"""Blind indexes through the ring."""

from __future__ import annotations

import pytest

from portal.vault import KeyRing
from portal.vault.index import index_key, short_index
from tests.vault.conftest import demo_settings


def test_one_value_in_any_spelling_has_one_index(ring):
    spellings = ("13800138000", "+86 138-0013-8000", "０１３８００１３８０００")
    found = {ring.blind_index("person.contact", "phone", "phone", text) for text in spellings}
    assert len(found) == 1
    assert [len(index) for index in found] == [16]


def test_the_index_says_nothing_across_fields_groups_and_installations(ring, tmp_path):
    other = KeyRing.create(demo_settings(tmp_path / "other"))
    asked = [
        (ring, "person.contact", "phone"),
        (ring, "person.contact", "mobile"),
        (ring, "case.contact", "phone"),
        (other, "person.contact", "phone"),
    ]
    found = {keyring.blind_index(label, field, "phone", "13800138000") for keyring, label, field in asked}
    assert len(found) == 4
    other.close()


def test_a_text_that_does_not_meet_the_rule_has_no_index(ring):
    assert ring.blind_index("person.contact", "phone", "phone", "at the front desk") is None


def test_the_index_outlives_the_process(ring, open_ring):
    asked = ("person.contact", "email", "email", "a@example.com")
    assert open_ring().blind_index(*asked) == ring.blind_index(*asked)


@pytest.mark.parametrize("field", ["", "contact.phone"])
def test_a_field_name_cannot_be_taken_for_another_label(field):
    with pytest.raises(ValueError):
        index_key(bytes(32), "person", field, 1)


def test_the_short_form_is_signed():
    assert short_index(b"\xff" * 16) == -1
    assert short_index(b"\x7f" + b"\xff" * 15) == 2**63 - 1
