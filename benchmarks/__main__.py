"""``python -m benchmarks NAME --json [--check]``: the last line printed is the result."""

from __future__ import annotations

import argparse
import importlib
import sys

from benchmarks.result import line

NAMES = ("pages", "signin", "vault", "weight")


def main() -> int:
    """Run one benchmark; with --check the exit code says whether every floor holds."""
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--json", action="store_true", help="kept for scripts: the last line is always JSON")
    parser.add_argument("--check", action="store_true", help="exit 1 when a floor does not hold")
    chosen = parser.parse_args()
    results = importlib.import_module(f"benchmarks.{chosen.name}").run()
    print(line(chosen.name, results))
    return int(chosen.check and not all(result.holds for result in results))


sys.exit(main())
