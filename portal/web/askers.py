"""Which browser asks for a code: a random name in the form's cookie, gone as soon as somebody signs in or out."""

from __future__ import annotations

from secrets import token_urlsafe

from flask import session


def asker() -> str:
    """This browser's name for as long as nobody signs in; a code is good only where it was asked for."""
    name: str = session.setdefault("asker", token_urlsafe(24))
    return name
