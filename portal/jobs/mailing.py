"""The mail of a notice: number, stage and link, in the reader's language."""

from __future__ import annotations

from uuid import UUID

from flask import current_app, render_template
from flask_babel import force_locale, gettext

from portal.backends.mail import Mail, Mailer
from portal.models.accounts import Person
from portal.models.base import db
from portal.models.notices import Notice


def send_notice(notice_id: UUID) -> None:
    """Send one notice to its person's mailbox; people without an address are told in the portal only.

    The mail server may take a minute, so the transaction, and the embedded database's write lock with it, ends before.
    """
    notice = db.session.get(Notice, notice_id)
    person = db.session.get(Person, notice.person_id) if notice else None
    if notice is None or person is None or not person.email:
        return
    mailer: Mailer = current_app.extensions["portal.mailer"]
    with force_locale(person.locale):
        subject = gettext(notice.text, number=notice.number)
        text = render_template("notices/mail.txt", subject=subject, link=_link(notice))
    mail = Mail(to=person.email, subject=subject, text=text, message_id=notice.id)
    db.session.commit()
    mailer.send(mail)


def _link(notice: Notice) -> str:
    face = "/staff" if notice.staff else ""
    page = f"/repairs/{notice.number}" if notice.number else "/privacy/chain"
    return f"{current_app.config['PUBLIC_URL']}{face}{page}"
