"""Signing in by phone and password, as far as the models know of it."""

from __future__ import annotations

from portal.models.accounts import Account
from portal.models.accounts.attempt import Attempt


def enter(phone: str, password: str, device_key: str = "") -> Account:
    """The account these belong to. Raises WrongCredentials, TooSoon or Busy."""
    attempt = Attempt.of(phone, device_key)
    attempt.judge(password)
    return attempt.account(password)
