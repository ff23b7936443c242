"""Who may what, and why: the table of the code, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, render_template

from portal.models.accounts import OWNER_SIDE, STAFF_SIDE, P, Role
from portal.models.accounts.explained import CODES, HARD_RULES, THINGS, Thing, holds, scope_words
from portal.models.accounts.permissions import ROLE_WORDS
from portal.web.guard import requires
from portal.web.i18n import said

rights = Blueprint("rights", __name__)


@dataclass(frozen=True, slots=True)
class RoleColumn:
    """A role: its column, and what it may by thing where the table is too wide."""

    code: str
    name: str
    scope: str
    may: list[tuple[str, list[str]]]

    @classmethod
    def of(cls, role: Role) -> RoleColumn:
        """The column of a role."""
        held = [(said(thing.words), _held(role, thing)) for thing in THINGS]
        return cls(CODES[role], said(ROLE_WORDS[role]), said(scope_words(role)), [one for one in held if one[1]])


@dataclass(frozen=True, slots=True)
class RightRow:
    """A right, and which columns hold it."""

    words: str
    held: list[bool]


@rights.get("")
@requires(P.ROLES_VIEW)
def index() -> str:
    """The whole table, and the rules above it."""
    columns = (*OWNER_SIDE, *STAFF_SIDE)
    return render_template(
        "staff/roles/index.html",
        columns=[RoleColumn.of(role) for role in columns],
        things=[(said(thing.words), list(_rows(thing, columns))) for thing in THINGS],
        rules=[said(rule) for rule in HARD_RULES],
    )


def _rows(thing: Thing, columns: Iterable[Role]) -> Iterable[RightRow]:
    for right, words in thing.rights.items():
        yield RightRow(said(words), [holds(role, right) for role in columns])


def _held(role: Role, thing: Thing) -> list[str]:
    return [said(words) for right, words in thing.rights.items() if holds(role, right)]
