"""The project's chores that are too long for a line of the Makefile."""

import sys

OLDEST = (3, 11)

if sys.version_info < OLDEST:
    raise SystemExit(
        f"Python 3.11 or newer is needed; {sys.executable} is {sys.version.split()[0]}. "
        "Name another: make ... PYTHON=python3.12"
    )
