"""How somebody is told to wait: in words with the seconds, and in the header that programs read."""

from __future__ import annotations

from flask_babel import gettext, ngettext

from portal.models.accounts.hashing import Busy
from portal.models.accounts.tries import TooSoon

BUSY_SECONDS = 5


def too_soon_words(error: TooSoon | Busy) -> str:
    """The same for everybody, whether or not an account exists."""
    if isinstance(error, Busy):
        return gettext(error.message)
    minutes = -(-error.seconds // 60)
    if minutes > 1:
        return ngettext(
            "试的次数多了，请等 %(num)s 分钟再试。用平时登录的设备不用等。",
            "试的次数多了，请等 %(num)s 分钟再试。用平时登录的设备不用等。",
            minutes,
        )
    return ngettext(
        "试的次数多了，请等 %(num)s 秒再试。用平时登录的设备不用等。",
        "试的次数多了，请等 %(num)s 秒再试。用平时登录的设备不用等。",
        error.seconds,
    )


def retry_after(error: TooSoon | Busy) -> dict[str, str]:
    """The header, in seconds."""
    return {"Retry-After": str(BUSY_SECONDS if isinstance(error, Busy) else error.seconds)}
