"""What the register says about a personal field. The articles are those of the PIPL, 个人信息保护法 of 2021."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portal.models.accounts.permissions import GRANTS, STAFF_SIDE, P, Role
from portal.models.errors import N_


class Basis(StrEnum):
    """Why it may be handled."""

    CONTRACT = "contract"
    EMPLOYMENT = "employment"
    LEGAL_DUTY = "legal_duty"
    SEPARATE_CONSENT = "separate_consent"


BASIS_WORDS: dict[str, str] = {
    Basis.CONTRACT: N_("履行合同（第十三条第一款第二项）"),
    Basis.EMPLOYMENT: N_("人事管理（第十三条第一款第二项）"),
    Basis.LEGAL_DUTY: N_("法定义务（第十三条第一款第三项）"),
    Basis.SEPARATE_CONSENT: N_("单独同意（第十三条、第二十九条）"),
}


class Whose(StrEnum):
    """Whose data it is, and so whose key seals what is sealed (reference: docs/security.md, subjects)."""

    PERSON = "person"
    HOUSEHOLD = "household"
    STAFF = "staff"


WHOSE_WORDS: dict[str, str] = {
    Whose.PERSON: N_("本人"),
    Whose.HOUSEHOLD: N_("住户，没有住户时是这一单"),
    Whose.STAFF: N_("员工"),
}


class Shown(StrEnum):
    """How it appears on a page."""

    WHOLE = "whole"
    MASKED = "masked"
    NEVER = "never"


SHOWN_WORDS: dict[str, str] = {
    Shown.WHOLE: N_("照原样显示"),
    Shown.MASKED: N_("打码；看完整的要选理由，并留下记录"),
    Shown.NEVER: N_("不在页面上显示"),
}

# Why something is plain, where several entries have the same reason.
LINK = N_("只是内部编号；本人的密钥销毁后，编号对应不到任何人")
SORTED = N_("要按它查找、排序、算时限；不是本人写的话")
DIGEST = N_("只存摘要，倒推不出原值")
CODES = N_("只有代码、编号和时间；写下的话另外加密")


def _holding(permission: P) -> tuple[str, ...]:
    return tuple(role for role in STAFF_SIDE if permission in GRANTS[role])


# Who sees it, apart from the roles: the person, about themself.
SELF = "self"
SELF_WORDS = N_("本人")

HOUSEHOLD: tuple[str, ...] = (Role.OWNER, Role.CO_OWNER, Role.TENANT)
DESK: tuple[str, ...] = _holding(P.PERSON_REVEAL)
READERS: tuple[str, ...] = _holding(P.TICKET_READ_WORDS)
HANDLERS: tuple[str, ...] = _holding(P.ERASURE_VIEW)
ALL_STAFF: tuple[str, ...] = STAFF_SIDE


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the register, for one field or for several that serve the same end.

    ``names`` are ``label.field`` of a sealed group, ``table.column`` of a sealed file's row or of a plain column, or
    ``outside.…`` for what lies in no table. ``words`` and ``purpose`` are source texts. ``retention`` names classes of
    retention.py. ``plain`` says why it is not sealed; empty for what is. ``sensitive`` is Article 28.
    """

    names: tuple[str, ...]
    words: str
    purpose: str
    basis: Basis
    retention: tuple[str, ...]
    whose: Whose = Whose.PERSON
    seen_by: tuple[str, ...] = ()
    shown: Shown = Shown.WHOLE
    sensitive: bool = False
    plain: str = ""
