"""A process that dies without any farewell at a named step.

It is forked from a clean server, not from the test: a library of ours has threads, and a fork of those waits for ever.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from functools import cache
from importlib import import_module
from operator import attrgetter
from typing import Any

PATIENCE = 120


def dies(step: str, work: Callable[..., Any], *given: Any, before: bool = False, time: int = 1) -> bool:
    """Call ``work`` in a process that is killed before or after ``step`` was taken for the n-th ``time``.

    A step is ``module:name`` or ``module:Class.name``. True when it was killed, False when it came to its end first.
    The process opens its own installation; ``work`` is a function of a module.
    """
    process = server().Process(target=_die, args=(step, work, given, before, time))
    process.start()
    process.join(PATIENCE)
    code = process.exitcode
    if code is None:
        process.kill()
    assert code in (0, -signal.SIGKILL), f"the process ended with {code} before its step"
    return code != 0


@cache
def server() -> Any:
    """Where processes are forked: it has loaded the portal, and has no threads."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(["portal.asgi", "portal.cli", "tests.stage.cast", __name__])
    return found


def _die(step: str, work: Callable[..., Any], given: tuple[Any, ...], before: bool, time: int) -> None:
    module, _, path = step.partition(":")
    *owner, name = path.split(".")
    where: Any = import_module(module)
    where = attrgetter(".".join(owner))(where) if owner else where
    taken, left = getattr(where, name), [time]

    def deadly(*values: Any, **named: Any) -> Any:
        left[0] -= 1
        if before and not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        done = taken(*values, **named)
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    setattr(where, name, deadly)
    work(*given)
