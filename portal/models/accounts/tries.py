"""Guesses are counted and slowed down; nobody is ever locked out (OWASP, device cookies).

A counter for each known device of an account, and one that all unknown devices share: whoever guesses from elsewhere
slows down only what comes from elsewhere. A number that nobody has is counted like one that somebody has. The names of
the counters are keyed digests, so that a copy of them says nothing about anybody.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from flask import current_app

from portal import clock
from portal.backends.counters import Counters
from portal.models.errors import DomainError, N_

FREE = 5  # wrong ones before the first wait
LONGEST = 15 * 60  # seconds of a wait: 100 guesses a day at most, and the owner of a new telephone waits no longer
REMEMBERED = 24 * 3600  # seconds from the first wrong one


class TooSoon(DomainError):
    """Too many wrong ones; answered 429. ``seconds`` says when the next one is taken."""

    message = N_("试的次数多了，请稍等再试")

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Tries:
    """The wrong ones so far at one thing."""

    key: str

    @classmethod
    def at(cls, what: str, whom: str, device: str = "") -> Tries:
        """Tries at ``what``, of ``whom`` (a number as typed in, an id), from a known ``device`` or an unknown one."""
        name = f"{what}\0{whom}\0{device}".encode()
        return cls(f"tries:{hmac.digest(current_app.config['SECRET_KEY'], name, 'sha256').hex()}")

    def take(self) -> None:
        """Take a try, counted before it is judged so that many at once are not one. Raises TooSoon."""
        counters, now = _counters(), int(clock.now().timestamp())
        taken = counters.get(self.key)
        left = min(counters.get(f"{self.key}:{taken}") - now, LONGEST) if taken >= FREE else 0
        if left > 0:
            raise TooSoon(left)
        number = counters.incr(self.key, REMEMBERED)
        if number < FREE:
            return
        wait = min(2 ** min(number - FREE, 30), LONGEST)
        counters.incr(f"{self.key}:{number}", wait, amount=now + wait)
        if number > taken + 1:  # somebody else was faster, with the same question
            raise TooSoon(wait)

    def forget(self) -> None:
        """It was right: begin again at nothing."""
        _counters().clear(self.key)


def _counters() -> Counters:
    found: Counters = current_app.extensions["portal.counters"]
    return found
