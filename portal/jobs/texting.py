"""Messages to telephones: the code that somebody asked for, in their language."""

from __future__ import annotations

from uuid import UUID

import structlog
from flask import current_app, render_template
from flask_babel import force_locale, gettext

from portal.backends.texts import Text, TextNotSent, Texts
from portal.models.accounts import Person
from portal.models.accounts.code import Code
from portal.models.base import db
from portal.models.property.invite import HouseholdInvite

log = structlog.get_logger()


def send_code(code_id: UUID) -> None:
    """Draw the digits and send them; the digits are in the message alone. An unknown number ends here.

    Sending may take a while, so the transaction, and the embedded database's write lock with it, ends before.
    """
    code = db.session.get(Code, code_id)
    digits = code.draw() if code is not None else None
    person = db.session.get(Person, code.person_id) if code is not None and digits else None
    if code is None or person is None:
        return
    with force_locale(person.locale):
        words = render_template("notices/code.txt", digits=digits, purpose=code.purpose)
        message = Text(person.phone or "", person.email or "", gettext("安居验证码"), words.strip(), code.id)
    db.session.commit()
    send_text(message)


def send_invite(invite_id: UUID) -> None:
    """Draw the code of an invitation into a household and send it, in the language of who invites."""
    invite = db.session.get(HouseholdInvite, invite_id)
    code = invite.draw() if invite is not None else None
    if invite is None or code is None:
        return
    with force_locale(invite.made_by.locale):
        words = render_template("notices/invite.txt", code=f"{code[:4]} {code[4:]}", who=invite.made_by.name)
        message = Text(invite.phone or "", "", gettext("安居邀请"), words.strip(), invite.id)
    db.session.commit()
    send_text(message)


def send_text(message: Text) -> None:
    """Hand over a message; one that can never go out is dropped with a line in the log, which names nobody."""
    sender: Texts = current_app.extensions["portal.texts"]
    try:
        sender.send(message)
    except TextNotSent as error:
        if not error.permanent:
            raise
        log.warning("text.unreachable", id=message.id.hex)
