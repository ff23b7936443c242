"""The files of the catalogue: which table each fills, and what each of its columns holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.clock import DayKind
from portal.models.catalogue.calendar_day import CalendarDay
from portal.models.catalogue.category import Category, Place
from portal.models.catalogue.dated import Dated
from portal.models.catalogue.defect import Defect, Priority, Severity
from portal.models.catalogue.reading import Reader, codes, integer, iso_day, of, one_of, optional, text, yes_no
from portal.models.catalogue.service_limit import Metric, ServiceLimit
from portal.models.catalogue.warranty_term import TermUnit, WarrantyTerm

CONFIDENCE = one_of("verified", "unverified", "conflicting", "derived", "suggested")
DESKS = ("any", "complaint", "lead", "enquiry", "call", "handover", "inspection")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file. ``key`` is the column whose text is the entry's code; ``fixed`` are values all its rows share."""

    file: str
    model: type[Dated]
    columns: Mapping[str, Reader]
    key: str = "code"
    fixed: Mapping[str, Any] = field(default_factory=dict)


def _plain(*names: str) -> dict[str, Reader]:
    return dict.fromkeys(names, text)


CATEGORIES = Sheet(
    "categories.csv",
    Category,
    _plain("code", "name_zh", "name_en", "source")
    | {"position": integer, "place": of(Place), "season": optional(one_of("heating", "cooling"))},
)

DEFECTS = Sheet(
    "defects.csv",
    Defect,
    _plain("code", "category", "element_zh", "element_en", "defect_zh", "defect_en", "trade_code")
    | _plain("liable_zh", "liable_en", "warranty_class", "source")
    | dict.fromkeys(("self_help_zh", "self_help_en"), optional(text))
    | {"severity": of(Severity), "priority": of(Priority), "confidence": CONFIDENCE},
)

WARRANTY_TERMS = Sheet(
    "warranty_terms.csv",
    WarrantyTerm,
    _plain("code", "component_zh", "component_en", "relation", "start_event")
    | _plain("responsible_zh", "responsible_en", "basis_zh", "basis_en", "source")
    | dict.fromkeys(("superseded_by", "note"), optional(text))
    | {"classes": codes, "amount": optional(integer), "unit": of(TermUnit), "owner_default": yes_no}
    | {"level": one_of("national", "ministry", "local", "market", "foreign"), "confidence": CONFIDENCE},
)

SERVICE_LIMITS = Sheet(
    "service_limits.csv",
    ServiceLimit,
    _plain("code", "scope_zh", "scope_en", "provider", "source")
    | {"priority": one_of(*(priority.value for priority in Priority), *DESKS), "metric": of(Metric)}
    | {"amount": optional(integer), "unit": one_of("min", "h", "calendar_day", "working_day", "ring", "none")}
    | {"clock": one_of("calendar", "working", "none"), "adopted": yes_no}
    | {"note": optional(text), "confidence": CONFIDENCE},
)

_DAY: dict[str, Reader] = {"date": iso_day, "kind": of(DayKind)} | _plain("name_zh", "name_en", "source")

CALENDAR_DAYS = Sheet("calendar_days.csv", CalendarDay, _DAY, "date", {"published": True})
STATUTORY_DAYS = Sheet("statutory_days.csv", CalendarDay, _DAY, "date", {"published": False})

SHEETS = (CATEGORIES, DEFECTS, WARRANTY_TERMS, SERVICE_LIMITS, CALENDAR_DAYS, STATUTORY_DAYS)
