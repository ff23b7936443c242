"""After the first step of signing in: on to the second where it is owed, else to where somebody belongs."""

from __future__ import annotations

from flask import redirect, url_for
from werkzeug.wrappers import Response

from portal.models.accounts import Account, Grant, Totp, has_factor, needs_second
from portal.models.property import Tenure
from portal.web import signing_in


def arrive(account: Account, target: str | None) -> Response:
    """Begin the session and lead on; ``target`` is where somebody wanted to go, judged here. The caller commits.

    Whoever owes a second step gets a half session. For every first step that is one: a password, a code by message.
    """
    if not needs_second(account):
        return whole(account, target)
    wanted = signing_in.safe_next(target)
    answer = redirect(url_for("owner.accounts.second_step", next=wanted), 303)
    signing_in.begin(account, answer, half=True)
    if not has_factor(account.id):
        Totp.begin(account)  # what the page of setting one up will show
    return answer


def whole(account: Account, target: str | None) -> Response:
    """Begin a whole session: nothing more is owed. The caller commits."""
    answer = redirect(signing_in.safe_next(target) or start(account), 303)
    signing_in.begin(account, answer)
    return answer


def start(account: Account) -> str:
    """Owners begin at their home, staff at the queue; somebody who is both at the home."""
    if Tenure.of_person(account.person_id):
        return url_for("owner.homes.show")
    if Grant.of_account(account.id):
        return url_for("staff.index")
    return url_for("owner.accounts.show")
