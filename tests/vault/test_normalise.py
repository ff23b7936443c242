"""One spelling for everything a person would call the same."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.vault import normalise

FULL_WIDTH = str.maketrans("0123456789+-()", "０１２３４５６７８９＋－（）")


@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.sampled_from(["", "+86", "0086", "86", "0", "+86 ", "00 86-", "(+86)"]),
    st.lists(st.sampled_from(["", " ", "-", ".", "\t", "\u3000", "\u00a0"]), min_size=11, max_size=11),
    st.booleans(),
)
def test_every_spelling_of_a_mobile_number(number, prefix, gaps, wide):
    text = prefix + "".join(digit + gap for digit, gap in zip(number, gaps, strict=True))
    found = normalise.phone(text.translate(FULL_WIDTH) if wide else text)
    assert found == b"+86" + number.encode()
    assert normalise.phone("+86" + number) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("010-8888 6666", b"+861088886666"),
        ("+1 (202) 555-0123", b"+12025550123"),
        ("0044 20 7946 0000", b"+442079460000"),
        ("8613800138000", b"+8613800138000"),
        ("86138001380", b"+8686138001380"),
        ("8888666", b"+868888666"),
        ("+1234567", b"+1234567"),
        ("+123456789012345", b"+123456789012345"),
        ("+1234567890123456", None),
        ("+123456", None),
        ("+0123456789", None),
        ("", None),
        ("+", None),
        ("00", None),
        ("turn left", None),
        ("13800138000x1", None),
        ("++8613800138000", None),
        ("١٣٨٠٠١٣٨٠٠٠", None),
        ("\ud800", None),
    ],
)
def test_phone(text, found):
    assert normalise.phone(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (" Wei.Zhang+a@Example.COM\n", b"wei.zhang+a@example.com"),
        ("ＷＥＩ＠example.com", b"wei@example.com"),
        ("ÄRGER@EXAMPLE.COM", "Ärger@example.com".encode()),
        ("张伟@例子.公司", "张伟@例子.公司".encode()),
        ("a@b", b"a@b"),
        ("@b", None),
        ("a@", None),
        ("a@b@c", None),
        ("nobody", None),
        ("", None),
        ("\ud800@b", None),
    ],
)
def test_email(text, found):
    assert normalise.email(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [("11010519491231002x", b"11010519491231002X"), (" ", None), ("", None), ("ß1", "ß1".encode())],
)
def test_id_number(text, found):
    assert normalise.id_number(text) == found


@given(st.text())
def test_no_text_raises(text):
    for rule in (normalise.phone, normalise.email, normalise.id_number):
        assert rule(text) is None or isinstance(rule(text), bytes)


def test_last_four_belong_to_a_development():
    one, two = UUID(int=1), UUID(int=2)
    assert normalise.phone_last4(one, "138 0013 8000") == one.bytes + b"8000"
    assert normalise.phone_last4(one, "13800138000") != normalise.phone_last4(two, "13800138000")
    assert normalise.phone_last4(one, "8000") is None
