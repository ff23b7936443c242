"""How a name is spelled for finding: one form for everything that looks the same, and how each character is read."""

from __future__ import annotations

import os
import re
import unicodedata
from functools import lru_cache

# The letter that keyboards write as v, or leave without its dots.
UE = "ü"
_TONES = re.compile(r"(?<=[a-zü])[0-5]")


def fold(name: str) -> str:
    """A name in lower case and normal width, letters and digits only: blanks, dots and accents make no difference."""
    if name.isalpha() and name[0] >= "\u4e00" and name[-1] <= "\u9fff" and unicodedata.is_normalized("NFKC", name):
        return name if all("\u4e00" <= char <= "\u9fff" for char in name) else _fold(name)
    return _fold(name)


def fold_query(text: str) -> str:
    """What somebody types for a name: the same, without the numbers of tones, and with v for the letter ü."""
    return _TONES.sub("", fold(text)).replace(UE, "v")


def is_ideograph(char: str) -> bool:
    """Whether it is a Chinese character: one of them says as much as two letters."""
    return "\u3400" <= char <= "\u9fff" or char == "\u3007" or char >= "\U00020000"


@lru_cache(maxsize=100_000)
def readings(char: str) -> tuple[str, ...]:
    """How a character of a folded name may be typed, tones left out: every reading of an ideograph, a letter itself."""
    if char == UE:
        return ("u", "v")
    if not is_ideograph(char):
        return (char,)
    found = dict.fromkeys(fold_query(reading) for reading in _pinyin(char))
    typed = [spelling for reading in found for spelling in _spellings(reading)]
    return tuple(dict.fromkeys(spelling for spelling in typed if spelling.isascii() and spelling.isalpha()))


def _fold(name: str) -> str:
    letters = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", name).casefold()).replace("u\u0308", UE)
    return "".join(filter(str.isalnum, letters))


def _spellings(reading: str) -> tuple[str, ...]:
    """吕 is lv on a keyboard, lyu in a passport, and lu to those in a hurry."""
    if "v" not in reading:
        return (reading,)
    return reading, reading.replace("v", "yu"), reading.replace("v", "u")


def _pinyin(char: str) -> list[str]:
    # The tables are read at the first search; those of whole phrases, of forty megabytes, are never asked.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")
    from pypinyin import Style, pinyin

    (found,) = pinyin(char, style=Style.NORMAL, heteronym=True)
    return found
