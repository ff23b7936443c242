"""Signing in: what the time of an answer tells of an account, a known device under attack, memory under a flood.

Known and unknown numbers are tried with a wrong password in one random order, each once, so that the machine's moods
meet both alike. Their distributions are compared quantile by quantile: that is what somebody who measures could learn
from.
"""

from __future__ import annotations

import os
import random
import re
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode, urlsplit

from benchmarks.result import Result
from benchmarks.stand import serving
from portal.models.accounts import Account, Person
from portal.models.base import db
from tests.people import CAST, PASSWORD
from tests.stage.building import build, close, opened

EACH = 500  # tries of known numbers, and as many of unknown ones
GUESSES = 1000
AT_ONCE = 200
MEMORY_KIB = 46 * 1024
OWNER = CAST["owner"].phone


def run() -> list[Result]:
    """Each on a served installation of its own, at the cost of passwords that production has."""
    with _stand() as (address, pid):
        apart = _apart(address)
        refused = _refused_under_attack(address)
    with _stand() as (address, pid):
        grown = _grown_by_a_flood(address, pid)
    return [
        Result.at_most("S1", "known / unknown account: p95 of the difference in time, ms", apart, 5, 2),
        Result.at_most("S2", "refusals of a known device during 1,000 strange guesses", refused, 0, 0),
        Result.at_most("S3", "memory of 200 sign-ins at once, MiB above the idle process", grown, _most_mib(), 200),
    ]


@dataclass
class Browser:
    """A browser of its own address, with its cookies."""

    address: str
    source: str
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def open(self, method: str, path: str, values: dict[str, str] | None = None) -> tuple[int, str, float]:
        """Status, text and seconds of one answer."""
        connection = HTTPConnection(urlsplit(self.address).netloc, timeout=120)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "X-Forwarded-For": self.source}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(values) if values is not None else None
        begun = time.perf_counter()
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        taken = time.perf_counter() - begun
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        connection.close()
        return answer.status, text, taken

    def sign_in(self, phone: str, password: str) -> tuple[int, float]:
        """Send the form; status and seconds."""
        if not self.token:
            page = self.open("GET", "/?way=password")[1]
            found = re.search(r'name="csrf_token" value="([^"]+)"', page)
            assert found, "the sign-in page has no token"
            self.token = found[1]
        values = {"csrf_token": self.token, "phone": phone, "password": password}
        status, _, taken = self.open("POST", "/sessions", values)
        return status, taken


@contextmanager
def _stand() -> Iterator[tuple[str, int]]:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "instance"
        build(folder)
        _settle(folder)
        env = os.environ | {"PORTAL_INSTANCE": str(folder), "PORTAL_WORKER": "no", "PORTAL_PROXIES": "1"}
        with serving("portal.asgi:app", env) as found:
            yield found


def _settle(folder: Path) -> None:
    app = opened(folder)
    app.config["PASSWORD_MEMORY_KIB"] = MEMORY_KIB
    with app.test_request_context():
        owner = Account.of(_by_phone(OWNER))
        owner.set_password(PASSWORD, staff=False)
        for number in range(EACH):
            account = Account.of(Person.add("量", _known(number)))
            account.password_hash = owner.password_hash
        db.session.commit()
    close(app)


def _by_phone(phone: str) -> Person:
    found = Person.by_phone(phone)
    assert found is not None
    return found


def _known(number: int) -> str:
    return f"1291{number:07d}"


def _unknown(number: int) -> str:
    return f"1292{number:07d}"


def _apart(address: str) -> float:
    """Milliseconds: the 95th of a hundred quantiles' differences, ordered by size."""
    tries = [(known, number) for known in (True, False) for number in range(EACH)]
    random.Random(1).shuffle(tries)
    taken: dict[bool, list[float]] = {True: [], False: []}
    browser = Browser(address, "")
    for _ in range(5):
        browser.sign_in(_unknown(EACH + 1), "warm")
    for count, (known, number) in enumerate(tries):
        browser.source = f"10.1.{count // 100}.{count % 100}"
        status, seconds = browser.sign_in(_known(number) if known else _unknown(number), "wrong password")
        assert status == 422, status
        taken[known].append(seconds * 1000)
    both = zip(quantiles(taken[True], n=100), quantiles(taken[False], n=100), strict=True)
    apart = sorted(abs(one - other) for one, other in both)
    print(f"medians: known {median(taken[True]):.2f} ms, unknown {median(taken[False]):.2f} ms")
    return apart[int(len(apart) * 0.95)]


def _refused_under_attack(address: str) -> int:
    """Strangers of many addresses guess on four lines, while the owner's own browser signs in again and again."""
    mine = Browser(address, "10.9.9.9")
    assert mine.sign_in(OWNER, PASSWORD)[0] == 303
    refused = 0

    def guess(line: int) -> None:
        stranger = Browser(address, f"10.2.{line}.1")
        for number in range(GUESSES // 4):
            stranger.source = f"10.2.{line}.{number // 20}"
            stranger.sign_in(OWNER, f"guess {line} {number}")

    with ThreadPoolExecutor(4) as lines:
        guessing = [lines.submit(guess, line) for line in range(4)]
        while True:
            device = {name: value for name, value in mine.cookies.items() if name == "anju-device"}
            again = Browser(address, "10.9.9.9", device)
            refused += again.sign_in(OWNER, PASSWORD)[0] != 303
            if all(each.done() for each in guessing):
                break
    return refused + sum(each.exception() is not None for each in guessing)


def _grown_by_a_flood(address: str, pid: int) -> float:
    """MiB: the most the process ever held, less what it held before, in a flood of sign-ins at the same moment."""
    browsers = [Browser(address, f"10.3.{number}.1") for number in range(AT_ONCE)]
    for browser in browsers[:20]:
        browser.sign_in(_unknown(1), "warm")
    token, cookies = browsers[0].token, browsers[0].cookies
    for browser in browsers:
        browser.token, browser.cookies = token, dict(cookies)
    before = _held(pid, "VmRSS")
    with ThreadPoolExecutor(AT_ONCE) as all_at_once:
        numbers = enumerate(browsers)
        answers = list(all_at_once.map(lambda each: each[1].sign_in(_known(each[0]), "wrong")[0], numbers))
    assert set(answers) <= {422, 429}, set(answers)
    print(f"answers: {answers.count(422)} judged, {answers.count(429)} asked to come back")
    return _held(pid, "VmHWM") - before


def _held(pid: int, name: str) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise LookupError(name)


def _most_mib() -> float:
    """Two digests a core, and as much again for all the rest."""
    return 2 * len(os.sched_getaffinity(0)) * MEMORY_KIB / 1024 * 2
