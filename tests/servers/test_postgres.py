"""PostgreSQL is real, and every test has a database of its own."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import NullPool, create_engine, text

from tests.servers.databases import Postgres

OURS = not os.environ.get("PORTAL_TEST_DATABASE_URL")


def ask(url: str, *statements: str):
    """The first value of the last statement's answer, or None when it has none."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        answers = [connection.execute(text(statement)) for statement in statements]
        return answers[-1].scalar() if answers[-1].returns_rows else None


def test_it_speaks_real_sql(postgres_url):
    ask(postgres_url, "create table home (id uuid primary key, words jsonb, moved timestamptz)")
    ask(postgres_url, """insert into home values (gen_random_uuid(), '{"trade": "水电"}', now())""")
    assert ask(postgres_url, "select words ->> 'trade' from home for update skip locked") == "水电"
    assert ask(postgres_url, "select version()").startswith("PostgreSQL ")
    assert ask(postgres_url, "show server_encoding") == "UTF8"


@pytest.mark.skipif(not OURS or not Path("/proc").is_dir(), reason="somebody else's server, or no /proc")
def test_it_never_runs_as_root(postgres_url):
    place = Path(parse_qs(urlsplit(postgres_url).query)["host"][0])
    postmaster = int((place / "data" / "postmaster.pid").read_text().splitlines()[0])
    assert Path(f"/proc/{postmaster}").stat().st_uid != 0
    assert (place / "data").stat().st_mode & 0o777 == 0o700


def test_databases_are_apart(postgres_server: Postgres):
    with postgres_server.database() as one, postgres_server.database() as other:
        ask(one, "create table note (id int)", "insert into note values (1)")
        assert ask(one, "select count(*) from note") == 1
        assert ask(other, "select to_regclass('note')") is None


def test_a_copy_holds_the_template_and_goes_its_own_way(postgres_server: Postgres):
    with postgres_server.database() as template:
        ask(template, "create table note (id int)", "insert into note values (1)")
        held = create_engine(template).connect()
        with postgres_server.database(template) as copy:
            ask(copy, "delete from note")
            assert ask(copy, "select count(*) from note") == 0
        assert ask(template, "select count(*) from note") == 1
        held.invalidate()


def test_a_database_is_gone_after_its_test(postgres_server: Postgres):
    with postgres_server.database() as url:
        name = ask(url, "select current_database()")
    assert ask(postgres_server.url, f"select count(*) from pg_database where datname = '{name}'") == 0


@pytest.mark.long
def test_many_copies_at_once(postgres_server: Postgres):
    with postgres_server.database() as template:
        ask(template, "create table note as select generate_series(1, 1000) as id")

        def count(_: int) -> int:
            with postgres_server.database(template) as copy:
                return ask(copy, "select count(*) from note")

        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(count, range(200))) == [1000] * 200
