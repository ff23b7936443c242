"""Log lines: one JSON object each, and only what cannot be a person's value."""

from __future__ import annotations

import io
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# What a line may say. Everything else is left out: a name, a number or a text has no business in a log.
SAID = frozenset(
    {
        "at",
        "endpoint",
        "error",
        "event",
        "id",
        "job",
        "kind",
        "level",
        "method",
        "ms",
        "reason",
        "status",
        "time",
        "version",
    }
)


class _StandardError(io.TextIOBase):
    """Standard error as it is at the moment: whoever puts another in its place gets the lines."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def configure() -> None:
    """Write to standard error; called by whatever starts a process, and again it changes nothing."""
    if structlog.is_configured():
        return
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            redact,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(20),
        logger_factory=structlog.WriteLoggerFactory(_StandardError()),  # type: ignore[arg-type]
    )


def redact(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Leave out what is not on the list, and say which keys that were."""
    left_out = sorted(set(line) - SAID)
    kept = {name: value for name, value in line.items() if name in SAID}
    return kept | {"left_out": left_out} if left_out else kept
