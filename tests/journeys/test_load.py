"""Sixty reports of ten owners at once, while the worker drains: nobody meets a lock, and every row opens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.request import urlopen

from portal.models.accounts import Account, Person
from portal.models.accounts.privacy_notice import in_force
from portal.models.base import db
from portal.models.notices import Notice
from portal.models.property import Relation
from portal.models.queue import Job
from portal.models.repairs import Ticket
from tests.journeys.browser import Browser
from tests.people import PASSWORD
from tests.stage.building import close, opened
from tests.stage.cast import Cast

OWNERS, EACH = 10, 6


def test_sixty_posts_of_ten_owners_while_the_worker_drains(site, cast: Cast):
    _, address = site
    phones = _ten_owners(cast)
    with ThreadPoolExecutor(OWNERS) as pool:
        numbers = [number for told in pool.map(lambda phone: _report(address, phone), phones) for number in told]
    assert len(set(numbers)) == OWNERS * EACH
    _wait_for_the_worker(cast)
    with cast.at_work():
        tickets = db.session.query(Ticket).all()
        assert {ticket.number for ticket in tickets} == set(numbers)
        assert all((ticket.words or "").startswith("滴水") for ticket in tickets)
        assert db.session.query(Job).filter(Job.tries > 1).count() == 0
        assert db.session.query(Notice).count() > OWNERS * EACH


def test_kill_9_right_after_the_answer_loses_nothing(installation: Path, tmp_path: Path):
    """The server is killed between two answers, several times; what was acknowledged is there and opens."""
    env = os.environ | {"PORTAL_INSTANCE": str(installation), "PORTAL_PASSWORD_MEMORY_KIB": "19456"}
    acknowledged: list[str] = []
    for _ in range(4):
        server, address = _serve(env)
        browser = Browser(address)
        browser.sign_in("12900000001", PASSWORD)
        acknowledged += [browser.report(f"滴水 {number}") for number in range(2)]
        server.send_signal(signal.SIGKILL)
        server.wait()
    app = opened(installation)
    with app.app_context():
        found = {ticket.number: ticket.words for ticket in db.session.query(Ticket)}
    close(app)
    assert set(acknowledged) <= set(found)
    assert all(words.startswith("滴水") for words in found.values())


def _ten_owners(cast: Cast) -> list[str]:
    with cast.at_work():
        kept = cast.account("owner").password_hash
        phones = [f"129000002{n:02d}" for n in range(OWNERS)]
        for n, phone in enumerate(phones):
            person = Person.add(f"业主{n}", phone)
            account = Account.of(person)
            account.password_hash, account.notice_version = kept, in_force().version
            cast.tenure().admit(person, Relation.CO_OWNER)
        db.session.commit()
    return phones


def _report(address: str, phone: str) -> list[str]:
    browser = Browser(address)
    browser.sign_in(phone, PASSWORD)
    return [browser.report(f"滴水 {number}") for number in range(EACH)]


def _wait_for_the_worker(cast: Cast) -> None:
    end = time.monotonic() + 60
    while True:
        with cast.at_work():
            waiting = db.session.query(Job).filter(~Job.key.like("schedule:%") | Job.key.is_(None)).count()
        if not waiting:
            return
        assert time.monotonic() < end, f"{waiting} jobs are left"
        time.sleep(0.2)


def _serve(env: dict[str, str]) -> tuple[subprocess.Popen[bytes], str]:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "portal.asgi:app", "--port", str(port), "--log-level", "error"]
    server = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    end = time.monotonic() + 60
    while True:
        try:
            urlopen(address, timeout=5).close()
            return server, address
        except OSError:
            assert time.monotonic() < end, "the server did not start"
            time.sleep(0.1)
