"""Pages kept from one look to the next: all of a page but what is personal, what passes, and what is one request's own.

A page about a row that counts its versions stays the same until the version moves on. So it is rendered once for each
reader and kept with blanks. What is sealed is kept sealed, and opened for every answer; countdowns are told anew;
tokens are made anew. Who asks is let in by the same guard and the same reach as ever: only the rendering is saved.

While a page is rendered to be kept, ``personal`` and ``fresh`` leave a blank; otherwise they give the words themselves.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from uuid import uuid4

from flask import Flask, Response, current_app, g, render_template, request, session
from flask_wtf.csrf import generate_csrf
from markupsafe import escape

from portal import clock
from portal.models.fields import Closed, FieldQuery, SealedRow
from portal.vault import VaultError, ring
from portal.web import erased
from portal.web.erased import gone
from portal.web.forms import Form
from portal.web.fragments import wants_pieces
from portal.web.i18n import language

MOST = 500  # pages of some 10 KB
# What a page shows beside its row (the name of a room, a badge) has no version; no page is older than this.
LONGEST = timedelta(hours=1)
BLANK = re.compile("\0([0-9]+)\0")  # no text that a page can show has this character


@dataclass(frozen=True, slots=True)
class Personal:
    """A blank for what is sealed."""

    closed: Closed
    how: Callable[[str], str]

    def words(self, known: dict[Any, Any]) -> str:
        """The words; ``known`` is what this answer has opened. Raises SealError, Erased or KeyMissing."""
        if self.closed not in known:
            known[self.closed] = self.closed.open() or ""
        return self.how(known[self.closed])


@dataclass(frozen=True, slots=True)
class Fresh:
    """A blank for what is told anew, or for one part of it."""

    told: Callable[[], Any]
    part: str

    def words(self, known: dict[Any, Any]) -> Any:
        """The words; ``known`` is what this answer has been told."""
        if self.told not in known:
            known[self.told] = self.told()
        return getattr(known[self.told], self.part) if self.part else known[self.told]


class Keeping:
    """A page that is being rendered to be kept: its blanks, and how long it will do."""

    def __init__(self) -> None:
        self.blanks: list[Personal | Fresh] = []
        self.until = min(clock.now() + LONGEST, _midnight())

    def leave(self, blank: Personal | Fresh) -> str:
        """The mark of a blank."""
        self.blanks.append(blank)
        return f"\0{len(self.blanks) - 1}\0"


class Page:
    """A rendered page with blanks; ``until`` is when it stops being right.

    Raises ValueError where a template has cut a mark to pieces: such a page is not kept.
    """

    def __init__(self, rendered: str, keeping: Keeping) -> None:
        parts = BLANK.split(rendered)
        self._texts = parts[::2]
        if any("\0" in text for text in self._texts):
            raise ValueError("a blank is only written out, never looked into")
        self._blanks = [keeping.blanks[int(number)] for number in parts[1::2]]
        self.until = keeping.until

    def filled(self) -> str:
        """The page as it is now, for the reader of this request. Raises SealError, Erased or KeyMissing."""
        known: dict[Any, Any] = {}
        filled = [""] * (2 * len(self._blanks) + 1)
        filled[::2] = self._texts
        filled[1::2] = [escape(blank.words(known)) for blank in self._blanks]
        return "".join(filled)


class Pages:
    """The kept pages of one application; the least recently looked at leaves first."""

    def __init__(self) -> None:
        self._held: OrderedDict[Hashable, Page] = OrderedDict()
        self._lock = Lock()
        self._generation = 0

    def of(self, generation: int) -> None:
        """Let every page go that was rendered while the key store was at another generation: somebody was erased."""
        with self._lock:
            if generation != self._generation:
                self._held.clear()
                self._generation = generation

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: Hashable) -> Page | None:
        """The page, if it is here and still right."""
        with self._lock:
            page = self._held.get(key)
            if page is None or page.until <= clock.now():
                return None
            self._held.move_to_end(key)
            return page

    def put(self, key: Hashable, page: Page) -> None:
        """Keep a page."""
        with self._lock:
            self._held[key] = page
            self._held.move_to_end(key)
            if len(self._held) > MOST:
                self._held.popitem(last=False)


def install(app: Flask) -> None:
    """A place for the pages, and tokens that are made anew for every answer."""
    app.extensions["portal.pages"] = Pages()
    app.jinja_env.globals.update(csrf_token=lambda: fresh(generate_csrf), once=once)


def keeping() -> Keeping | None:
    """The page that is being rendered to be kept; None at any other time."""
    found: Keeping | None = g.get("keeping")
    return found


def personal(
    field: FieldQuery, row: SealedRow, how: Callable[[str], str] = str, erased: Callable[[], str] = erased.muted
) -> str:
    """A sealed text of a row, ``how`` it is to be said; empty where there is none, with or without a blank.

    Of an erased subject it is the words for that, which are markup: give others where they go into a sentence.
    """
    words = how(field.read(row) or "")
    if not words and gone(row):
        return erased()
    kept = keeping()
    return kept.leave(Personal(field.closed(row), how)) if kept is not None and words else words


def fresh(told: Callable[[], Any], part: str = "") -> Any:
    """What is told anew for every answer, or a part of it: a countdown, a token. It is only written out, never read.

    ``told`` is kept, so it holds moments and names of topics, never a person's words. Told once for all its parts.
    """
    blank, kept = Fresh(told, part), keeping()
    return blank.words({}) if kept is None else kept.leave(blank)


def passed(moment: datetime) -> bool:
    """Whether a moment has passed, where a page says something else from then on."""
    now, kept = clock.now(), keeping()
    if kept is not None and now <= moment:
        kept.until = min(kept.until, moment)
    return now > moment


def once(form: Form) -> str:
    """The idempotency key of a form: a new one for every answer."""
    key: str = fresh(lambda: str(uuid4())) if keeping() is not None else str(form.once.data)
    return key


def page(template: str, state: Hashable, context: Callable[[], dict[str, Any]]) -> Response | None:
    """The page for this reader, rendered or kept. ``state`` is everything it depends on beside reader and language.

    None where it is one request's own: pieces for a script, words said once, an address with a query.
    """
    if wants_pieces() or request.query_string or session.get("_flashes"):
        return None
    return _answer(template, state, {"Vary": "HX-Request"}, context)


def piece(template: str, state: Hashable, tag: str, context: Callable[[], dict[str, Any]]) -> Response | None:
    """The same of live pieces, which are told anew every minute; ``tag`` goes with them for the next poll."""
    return _answer(template, state, {"HX-PTag": tag}, context)


def _answer(
    template: str, state: Hashable, headers: dict[str, str], context: Callable[[], dict[str, Any]]
) -> Response | None:
    pages: Pages = current_app.extensions["portal.pages"]
    reader = (g.actor.person_id, g.actor.role, g.actor.grant_id, g.actor.permissions)
    generation = ring().generation
    pages.of(generation)
    key = (template, request.path, state, reader, language(), generation)
    kept = pages.get(key)
    try:
        if kept is None:
            kept = _rendered(template, context)
            pages.put(key, kept)
        return Response(kept.filled(), headers=headers)
    except (VaultError, ValueError):
        return None


def _rendered(template: str, context: Callable[[], dict[str, Any]]) -> Page:
    g.keeping = found = Keeping()
    try:
        return Page(render_template(template, swapping=wants_pieces(), **context()), found)
    finally:
        del g.keeping


def _midnight() -> datetime:
    """When 今天 becomes 昨天."""
    tomorrow = clock.today() + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=clock.SHANGHAI)
