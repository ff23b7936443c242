"""Requests per second by wrk, or by the small C client of this folder where wrk is missing; never by Python."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

CONNECTIONS = 8


def rate(address: str, headers: dict[str, str], seconds: int, expected: int = 200) -> float:
    """Answers per second over ``seconds``; raises RuntimeError when answers are not of the expected status."""
    wrk = shutil.which("wrk")
    return _by_wrk(wrk, address, headers, seconds, expected) if wrk else _by_client(address, headers, seconds, expected)


def _by_wrk(wrk: str, address: str, headers: dict[str, str], seconds: int, expected: int) -> float:
    told = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    command = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *told, address]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if expected < 400 and "Non-2xx" in said:
        raise RuntimeError(f"{address} answered with errors")
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if found is None:
        raise RuntimeError(said)
    return float(found[1])


def _by_client(address: str, headers: dict[str, str], seconds: int, expected: int) -> float:
    told = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    command = [str(_client()), address, told, str(seconds), str(CONNECTIONS), str(expected)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@cache
def _client() -> Path:
    built = Path(tempfile.mkdtemp()) / "load"
    compiler = shutil.which("cc") or "gcc"
    subprocess.run([compiler, "-O2", "-o", str(built), str(Path(__file__).with_name("load.c"))], check=True)
    return built
