"""The erasure drill: a throw-away installation, one person erased, and seven places looked at, old backups included."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from flask import Flask

from portal import config, create_app
from portal.backends.storage import ObjectMissing
from portal.cli.setting_up import install_keys, ready
from portal.models.accounts import Account, Grant, P, Person, Role
from portal.models.actor import Actor
from portal.models.base import db
from portal.models.files import SealedFile
from portal.models.files.sealed_file import remove_object, storage
from portal.models.privacy.erasure import Erasure
from portal.models.privacy.shredding import shred
from portal.models.property import Development
from portal.vault import KeyStoreError

# Invented, and numbers that cannot be dialled.
GONE, STAYS = ("鹧鸪甲", "12907000001"), ("鹧鸪乙", "12907000002")
PASSWORD = "a drill is not the real thing"  # noqa: S105 - of an installation that lives for seconds
STORES = ("keys.sqlite", "epochs.sqlite")


@dataclass(frozen=True, slots=True)
class Found:
    """A place, whether it is as it must be, and what that is."""

    place: str
    right: bool
    words: str


def drill() -> Iterator[Found]:
    """Erase somebody in an installation of its own, and look at the seven places. Nothing of it stays."""
    with tempfile.TemporaryDirectory(prefix="anju-drill-") as folder:
        yield from _drill(Path(folder))


def _drill(folder: Path) -> Iterator[Found]:
    here, before = folder / "instance", folder / "before"
    with _opened(here, new=True) as app, app.app_context():
        person_id, file_id = _people()
    shutil.copytree(here, before)
    with _opened(here) as app, _opened(here) as other:
        warm = _name(other, person_id) == GONE[0]
        with app.app_context():
            _erase(person_id)
        yield Found("live", _name(app, person_id) is None and not _known(app), "nothing opens, nobody is found")
        yield Found("memory", warm and _name(other, person_id) is None, "another process forgot at its next request")
        yield Found("files", not _stored(app, file_id), "the object is gone from the store")
    yield from _copies(folder, here, before, person_id)


def _copies(folder: Path, here: Path, before: Path, person_id: UUID) -> Iterator[Found]:
    replica = Path(shutil.copytree(here, folder / "replica"))
    yield Found(
        "replica", _read(replica, person_id) == (None, STAYS[0]), "says nothing of the person, opens the others"
    )
    main = Path(shutil.copytree(before, folder / "main"))
    for store in STORES:
        shutil.copy(here / store, main / store)
    yield Found("main backup", _read(main, person_id) == (None, STAYS[0]), "an old one with today's keys: the same")
    both = Path(shutil.copytree(before, folder / "both"))
    yield Found(
        "key backup", _read(both, person_id) == (GONE[0], STAYS[0]), "opens while its epochs are there, no longer"
    )
    with closing(sqlite3.connect(both / "epochs.sqlite")) as epochs, epochs:
        epochs.execute("UPDATE vault_epoch SET number = number + 2")  # what two rolls leave: the old number is gone
    yield Found("epoch gone", _read(both, person_id) is None, "after two rolls an old key backup opens nothing")


@contextmanager
def _opened(folder: Path, *, new: bool = False) -> Iterator[Flask]:
    settings = config.load({"PORTAL_INSTANCE": str(folder), "PORTAL_WORKER": "no"})
    app = install_keys(settings) if new else create_app(settings)
    try:
        if new:
            ready(app)
        yield app
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        app.extensions["portal.keyring"].close()


def _people() -> tuple[UUID, UUID]:
    """The one who goes, with a file of theirs; the one who stays; and the two who see to it."""
    development = Development(code="drill", name_zh="演练", name_en="Drill", hotline="0")
    db.session.add(development)
    person = Person.add(*GONE)
    Person.add(*STAYS)
    Account.of(person).set_password(PASSWORD, staff=False)
    for number, role in enumerate((Role.SERVICE_AGENT, Role.AUDITOR), 3):
        Grant.give(Account.of(Person.add("演练", f"1290700000{number}")), role, development.id)
    assert person.sealed_subject is not None
    file = SealedFile.store(GONE[0].encode(), "text/plain", person.sealed_subject)
    db.session.commit()
    return person.id, file.id


def _erase(person_id: UUID) -> None:
    """All the way: asked with the password, checked, approved by somebody else, shredded."""
    account = Account.of(db.session.get_one(Person, person_id))
    own = Actor(person_id=person_id, account_id=account.id, permissions=frozenset({P.ACCOUNT_OWN}))
    erasure = Erasure.ask(PASSWORD, GONE[0], by=own)
    development = db.session.query(Development).one()
    for role, verb in ((Role.SERVICE_AGENT, erasure.clear), (Role.AUDITOR, erasure.approve)):
        verb(by=Grant.holders(role, development.id)[0].actor())
    files = list(db.session.scalars(db.select(SealedFile.id)))
    db.session.commit()
    shred(erasure.id)
    for file_id in files:
        remove_object(file_id)  # what the job does


def _name(app: Flask, person_id: UUID) -> str | None:
    with app.app_context():
        return db.session.get_one(Person, person_id).name


def _known(app: Flask) -> bool:
    with app.app_context():
        return Person.by_phone(GONE[1]) is not None


def _stored(app: Flask, file_id: UUID) -> bool:
    with app.app_context():
        try:
            return bool(storage().get(file_id.hex))
        except ObjectMissing:
            return False


def _read(folder: Path, person_id: UUID) -> tuple[str | None, str | None] | None:
    """What a copy says of the one who went and of the one who stayed; None where its keys do not open at all."""
    try:
        with _opened(folder) as app, app.app_context():
            other = Person.by_phone(STAYS[1])
            return db.session.get_one(Person, person_id).name, other.name if other else None
    except KeyStoreError:
        return None
