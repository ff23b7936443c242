"""What is kept for how long, what the jobs did about it, and the register of personal fields."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template
from flask_babel import gettext

from portal.models.accounts import P
from portal.models.accounts.permissions import ROLE_WORDS
from portal.models.privacy.entry import BASIS_WORDS, SELF_WORDS, SHOWN_WORDS, Entry
from portal.models.privacy.inventory import inventory
from portal.models.privacy.outside import OUTSIDE
from portal.models.privacy.retention import CLASSES, ENDING_WORDS, Ending, RetentionClass
from portal.models.privacy.retention_run import KEPT_WORDS, RetentionRun, next_runs
from portal.web.filters import moment
from portal.web.guard import requires
from portal.web.i18n import listed, said

retention = Blueprint("retention", __name__, url_prefix="/retention")


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class in words, ``last`` what its last run did; empty where no job applies it."""

    name: str
    rule: str
    source: str
    ending: str
    tone: str
    last: str
    next: datetime | None

    @classmethod
    def of(cls, kept: RetentionClass, run: RetentionRun | None, planned: datetime | None) -> ClassRow:
        """The row of a class."""
        words = (said(kept.words), said(kept.rule), said(kept.source), said(ENDING_WORDS[kept.ending]))
        tone = "plain" if kept.ending == Ending.NONE else "go"
        last = "" if not kept.job else _did(run) if run else gettext("还没有做过")
        return cls(*words, tone, last, planned)


@dataclass(frozen=True, slots=True)
class FieldRow:
    """An entry of the register in words."""

    name: str
    columns: str
    purpose: str
    basis: str
    kept: str
    seen: str
    why_plain: str
    sensitive: bool

    @classmethod
    def of(cls, entry: Entry) -> FieldRow:
        """The row of an entry."""
        return cls(
            said(entry.words),
            " ".join(entry.names),
            said(entry.purpose),
            said(BASIS_WORDS[entry.basis]),
            listed(said(CLASSES[code].words) for code in entry.retention),
            _seen(entry),
            said(entry.plain) if entry.plain else "",
            entry.sensitive,
        )


@retention.get("")
@requires(P.RETENTION_VIEW)
def index() -> str:
    """Classes, runs and the register."""
    latest, planned = RetentionRun.latest(), next_runs()
    places = inventory()
    return render_template(
        "staff/privacy/retention.html",
        classes=[ClassRow.of(kept, latest.get(code), planned.get(code)) for code, kept in CLASSES.items()],
        sealed=_rows(place.entry for place in places if place.sealed),
        plain=_rows(place.entry for place in places if not place.sealed),
        outside=[FieldRow.of(entry) for entry in OUTSIDE],
    )


def _rows(entries: Iterable[Entry | None]) -> list[FieldRow]:
    """A row for each entry, once, in order."""
    return [FieldRow.of(entry) for entry in dict.fromkeys(entries) if entry is not None]


def _seen(entry: Entry) -> str:
    if not entry.seen_by:
        return said(SHOWN_WORDS[entry.shown])
    who = listed(said(ROLE_WORDS.get(role, SELF_WORDS)) for role in entry.seen_by)
    return gettext("%(who)s可以看。%(shown)s", who=who, shown=said(SHOWN_WORDS[entry.shown]))


def _did(run: RetentionRun) -> str:
    values = {"at": moment(run.began_at, inside=True), "examined": run.examined, "removed": run.removed}
    if run.dry:
        words = gettext("%(at)s 试运行：看了 %(examined)s 条，会移除 %(removed)s 条", **values)
    else:
        words = gettext("%(at)s：看了 %(examined)s 条，移除 %(removed)s 条", **values)
    kept = [gettext("%(why)s %(num)s 条", why=said(KEPT_WORDS[why]), num=count) for why, count in run.kept.items()]
    if kept:
        words += gettext("，留下：%(kept)s", kept=listed(kept))
    return words if run.ended_at else words + gettext("（没有做完，下次接着做）")
