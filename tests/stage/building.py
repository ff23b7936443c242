"""Makes the installation that tests copy."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from flask import Flask

from portal import clock, config, create_app
from portal.cli.setting_up import install_keys, ready
from portal.models.accounts import Account, Grant, Person, Role
from portal.models.accounts.privacy_notice import in_force
from portal.models.base import db
from portal.models.property import Building, Development, Entrance, Home, HouseType, Relation, Space, Tenure
from tests.people import BEGAN, CAST, HOMES, PASSWORD, SPACES

SETTLED = datetime(2026, 1, 5, tzinfo=UTC)  # grants are in force on whatever later day a test plays


def settings_of(folder: Path, database_url: str = "", **more: str) -> config.Settings:
    """The settings of a test's installation: cheap passwords, no worker thread."""
    env = {"PORTAL_WORKER": "no", "PORTAL_PASSWORD_MEMORY_KIB": "19456"}
    if database_url:
        env["PORTAL_DATABASE_URL"] = database_url
    return config.load(env | more, folder)


def build(folder: Path, database_url: str = "") -> None:
    """Make keys, tables, catalogue and cast in ``folder`` (and in ``database_url`` when one is named)."""
    app = install_keys(settings_of(folder, database_url))
    ready(app)
    with app.app_context(), clock.at(SETTLED):
        _settle()
        db.session.commit()
    close(app)


def opened(folder: Path, database_url: str = "", **more: str) -> Flask:
    """The application of a copied installation."""
    app = create_app(settings_of(folder, database_url, **more))
    app.config["TESTING"] = True
    return app


def close(app: Flask) -> None:
    """Let go of every connection, so that files can be copied and databases dropped."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    app.extensions["portal.keyring"].close()


def _settle() -> None:
    homes = _homes()
    elsewhere = Development(code="other", name_zh="别处", name_en="Elsewhere", hotline="400-000-0001")
    db.session.add(elsewhere)
    db.session.flush()
    here = next(iter(homes.values())).development
    tenures = {code: Tenure.begin(home, BEGAN[code]) for code, home in homes.items()}
    kept = ""
    for known in CAST.values():
        person = Person.add(known.name, known.phone, f"{known.key}@mail.invalid")
        account = Account.of(person)
        account.notice_version = in_force().version
        for settled in known.homes:
            code, _, relation = settled.partition(":")
            tenures[code].admit(person, Relation(relation))
        if known.role:
            where = elsewhere if known.elsewhere else here
            Grant.give(account, Role(known.role), where.id, badge=known.badge, trade="wp")
        if not kept:
            account.set_password(PASSWORD, staff=True)
            kept = account.password_hash or ""
        account.password_hash = kept


def _homes() -> dict[str, Home]:
    here = Development(
        code="here", name_zh="云栖里", name_en="Yunqi Li", hotline="400-000-0000", completed_on=date(2021, 5, 1)
    )
    kind = HouseType(code="C118", layout_zh="三室", layout_en="3 bedrooms", plan="plan-c118")
    kind.spaces = [
        Space(code=code, name_zh=zh, name_en=en, position=n, x=1 + 2 * n, y=1, w=2, h=2)
        for n, (code, zh, en) in enumerate(SPACES)
    ]
    db.session.add(here)
    db.session.flush()
    kind.development_id = here.id
    building = Building(development=here, label="1", floors=2)
    entrance = Entrance(development_id=here.id, building=building, label="1")
    homes = {}
    for code, handed_over_on in HOMES.items():
        number = code.rpartition("-")[2]
        homes[code] = Home(
            development=here,
            entrance=entrance,
            house_type=kind,
            number=number,
            floor=str(int(number[:2])),
            handed_over_on=handed_over_on,
        )
    db.session.add_all([kind, *homes.values()])
    db.session.flush()
    return homes
