"""A child process that dies, without any farewell, before or after one step."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable


def killed(work: Callable[[], object], where: object, name: str, moment: str, nth: int = 1) -> bool:
    """Do the work in a child that is killed ``before`` or ``after`` the nth call of ``where.name``.

    Whether it came to that; a child that ended by itself had fewer calls, and one that failed is an AssertionError.
    """
    child = os.fork()
    if child == 0:
        step, calls = getattr(where, name), 0

        def deadly(*given: object, **named: object) -> object:
            nonlocal calls
            calls += 1
            if calls == nth and moment == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            answer = step(*given, **named)
            if calls == nth:
                os.kill(os.getpid(), signal.SIGKILL)
            return answer

        setattr(where, name, deadly)
        try:
            work()
            os._exit(0)
        except Exception as error:  # noqa: BLE001 - a child must not run on into the parent's tests
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
            os._exit(1)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0
    return False
