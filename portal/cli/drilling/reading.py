"""What can be read of somebody: pages, sealed rows under any keys, blind indexes, sessions, objects, bytes in files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, func, select

from portal.backends.storage import ObjectMissing
from portal.backup.checking import open_row
from portal.backup.rows import old_copy
from portal.cli.drilling.scene import GOES, STAY, Scene
from portal.config import Settings
from portal.models.accounts import Account, Person, Session
from portal.models.base import db
from portal.models.customers.following import names
from portal.models.fields.places import places
from portal.models.fields.row import packed
from portal.models.files.sealed_file import storage
from portal.models.notices import Notice
from portal.vault import KeyRing, KeyStoreError, VaultError, ring


@dataclass(slots=True)
class Rows:
    """How many sealed rows there are, and how many open: of the one who goes, and of everybody else."""

    theirs: int = 0
    theirs_opened: int = 0
    others: int = 0
    others_opened: int = 0

    @property
    def others_are_whole(self) -> bool:
        """Whether everybody else's opened, and there was something to open."""
        return 0 < self.others == self.others_opened


def rows_of(connection: Connection, keyring: KeyRing, scene: Scene) -> Rows:
    """Try every sealed row of a database, files' keys among them, under the keys given."""
    subjects, found = {subject.packed for subject in scene.subjects}, Rows()
    for place in places():
        wanted = select(*place.row_columns).where(place.table.c[place.column].is_not(None))
        for row in connection.execute(wanted):
            try:
                open_row(place, row, keyring)
                opened = 1
            except (VaultError, KeyStoreError):
                opened = 0
            if packed(row.kind, row.subject) in subjects:
                found.theirs, found.theirs_opened = found.theirs + 1, found.theirs_opened + opened
            else:
                found.others, found.others_opened = found.others + 1, found.others_opened + opened
    return found


def rows_of_copy(file: Path, keyring: KeyRing, scene: Scene) -> Rows:
    """The same of a copy, whose bytes stay as they are."""
    with old_copy(file) as connection:
        return rows_of(connection, keyring, scene)


def rows_under(file: Path, settings: Settings, scene: Scene, *, keys_url: str, epochs_url: str = "") -> Rows:
    """The same under the keys of a copied key store, and the epochs of the installation or of a copy."""
    try:
        keyring = KeyRing.open(replace(settings, keys_url=keys_url, epochs_url=epochs_url or settings.epochs_url))
    except KeyStoreError:
        return Rows()
    with closing(keyring):
        return rows_of_copy(file, keyring, scene)


def rows_here(scene: Scene) -> Rows:
    """The same of the application at hand, under its own keys."""
    with db.engine.connect() as connection:
        return rows_of(connection, ring(), scene)


def shown(bodies: Mapping[str, str]) -> list[str]:
    """The pages that show anything of the one who goes."""
    return [path for path, body in bodies.items() if any(value in body for value in GOES.values)]


def looked_up() -> list[str]:
    """The ways by which the one who goes is found: three blind indexes, and the index of names."""
    ways = {
        "phone": Person.by_phone(GOES.phone),
        "e-mail": db.session.scalars(select(Person).where(Person.email == GOES.email)).first(),
        "ID number": db.session.scalars(select(Person).where(Person.id_number == GOES.id_number)).first(),
        "name": names().find(GOES.name),
    }
    return [way for way, found in ways.items() if found]


def ways_in(scene: Scene) -> int:
    """How many sessions are open, and how many notices wait."""
    account = select(Account.id).where(Account.person_id == scene.person_id).scalar_subquery()
    sessions = select(func.count()).where(Session.account_id == account, Session.ended_at.is_(None))
    notices = select(func.count()).where(Notice.person_id == scene.person_id)
    return (db.session.scalar(sessions) or 0) + (db.session.scalar(notices) or 0)


def stayed() -> bool:
    """Whether everybody else is found by their phone, and says what they said."""
    people = [(Person.by_phone(one.phone), one) for one in STAY]
    return all(
        person is not None and (person.name, person.id_number, person.address) == (one.name, one.id_number, one.address)
        for person, one in people
    )


def objects_left(objects: Iterable[str]) -> list[str]:
    """Those of the objects that the storage still has."""
    return [name for name in objects if _stored(name)]


def _stored(name: str) -> bool:
    try:
        return bool(storage().get(name))
    except ObjectMissing:
        return False


def with_bytes(wanted: Iterable[bytes], files: Iterable[Path]) -> list[str]:
    """The files, logs among them, that hold any of the byte strings."""
    sought = list(wanted)
    return [file.name for file in files if any(one in file.read_bytes() for one in sought)]
