"""The mail of a notice: number, stage and link, in the reader's language."""

from __future__ import annotations

from uuid import UUID

from flask import current_app, render_template
from flask_babel import force_locale, gettext

from portal.backends.mail import Mail, Mailer
from portal.models.accounts import Person
from portal.models.base import db
from portal.models.notices import Notice
from portal.models.privacy.erasure import Erasure
from portal.models.privacy.states import State
from portal.models.queue import later


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
    site, face = current_app.config["PUBLIC_URL"], "/staff" if notice.staff else ""
    if notice.about == "erasures":
        return f"{site}{face}/privacy/" + (f"erasures/{notice.number}" if notice.staff else "erasure")
    if notice.about == "account":
        return f"{site}/account/devices"
    if notice.about == "chain":
        return f"{site}/staff/privacy/chain"
    return f"{site}{face}/repairs/{notice.number}"


def send_farewell(erasure_id: UUID) -> None:
    """The last mail to somebody who is about to be erased: where the receipt will be. Then the shredding may begin.

    The link is opened here for the last time: its sealed copy goes with the person.
    """
    erasure = db.session.get(Erasure, erasure_id)
    if erasure is None or erasure.state != State.APPROVED:
        return
    person = erasure.person
    if person.email and erasure.token:
        mailer: Mailer = current_app.extensions["portal.mailer"]
        with force_locale(person.locale):
            subject = gettext("删除申请 %(number)s 已批准", number=erasure.number)
            link = f"{current_app.config['PUBLIC_URL']}/privacy/receipts/{erasure.token}"
            text = render_template("notices/farewell.txt", subject=subject, link=link)
        mail = Mail(to=person.email, subject=subject, text=text, message_id=erasure.id)
        db.session.commit()
        mailer.send(mail)
    later("privacy.shred", erasure=erasure_id.hex)
