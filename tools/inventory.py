"""The generated parts of docs/security.md: ``python -m tools.inventory`` writes them, ``check`` tells what is stale.

The inventory and the retention classes come from the code, the worked examples from the vectors; each stands between
two comments in the page, and nothing outside of them is touched.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable

import polib

import portal  # noqa: F401 - loads every model
from portal.models.privacy.entry import BASIS_WORDS, SELF, SHOWN_WORDS, Entry
from portal.models.privacy.inventory import Place, inventory
from portal.models.privacy.no_persons import NO_PERSONS
from portal.models.privacy.outside import OUTSIDE
from portal.models.privacy.retention import CLASSES, ENDING_WORDS, RetentionClass
from tools.words import ENGLISH, ROOT
from tools.worked_vectors import examples

PAGE = ROOT / "docs" / "security.md"
EVERY = {3600: "every hour", 86400: "every day"}


def rendered(page: str) -> str:
    """The page with its generated parts made anew. Raises ValueError where a part has lost its comments."""
    for name, make in PARTS.items():
        begin, end = f"<!-- begin: {name}, made by python -m tools.inventory -->", f"<!-- end: {name} -->"
        if page.count(begin) != 1 or page.count(end) != 1:
            raise ValueError(f"docs/security.md has lost the comments of its part {name}: {begin} … {end}")
        before, _, rest = page.partition(begin)
        page = f"{before}{begin}\n{make()}\n{end}{rest.partition(end)[2]}"
    return page


def sealed_table() -> str:
    """What is sealed, by place."""
    places = [place for place in inventory() if place.sealed]
    groups = len({place.column for place in places if place.how == "group"})
    files = sum(place.how == "file" for place in places)
    counted = f"{len(places) - files} fields in {groups} groups, and {files} kinds of file."
    header = ("field", "where", "what and what for", "basis (PIPL)", "kept as", "seen by")
    return f"{counted}\n\n{_table(header, map(_sealed_row, places))}"


def plain_table() -> str:
    """What is about a person and not sealed, by entry, and why."""
    entries = dict.fromkeys(place.entry for place in inventory() if not place.sealed and place.entry)
    header = ("columns", "what and what for", "basis (PIPL)", "kept as", "why it is not sealed", "seen by")
    free = ", ".join(f"`{table}` ({why})" for table, why in NO_PERSONS.items())
    rows = map(_plain_row, (*entries, *OUTSIDE))
    return f"{_table(header, rows)}\n\nTables in which nothing is about a person: {free}."


def retention_table() -> str:
    """The classes."""
    rows = [(f"`{code}`", *map(_said, _words(kept)), _job(kept)) for code, kept in CLASSES.items()]
    return _table(("class", "what", "how long", "then", "why so long", "job"), rows)


def _words(kept: RetentionClass) -> tuple[str, ...]:
    return (kept.words, kept.rule, ENDING_WORDS[kept.ending], kept.source)


def _job(kept: RetentionClass) -> str:
    return f"`{kept.job}`, {EVERY[int(kept.every.total_seconds())]}" if kept.job else "none"


PARTS: dict[str, Callable[[], str]] = {
    "vectors": examples,
    "sealed": sealed_table,
    "plain": plain_table,
    "retention": retention_table,
}


def _sealed_row(place: Place) -> tuple[str, ...]:
    entry = place.entry
    if entry is None:
        raise ValueError(f"{place.name} is in no register: tests/models/privacy/test_register.py says what to add")
    where = f"`{place.column}`" + (f", blind index ({place.index})" if place.index else "")
    return (f"`{place.name}`", where, _what(entry), _said(BASIS_WORDS[entry.basis]), _kept(entry), _seen(entry))


def _plain_row(entry: Entry) -> tuple[str, ...]:
    names = ", ".join(f"`{name}`" for name in entry.names)
    return (names, _what(entry), _said(BASIS_WORDS[entry.basis]), _kept(entry), _said(entry.plain), _seen(entry))


def _what(entry: Entry) -> str:
    sensitive = " (sensitive, Article 28)" if entry.sensitive else ""
    return f"{_said(entry.words)}{sensitive}: {_said(entry.purpose)}"


def _kept(entry: Entry) -> str:
    return ", ".join(f"`{code}`" for code in entry.retention)


def _seen(entry: Entry) -> str:
    who = ", ".join("the person" if role == SELF else role.replace("_", " ") for role in entry.seen_by)
    return f"{who or 'nobody'}. {_said(SHOWN_WORDS[entry.shown])}"


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [header, ("---",) * len(header), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)


_english = {entry.msgid: entry.msgstr for entry in polib.pofile(str(ENGLISH))}


def _said(text: str) -> str:
    """The English of a source text."""
    found: str = _english.get(text, "")
    if not found:
        raise ValueError(f"not in the English catalogue (make words): {text}")
    return re.sub(r"\s+", " ", found)


def update() -> None:
    """Write the page."""
    PAGE.write_text(rendered(PAGE.read_text("utf-8")), "utf-8")


def check() -> None:
    """Exit 1 when the page is not what would be written."""
    page = PAGE.read_text("utf-8")
    if rendered(page) != page:
        raise SystemExit("docs/security.md is not current: make inventory")
    print("docs/security.md is current")


if __name__ == "__main__":
    chosen = {"": update, "check": check}.get(" ".join(sys.argv[1:]))
    if chosen is None:
        raise SystemExit(__doc__)
    chosen()
