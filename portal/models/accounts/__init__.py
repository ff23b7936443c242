"""People and how they get in: persons, accounts, grants of roles, sessions and one-time links."""

from portal.models.accounts.account import Account
from portal.models.accounts.device import Device
from portal.models.accounts.grant import Grant
from portal.models.accounts.link import Link, Purpose
from portal.models.accounts.numbering import CONTACTS
from portal.models.accounts.permissions import GRANTS, OWNER_SIDE, STAFF_SIDE, WORKERS, P, Role
from portal.models.accounts.person import Person
from portal.models.accounts.session import Session

__all__ = [
    "CONTACTS",
    "GRANTS",
    "OWNER_SIDE",
    "STAFF_SIDE",
    "WORKERS",
    "Account",
    "Device",
    "Grant",
    "Link",
    "P",
    "Person",
    "Purpose",
    "Role",
    "Session",
]
