"""People and how they get in: persons, accounts, grants of roles, sessions and one-time links."""

from portal.models.accounts.account import Account
from portal.models.accounts.device import Device
from portal.models.accounts.factors import has_factor, needs_second
from portal.models.accounts.grant import Grant
from portal.models.accounts.in_use import GrantInUse
from portal.models.accounts.link import Link, Purpose
from portal.models.accounts.numbering import CONTACTS
from portal.models.accounts.passkey import Passkey
from portal.models.accounts.permissions import GRANTS, OWNER_SIDE, STAFF_SIDE, WORKERS, P, Role
from portal.models.accounts.person import Person
from portal.models.accounts.recovery import RecoveryCode
from portal.models.accounts.session import Session
from portal.models.accounts.totp import Totp

__all__ = [
    "CONTACTS",
    "GRANTS",
    "OWNER_SIDE",
    "STAFF_SIDE",
    "WORKERS",
    "Account",
    "Device",
    "Grant",
    "GrantInUse",
    "Link",
    "P",
    "Passkey",
    "Person",
    "Purpose",
    "RecoveryCode",
    "Role",
    "Session",
    "Totp",
    "has_factor",
    "needs_second",
]
