"""Canonical JSON against a second, slow writer made from the format's text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.vault.canonical import LARGEST, canonical_json, read_texts

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
KEYS = st.text(st.characters(max_codepoint=127), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
SHORT = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def slowly(value) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{slowly(key)}:{slowly(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(slowly, value)) + "]"
    if isinstance(value, str):
        return '"' + "".join(SHORT.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in value) + '"'
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


@given(VALUES)
def test_equals_the_slow_writer(value):
    written = canonical_json(value)
    assert written == slowly(value).encode()
    assert json.loads(written) == value
    assert canonical_json(json.loads(written)) == written


@given(st.dictionaries(KEYS, TEXT))
def test_texts_come_back(fields):
    assert read_texts(canonical_json(fields)) == fields


@given(st.binary() | TEXT.map(str.encode))
def test_reading_anything_raises_nothing(plain):
    found = read_texts(plain)
    assert found is None or all(type(text) is str for text in found.values())


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        LARGEST + 1,
        -LARGEST - 1,
        {"名": "x"},
        {1: "x"},
        b"x",
        {1, 2},
        object(),
        "\ud800",
        {"a": ["\udfff"]},
    ],
    ids=lambda value: type(value).__name__,
)
def test_refused_without_the_value(value):
    with pytest.raises(ValueError) as caught:
        canonical_json({"secret": value})
    assert "\ud800" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "plain",
    [
        b"", b"{", b'{"a":1}', b'{"a":null}', b'["a"]', b'"a"', b"{}x", b"{} ", b'{"a":"\\ud800"}', b'{"a":"\xff"}',
        b'{"\\udc00":"a"}', b"\xef\xbb\xbf{}", '{"a":"b"}'.encode("utf-16"), b"[" * 100_000, b'{"a":"\x00"}',
    ],
)  # fmt: skip
def test_what_is_no_object_of_texts(plain):
    assert read_texts(plain) is None


def test_an_escaped_pair_and_an_escaped_backslash_are_text():
    assert read_texts(b'{"a":"\\ud83c\\udfe0","b":"\\\\ud800"}') == {"a": "\U0001f3e0", "b": "\\ud800"}
