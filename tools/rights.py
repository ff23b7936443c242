"""docs/roles.md: who may what, made from the table of the code. ``python -m tools.rights`` writes it."""

from __future__ import annotations

import polib

from portal.models.accounts import OWNER_SIDE, STAFF_SIDE
from portal.models.accounts.explained import CODES, HARD_RULES, THINGS, holds, scope_words
from portal.models.accounts.permissions import ROLE_WORDS
from tools.words import ENGLISH, ROOT

PAGE = ROOT / "docs" / "roles.md"
ROLES = (*OWNER_SIDE, *STAFF_SIDE)
HEAD = """# Who may what, and why

Made from the code by `make inventory` (`python -m tools.rights`); a stale page fails the tests. The table is `GRANTS`
of `portal/models/accounts/permissions.py`, the words are `portal/models/accounts/explained.py`, and administrator and
auditor read the same on the page 谁能做什么 (`/staff/roles`).

A role is given as a **grant**: role + development, or some of its buildings + own / team / all + from and until
(`portal/models/accounts/grant.py`). One that is over, or has not begun, gives nothing, at once. Whoever holds several
works under one at a time and chooses which. A team is the grants of a development with the same team code, in force: a
lead is an agent whose grant reaches the team, a contractor's supervisor reaches the firm's. Owner, co-owner and tenant
are not granted: they come with the home, and end with it. What is not in the table nobody may.
"""


def rendered() -> str:
    """The whole page."""
    english = {entry.msgid: entry.msgstr for entry in polib.pofile(str(ENGLISH))}
    rules = "\n".join(f"{number}. {english[rule]}" for number, rule in enumerate(HARD_RULES, 1))
    return f"{HEAD}\n## Roles\n{_roles(english)}\n## Rights\n{_rights(english)}\n## Rules above every role\n{rules}\n"


def _roles(english: dict[str, str]) -> str:
    lines = ["| | role | reaches, unless its grant says otherwise |", "|---|---|---|"]
    lines += [f"| {CODES[role]} | {english[ROLE_WORDS[role]]} | {english[scope_words(role)]} |" for role in ROLES]
    return "\n".join(lines) + "\n"


def _rights(english: dict[str, str]) -> str:
    lines = [f"| right | | {' | '.join(CODES[role] for role in ROLES)} |", "|---" * (len(ROLES) + 2) + "|"]
    for thing in THINGS:
        lines.append(f"| **{english[thing.words]}** |{' |' * (len(ROLES) + 1)}")
        for right, words in thing.rights.items():
            cells = " | ".join("●" if holds(role, right) else " " for role in ROLES)
            lines.append(f"| {english[words]} | `{right}` | {cells} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(rendered(), encoding="utf-8")
