"""What somebody who types into the one search field means: told by the shape of it."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from portal.models.accounts.person import e164
from portal.models.customers.names import says_enough
from portal.models.customers.readings import fold_query
from portal.models.errors import N_, Refused
from portal.models.property.home import labels

ENDING = 4
_BETWEEN = re.compile(r"[\s\-.()]+")
_ID_NUMBER = re.compile(r"[1-9][0-9]{14}|[0-9]{17}[0-9X]")
_NUMBER = re.compile(r"\+?[0-9]+")
_FLAT = re.compile(r"[0-9]{2,4}[A-Z]?")
_LONGEST_LABEL = 3


class By(StrEnum):
    """What people are searched by."""

    EMAIL = "email"
    HOME = "home"
    ID_NUMBER = "id_number"
    NAME = "name"
    PHONE = "phone"
    PHONE_ENDING = "phone_ending"


def asked_by(text: str) -> By:
    """What the text is. Raises Refused for nothing, part of a number, or a single letter."""
    number = compact(text)
    if not number:
        raise Refused(N_("请填写姓名、电话、邮箱、证件号或房号"), "text")
    if "@" in number:
        return By.EMAIL
    if _ID_NUMBER.fullmatch(number):
        return By.ID_NUMBER
    if _is_home(text):
        return By.HOME
    if _NUMBER.fullmatch(number):
        return _by_number(number)
    if not says_enough(fold_query(text)):
        raise Refused(N_("太短了：至少写一个汉字，或两个字母"), "text")
    return By.NAME


def compact(text: str) -> str:
    """The text in normal width and upper case, without blanks and what stands between the digits of a number."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()


def _by_number(number: str) -> By:
    if len(number) == ENDING:
        return By.PHONE_ENDING
    if e164(number) is None:
        raise Refused(N_("号码不完整：写完整的手机号，或只写最后四位"), "text")
    return By.PHONE


def _is_home(text: str) -> bool:
    """3-2-1202, 3-1202 and how people write that; no telephone number has parts so short."""
    *before, flat = labels(text) or [""]
    return 1 <= len(before) <= 2 and bool(_FLAT.fullmatch(flat)) and max(map(len, before)) <= _LONGEST_LABEL
