"""What the warranty says about a defect: a pure answer from the terms, the handover and a day."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.models.catalogue import TermUnit, WarrantyTerm
from portal.models.errors import N_


class Status(StrEnum):
    """What the warranty says on a day."""

    COVERED = "covered"
    EXPIRED = "expired"
    CHECK_ON_SITE = "check_on_site"
    NOT_STARTED = "not_started"


class Season(StrEnum):
    """The two kinds of season that heating and cooling terms count."""

    HEATING = "heating"
    COOLING = "cooling"


@dataclass(frozen=True, slots=True)
class SeasonDates:
    """First and last day of a season as (month, day); one that ends before it begins ends in the next year."""

    first: tuple[int, int]
    last: tuple[int, int]

    def end(self, count: int, after: date) -> date:
        """The last day of the ``count``-th season that begins after a day; one already begun does not count."""
        year = after.year if date(after.year, *self.first) > after else after.year + 1
        return date(year + count - 1 + (self.last < self.first), *self.last)


# Suggested, not law: Beijing's heating season and a usual cooling one. Each city fixes its own; the one place to do it.
SEASONS: Mapping[Season, SeasonDates] = {
    Season.HEATING: SeasonDates((11, 15), (3, 15)),
    Season.COOLING: SeasonDates((5, 15), (9, 15)),
}

ANNIVERSARY = N_("从交付当天算起，到期日是对应日的前一天；当月没有对应日的，到月末为止")
IN_SEASONS = N_("只算交付以后才开始的采暖期、供冷期，到最后一期的末日为止")
BETWEEN_SEASONS = N_("供暖和供冷的到期日不同，我们上门查看后告诉您")
DESIGN_LIFE = N_("在设计文件写明的合理使用年限内保修")
BY_CARD = N_("以保修卡或合同附件为准，我们上门查看后告诉您")
NO_TERM = N_("这一项没有统一的保修期，我们上门查看后告诉您")
FROM_HANDOVER = N_("保修从交付那天开始")

RULES: Mapping[str, str] = {
    TermUnit.YEAR: ANNIVERSARY,
    TermUnit.MONTH: ANNIVERSARY,
    TermUnit.HEATING_SEASON: IN_SEASONS,
    TermUnit.COOLING_SEASON: IN_SEASONS,
    TermUnit.EITHER_SEASON: IN_SEASONS,
    TermUnit.DESIGN_LIFE: DESIGN_LIFE,
    TermUnit.CONTRACT: BY_CARD,
}


@dataclass(frozen=True, slots=True)
class WarrantyVerdict:
    """The answer and what it rests on.

    ``until`` is the last covered day; None where there is no date (design life, a card, nothing agreed, not started).
    ``rule`` is a message id that says how the answer comes about. The term's fields are None where no term applies.
    """

    status: Status
    rule: str
    until: date | None = None
    term_code: str | None = None
    version: int | None = None
    component_zh: str | None = None
    component_en: str | None = None
    basis_zh: str | None = None
    basis_en: str | None = None


def verdict(
    defect_class: str,
    terms: Sequence[WarrantyTerm],
    handover: date | None,
    on: date,
    season: Season | None = None,
) -> WarrantyVerdict:
    """What the owner's terms among ``terms`` say on a day about a defect of a class, for a home handed over then.

    ``season`` tells heating from cooling (the season of the defect's category). Where several terms apply the one
    that lasts longest wins. A class without a term, such as ``other``, is checked on site.
    """
    found = [term for term in terms if term.owner_default and defect_class in term.classes]
    answers = [_answer(term, handover, on, season) for term in found]
    return max(answers, key=_generosity, default=WarrantyVerdict(Status.CHECK_ON_SITE, NO_TERM))


def last_covered_day(handover: date, months: int) -> date:
    """The day before the same day ``months`` later; where that month lacks the day, the month's last day.

    So 2 years from 2025-06-28 end on 2027-06-27, 2 years from 2024-02-29 and 6 months from 31 August at the end
    of February.
    """
    past = handover.month - 1 + months
    year, month = handover.year + past // 12, past % 12 + 1
    longest = monthrange(year, month)[1]
    if handover.day > longest:
        return date(year, month, longest)
    return date(year, month, handover.day) - timedelta(days=1)


def _answer(term: WarrantyTerm, handover: date | None, on: date, season: Season | None) -> WarrantyVerdict:
    if term.unit == TermUnit.CONTRACT:
        return _with(term, Status.CHECK_ON_SITE, BY_CARD)
    if handover is None or on < handover:
        return _with(term, Status.NOT_STARTED, FROM_HANDOVER)
    if term.unit == TermUnit.DESIGN_LIFE:
        return _with(term, Status.COVERED, DESIGN_LIFE)
    ends = _ends(term, handover, season)
    if on <= ends[0]:
        return _with(term, Status.COVERED, RULES[term.unit], ends[0])
    if on <= ends[-1]:
        return _with(term, Status.CHECK_ON_SITE, BETWEEN_SEASONS, ends[-1])
    return _with(term, Status.EXPIRED, RULES[term.unit], ends[-1])


def _ends(term: WarrantyTerm, handover: date, season: Season | None) -> list[date]:
    """The last covered days, earliest first: two where a term counts either season and nobody says which."""
    count = term.amount or 0
    if term.unit == TermUnit.YEAR:
        return [last_covered_day(handover, 12 * count)]
    if term.unit == TermUnit.MONTH:
        return [last_covered_day(handover, count)]
    own = {TermUnit.HEATING_SEASON.value: Season.HEATING, TermUnit.COOLING_SEASON.value: Season.COOLING}
    counted = own.get(term.unit, season)
    kinds = [counted] if counted else list(SEASONS)
    return sorted(SEASONS[kind].end(count, handover) for kind in kinds)


def _with(term: WarrantyTerm, status: Status, rule: str, until: date | None = None) -> WarrantyVerdict:
    return WarrantyVerdict(
        status,
        rule,
        until,
        term.code,
        term.version,
        term.component_zh,
        term.component_en,
        term.basis_zh,
        term.basis_en,
    )


def _generosity(answer: WarrantyVerdict) -> tuple[int, date]:
    order = (Status.EXPIRED, Status.CHECK_ON_SITE, Status.NOT_STARTED, Status.COVERED)
    return order.index(answer.status), answer.until or date.max
