"""The demonstration's outbox: what would have gone to telephones, to be read on a page."""

from __future__ import annotations

from flask import abort, current_app, render_template

from portal.backends.texts import newest
from portal.config import Settings
from portal.owner.accounts import accounts
from portal.web.guard import public

SHOWN = 20


@accounts.get("/outbox")
@public
def outbox() -> str:
    """The last messages, newest first; nothing of the kind exists outside the demonstration."""
    settings: Settings = current_app.extensions["portal.settings"]
    if not settings.demo:
        abort(404)
    return render_template("owner/accounts/outbox.html", messages=newest(settings.outbox, SHOWN))
