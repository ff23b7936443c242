"""What a mask shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.models.masking import mask_email, mask_name, mask_phone


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("+8613800138000", "138****8000"),
        ("13800138000", "138****8000"),
        ("+861088886666", "10****6666"),
        ("+85291234567", "+852****4567"),
        ("+12025550123", "+120****0123"),
        ("+861234567", "****567"),
        ("12345", "****5"),
        ("1234", "****"),
        ("", ""),
        (None, ""),
    ],
)
def test_phone(phone, shown):
    assert mask_phone(phone) == shown


@given(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True))
def test_at_least_four_digits_of_a_phone_are_kept_back(phone):
    shown = mask_phone(phone)
    national = phone.removeprefix("+86").lstrip("+")
    assert sum(map(str.isdigit, shown)) <= max(0, len(national) - 4)
    assert phone not in shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("林晓雯", "林*雯"),
        ("林雯", "林*"),
        ("林", "*"),
        ("欧阳静怡", "欧**怡"),
        ("阿卜杜拉·买买提", "阿**提"),
        ("𠮷田", "𠮷*"),
        ("Wei Zhang", "W*** Z***"),
        ("Zoë", "Z***"),
        ("J", "***"),
        ("王Tom", "王***"),
        ("  林晓雯 ", "林*雯"),
        ("Ｗei", "Ｗ***"),
        ("", ""),
        (None, ""),
    ],
)
def test_name(name, shown):
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("email", "shown"),
    [
        ("zhang.wei@example.com", "z***@example.com"),
        ("z@example.com", "***@example.com"),
        ("a@b@example.com", "a***@example.com"),
        ("@example.com", "***@example.com"),
        ("nobody", "n***"),
        ("", ""),
        (None, ""),
    ],
)
def test_email(email, shown):
    assert mask_email(email) == shown


@given(st.text(min_size=1))
def test_no_mask_raises_or_gives_the_whole_value_back(text):
    for mask in (mask_phone, mask_name, mask_email):
        assert mask(text) != text or "*" in text or not text.strip()
