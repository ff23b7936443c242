"""What the catalogue says about a defect, as far as a believable repair depends on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from portal.demo.reading import rows

DAYS = {"year": 365, "month": 30, "heating_or_cooling_season": 365}


@dataclass(frozen=True, slots=True)
class Defect:
    """A row of the taxonomy. ``covered`` is how long the owner's warranty runs, None where it has no fixed term."""

    code: str
    trade: str
    priority: str
    covered: timedelta | None

    @property
    def pressing(self) -> bool:
        """Whether somebody is to be on site within two hours."""
        return self.priority in ("urgent", "emergency")

    def lapsed(self, handed_over_on: date, day: date) -> bool:
        """Whether the warranty had ended on a day."""
        return self.covered is not None and day > handed_over_on + self.covered


def catalogue() -> Mapping[str, Defect]:
    """The defects by code."""
    terms = _terms()
    return {
        row["code"]: Defect(row["code"], row["trade_code"], row["priority"], terms.get(row["warranty_class"]))
        for row in rows("defects.csv")
    }


def response_limits() -> Mapping[str, timedelta]:
    """The promised first response by priority; ``any`` is for the priorities that have none of their own."""
    units = {"min": 1, "h": 60}
    return {
        row["priority"]: timedelta(minutes=int(row["amount"]) * units[row["unit"]])
        for row in rows("service_limits.csv")
        if row["metric"] == "first_response" and row["adopted"] == "yes"
    }


def _terms() -> dict[str, timedelta]:
    terms = {}
    for row in rows("warranty_terms.csv"):
        if row["owner_default"] == "yes" and row["unit"] in DAYS:
            for name in row["classes"].split(";"):
                terms[name] = timedelta(days=int(row["amount"]) * DAYS[row["unit"]])
    return terms
