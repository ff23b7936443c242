"""Sealing and opening groups through the ring."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.vault import SealError, Subject, SubjectKind
from portal.vault.ciphers import AES_256_GCM, SM4_GCM
from portal.vault.sealing import label_bytes, pad, unpad

NAMES = st.sampled_from(["name", "phone", "email", "text", "id_number"])
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


SUBJECT = Subject(SubjectKind.CASE, uuid4())


@given(st.dictionaries(NAMES, TEXT, min_size=1), st.sampled_from([AES_256_GCM, SM4_GCM]))
@settings(max_examples=150)
def test_any_text_comes_back(lasting, fields, algorithm):
    row, subject = uuid4(), SUBJECT
    lasting.ensure(subject)
    blob = lasting.seal_group("case.contact", row, subject, fields, algorithm=algorithm)
    assert lasting.open_group("case.contact", row, subject, blob) == fields
    assert len(blob) % 32 == 0
    assert len(blob) >= 64
    for text in fields.values():
        assert len(text) < 4 or text.encode() not in blob


@given(st.binary(max_size=200))
def test_padding(text):
    padded = pad(text)
    assert len(padded) % 32 == 0
    assert 1 <= len(padded) - len(text) <= 32
    assert unpad(padded) == text


@given(st.binary(max_size=100))
def test_only_what_pad_makes_is_unpadded(padded):
    try:
        text = unpad(padded)
    except SealError:
        return
    assert padded[: len(text) + 1] == text + b"\x80"
    assert len(padded) - len(text) <= 32


@given(st.binary(max_size=200) | st.binary(min_size=60, max_size=196).map(lambda tail: b"\x81\x01\x00\x01" + tail))
@settings(max_examples=300)
def test_bytes_at_random_are_refused_and_nothing_else(lasting, blob):
    lasting.ensure(SUBJECT)
    with pytest.raises(SealError):
        lasting.open_group("system.channel", uuid4(), SUBJECT, blob)


def test_a_megabyte(ring, person):
    row, fields = uuid4(), {"text": "安居" * 200_000}
    assert ring.open_group("ticket.note", row, person, ring.seal_group("ticket.note", row, person, fields)) == fields


def test_the_same_fields_never_give_the_same_bytes(ring, person):
    row = uuid4()
    blobs = {ring.seal_group("person.contact", row, person, {"name": "王芳"})[4:16] for _ in range(2000)}
    assert len(blobs) == 2000


def test_an_unknown_field_is_kept(ring, person):
    row, fields = uuid4(), {"name": "王芳", "nickname": "小芳"}
    blob = ring.seal_group("person.contact", row, person, fields)
    assert ring.open_group("person.contact", row, person, blob) == fields


@pytest.mark.parametrize("fields", [{}, {"name": None}, {"name": 7}, {"name": b"x"}, {"name": "\ud800"}, {"名": "x"}])
def test_what_is_not_sealed(ring, person, fields):
    with pytest.raises(ValueError) as caught:
        ring.seal_group("person.contact", uuid4(), person, fields)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("label", ["", "Person", "person contact", "人", "a" * 65, "person-contact", "person\n"])
def test_what_is_no_label(label):
    with pytest.raises(ValueError):
        label_bytes(label)


def test_a_label_of_64(ring, person):
    row, label = uuid4(), "a" * 64
    assert ring.open_group(label, row, person, ring.seal_group(label, row, person, {"a": "b"})) == {"a": "b"}


def test_an_unknown_algorithm_is_not_made(ring, person):
    with pytest.raises(SealError):
        ring.seal_group("person.contact", uuid4(), person, {"name": "王芳"}, algorithm=3)
