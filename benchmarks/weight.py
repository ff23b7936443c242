"""What a first visit weighs: HTML, CSS and script, gzip, and how many requests (G20)."""

from __future__ import annotations

import gzip
import re
from urllib.request import Request, urlopen

from benchmarks.result import Result
from benchmarks.stand import stand


def run() -> list[Result]:
    """The sign-in page and the owner's ticket page; the heavier one counts."""
    with stand() as site:
        visits = [_visit(site.portal, "/", {}), _visit(site.portal, f"/repairs/{site.number}", {"Cookie": site.cookie})]
    kilobytes = max(size for size, _ in visits) / 1000
    requests = max(count for _, count in visits)
    return [
        Result.at_most("G20", "first visit, HTML + CSS + script, gzip, kB", kilobytes, 40, 26),
        Result.at_most("G20_requests", "first visit, requests for HTML + CSS + script", requests, 4, 3),
    ]


def _visit(site: str, path: str, headers: dict[str, str]) -> tuple[int, int]:
    page = _get(site + path, headers)
    parts = re.findall(r'(?:<script src|<link rel="stylesheet" href)="([^"]+)"', page.decode())
    sizes = [_packed(page), *(_packed(_get(site + part, headers)) for part in parts)]
    return sum(sizes), len(sizes)


def _get(address: str, headers: dict[str, str]) -> bytes:
    with urlopen(Request(address, headers=headers)) as answer:
        content: bytes = answer.read()
    return content


def _packed(content: bytes) -> int:
    return len(gzip.compress(content, 9))
