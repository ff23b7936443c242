"""The owner's ticket page (G1) and an unchanged poll (G2) against a bare Flask hello on the same server."""

from __future__ import annotations

import time
from statistics import median
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from benchmarks.load import rate
from benchmarks.result import Result
from benchmarks.stand import Stand, stand

ROUNDS = 4
SECONDS = 4


def run() -> list[Result]:
    """A B A B: each round asks hello, the page and the poll in turn; the ratio is the median of the rounds'."""
    with stand() as site:
        page = f"{site.portal}/repairs/{site.number}"
        cookie = {"Cookie": site.cookie}
        pages, polls = [], []
        rate(page, cookie, 1)
        for _ in range(ROUNDS):
            hello = rate(f"{site.hello}/", {}, SECONDS)
            pages.append(rate(page, cookie, SECONDS) / hello)
            polls.append(_polls(site, cookie) / hello)
    return [
        Result.at_least("G1", "owner's ticket page / hello", median(pages), 0.15, 0.30),
        Result.at_least("G2", "unchanged poll / hello", median(polls), 0.35, 0.5),
    ]


def _polls(site: Stand, cookie: dict[str, str]) -> float:
    """Polls with the tag that is right at this minute; they are answered 304 until the minute is over."""
    left = 60 - time.time() % 60
    time.sleep(left if left < SECONDS + 2 else 0)
    address = f"{site.portal}/repairs/{site.number}/pieces"
    headers = cookie | {"HX-Request": "true"}
    with urlopen(Request(address, headers=headers)) as answer:
        headers["HX-PTag"] = answer.headers["HX-PTag"]
    try:
        urlopen(Request(address, headers=headers)).close()
    except HTTPError as unchanged:
        if unchanged.code != 304:
            raise
    return rate(address, headers, SECONDS, expected=304)
