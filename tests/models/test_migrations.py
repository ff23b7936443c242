"""Revisions: from nothing they make what the models say, and up and down they keep what people entered."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import MetaData, func, inspect, select
from sqlalchemy.exc import SAWarning

from portal.cli.setting_up import install_keys
from portal.jobs.retaining import apply_class
from portal.jobs.worker import Worker
from portal.models.accounts import Device, Grant, Link, Passkey, RecoveryCode, Role, Session, Totp
from portal.models.accounts.code import Code, CodeFor
from portal.models.accounts.consent import Consent
from portal.models.accounts.in_use import use
from portal.models.accounts.privacy_notice import in_force
from portal.models.actor import SYSTEM
from portal.models.base import Model, db
from portal.models.files import Attachment
from portal.models.privacy import chain, checkpoints
from portal.models.privacy.erasure import Erasure
from portal.models.privacy.verifications import AuditVerification
from portal.models.property.invite import HouseholdInvite
from portal.models.queue import later
from portal.models.repairs import Ticket
from tests.authenticator import Authenticator
from tests.models.accounts.test_passkey import SITE
from tests.models.files.test_attachment import _photo
from tests.people import PASSWORD
from tests.servers.shared import ROOT
from tests.stage import building
from tests.stage.cast import Cast

FOLDER = ROOT / "portal" / "migrations"
REVISIONS = list(ScriptDirectory(str(FOLDER)).walk_revisions())  # newest first
Rows = dict[str, list[dict[str, Any]]]
# What nobody entered, and everybody can do without: the numbers that running processes follow, and what a session knows
# of its device and of the last proof, for which the person is asked again, as for having read the privacy notice.
COUNTED = {"contact_change", "device_id", "proved_at", "notice_version"}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application with keys and no tables."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    app = install_keys(building.settings_of(tmp_path / "instance", url))
    yield app
    building.close(app)


def _differences() -> list[Any]:
    """What the models say and the tables do not, or the other way round."""
    with db.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        return compare_metadata(MigrationContext.configure(connection, opts=options), db.metadata)


def _tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def _rows() -> Rows:
    """Everything in every table, in an order that does not depend on the columns."""
    db.session.remove()
    reflected = MetaData()
    with db.engine.connect() as connection:
        reflected.reflect(connection)
        found = {table.name: connection.execute(select(table)).mappings().all() for table in reflected.sorted_tables}
    del found["alembic_version"]
    return {name: sorted(map(dict, rows), key=lambda row: str(row.get("id", row))) for name, rows in found.items()}


def _common(before: Rows, after: Rows) -> tuple[Rows, Rows]:
    """Both, as far as tables and columns exist in both."""
    names = before.keys() & after.keys()

    def cut(rows: Rows) -> Rows:
        kept = {name: {*next(iter(before[name]), {})} & {*next(iter(after[name]), {})} - COUNTED for name in names}
        return {name: [{key: row[key] for key in sorted(kept[name])} for row in rows[name]] for name in names}

    return cut(before), cut(after)


def _live(cast: Cast) -> None:
    """A row in every table: people, sessions, links, photos, a repair to the end and one with everything on the way."""
    account = cast.account("owner")
    session, _ = Session.begin(account)
    session.device_id = Device.remember(account.id, "key").id
    Code.send("12900000001", CodeFor.SIGN_IN, "a browser")
    cast.account("co_owner").notice_version = None
    Consent.acknowledge(cast.account("co_owner"), in_force().version, "zh", cast.signed_in("co_owner"))
    HouseholdInvite.make(cast.tenure(), "林小妹", "12900000777", 3, cast.actor("owner"))
    Link.make(cast.account("co_owner"), by=SYSTEM)
    Totp.begin(account)
    RecoveryCode.renew(account, by=cast.actor("owner"))
    options = Passkey.ask_to_add(account, SITE)
    Passkey.add(account, Authenticator().create(options), "手机", SITE, by=cast.actor("owner"))
    Passkey.ask(account, SITE)
    buildings = [cast.home().entrance.building_id]
    grant = Grant.give(cast.account("manager"), Role.DISPATCHER, cast.development().id, buildings=buildings)
    session, _ = Session.begin(cast.account("manager"))
    db.session.flush()
    use(grant.id, grant.account_id, session.id)
    draft, ticket = uuid4(), cast.ticket("in_work")
    Attachment.add(_photo(), draft, ticket.subject, cast.actor("technician"))
    ticket.finish("换了三通", by=cast.actor("technician"), draft=draft)
    ticket.say("谢谢", by=cast.actor("owner"))
    cast.do(ticket, "pass_check")
    cast.do(ticket, "reject")
    cast.ticket("accepted")
    erasure = Erasure.ask(PASSWORD, "搬走了", cast.signed_in("neighbour"))
    erasure.hold("tax", "发票未满十年", by=cast.actor("service_agent"))
    db.session.commit()
    Worker(cast.app).drain()
    apply_class("link", dry=True)
    AuditVerification.ask(SYSTEM)
    chain.number_events()
    checkpoints.sign(*chain.head())
    db.session.commit()
    Worker(cast.app).drain()
    later("jobs.sweep")
    db.session.commit()


def test_the_revisions_are_one_line_numbered_and_described():
    assert [revision.revision for revision in REVISIONS] == [f"{n:04d}" for n in range(len(REVISIONS), 0, -1)]
    for revision in REVISIONS:
        assert Path(revision.path).name.startswith(f"{revision.revision}_")
        assert re.match(r"[A-Z].{8,}", revision.doc), revision.path


def test_from_nothing_they_make_what_the_models_say(empty: Flask):
    with empty.app_context():
        upgrade()
        assert _differences() == []
        assert _tables() == set(Model.metadata.tables)
        upgrade()


def test_every_step_down_and_up_keeps_what_people_entered(any_app: Flask, cast: Cast):
    """Also what later revisions bring: a table without a row in this story fails, and so does a value that is lost."""
    with cast.at_work():
        _live(cast)
        rows = newest = _rows()
        assert [name for name, kept in newest.items() if not kept] == []
        for revision in REVISIONS[:-1]:
            downgrade(revision="-1")
            before, after = _common(rows, _rows())
            assert before == after, f"down from {revision.revision}"
            rows = _rows()
        lived = rows.keys()  # what a later revision brought went with it on the way down: it comes back empty
        for revision in reversed(REVISIONS[:-1]):
            upgrade(revision="+1")
            before, after = _common(rows, _rows())
            assert before == after, f"up to {revision.revision}"
            rows = _rows()
        assert _differences() == []
        before, after = _common({name: newest[name] for name in lived}, rows)
        assert before == after
        assert cast.ticket().home.code == "1-1-0101"


def test_the_last_step_down_leaves_nothing_and_up_makes_it_anew(any_app: Flask, cast: Cast):
    with cast.at_work():
        cast.ticket("accepted")
        db.session.commit()
        db.session.remove()
        downgrade(revision="base")
        assert _tables() == set()
        if db.engine.dialect.name == "postgresql":
            assert inspect(db.engine).get_enums() == []
        upgrade()
        assert _differences() == []
        assert db.session.scalar(select(func.count(Ticket.id))) == 0


REBUILD = '''"""A table that others point at is built anew

Revision: 9999
"""
from alembic import op
import sqlalchemy as sa

revision, down_revision, branch_labels, depends_on = "9999", "{head}", None, None


def upgrade():
    with op.batch_alter_table("ticket", recreate="always") as batch:
        batch.add_column(sa.Column("colour", sa.String(8), nullable=True))
    {more}


def downgrade():
    with op.batch_alter_table("ticket", recreate="always") as batch:
        batch.drop_column("colour")
'''


def _with(folder: Path, more: str = "pass") -> str:
    """The project's revisions and one more, in a folder of their own."""
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    later_one = REBUILD.format(head=REVISIONS[0].revision, more=more)
    (folder / "versions" / "9999_rebuild.py").write_text(later_one)
    return str(folder)


@pytest.mark.filterwarnings(f"ignore::{SAWarning.__module__}.{SAWarning.__name__}")  # reflecting partial indexes
def test_a_table_that_others_point_at_can_be_built_anew(app: Flask, cast: Cast, tmp_path: Path):
    """SQLite drops the old table, and with it, were the foreign keys on, every row that points at it."""
    folder = _with(tmp_path / "migrations")
    with cast.at_work():
        _live(cast)
        before = _rows()
        upgrade(folder)
        assert {row["colour"] for row in _rows()["ticket"]} == {None}
        downgrade(folder, revision="-1")
        assert _rows() == before
        assert _differences() == []
        assert db.session.scalar(db.text("pragma foreign_keys")) == 1


@pytest.mark.filterwarnings(f"ignore::{SAWarning.__module__}.{SAWarning.__name__}")
def test_a_revision_that_leaves_rows_without_their_parents_is_undone(app: Flask, cast: Cast, tmp_path: Path, caplog):
    folder = _with(tmp_path / "migrations", more="op.execute('delete from tenure')")
    with cast.at_work():
        _live(cast)
        before = _rows()
        with pytest.raises(SystemExit):
            upgrade(folder)
        assert "rows point at rows that are gone, in: household_invite, party, ticket" in caplog.text
        assert _rows() == before
        assert "colour" not in {column["name"] for column in inspect(db.engine).get_columns("ticket")}
        assert db.session.scalar(db.text("pragma foreign_keys")) == 1
