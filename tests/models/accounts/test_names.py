"""What an owner is told of somebody's name: the family name."""

from __future__ import annotations

import pytest

from portal.models.accounts.names import COMPOUND, family_name


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("周建国", "周"),
        ("王芳", "王"),
        ("欧阳修", "欧阳"),
        ("司马相如", "司马"),
        ("欧阳", "欧"),
        ("令狐冲", "令狐"),
        ("  李明 ", "李"),
        ("John Smith", "Smith"),
        ("María de la Cruz", "Cruz"),
        ("Prince", "Prince"),
        ("𠮷田", "𠮷"),
        ("㑇文", "㑇"),
        ("〇一", "〇"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_the_family_name(name: str, family: str):
    assert family_name(name) == family


@pytest.mark.parametrize("compound", COMPOUND)
def test_compound_names_are_taken_whole_and_alone_stay_one(compound: str):
    assert family_name(compound + "明") == compound
    assert len(compound) == 2
