"""Who may do what: one literal table from role to permissions. Scope is data on the grant, not here.

The letters in brackets are the roles of the product's role matrix (docs/architecture.md).
"""

from __future__ import annotations

from enum import StrEnum

from portal.models.errors import N_


class Role(StrEnum):
    """The roles that exist so far. Owners and co-owners are parties of a tenure; the others are granted."""

    OWNER = "owner"
    CO_OWNER = "co_owner"
    SERVICE_AGENT = "service_agent"
    DISPATCHER = "dispatcher"
    TECHNICIAN = "technician"
    MANAGER = "manager"
    AUDITOR = "auditor"
    ADMIN = "admin"


ROLE_WORDS: dict[str, str] = {
    Role.OWNER: N_("业主"),
    Role.CO_OWNER: N_("共有人"),
    Role.SERVICE_AGENT: N_("客服专员"),
    Role.DISPATCHER: N_("调度员"),
    Role.TECHNICIAN: N_("维修师傅"),
    Role.MANAGER: N_("客服经理"),
    Role.AUDITOR: N_("审计员"),
    Role.ADMIN: N_("系统管理员"),
    "system": N_("系统"),
}


class P(StrEnum):
    """Permissions, ``resource:action``, in alphabetical order."""

    ACCOUNT_OWN = "account:own"
    AUDIT_VIEW = "audit:view"
    ERASURE_APPROVE = "erasure:approve"
    ERASURE_HANDLE = "erasure:handle"
    ERASURE_VIEW = "erasure:view"
    HOME_VIEW = "home:view"
    KEYS_VIEW = "keys:view"
    NOTE_WRITE = "note:write"
    NOTICE_VIEW = "notice:view"
    PERSON_REVEAL = "person:reveal"
    PERSON_SEARCH = "person:search"
    RETENTION_VIEW = "retention:view"
    TICKET_ACKNOWLEDGE = "ticket:acknowledge"
    TICKET_ASSIGN = "ticket:assign"
    TICKET_CHECK = "ticket:check"
    TICKET_CONFIRM = "ticket:confirm"
    TICKET_FILE = "ticket:file"
    TICKET_LIST = "ticket:list"
    TICKET_MESSAGE = "ticket:message"
    TICKET_READ_NOTES = "ticket:read_notes"
    TICKET_READ_WORDS = "ticket:read_words"
    TICKET_REPORT = "ticket:report"
    TICKET_REWORK = "ticket:rework"
    TICKET_VIEW = "ticket:view"
    TICKET_WITHDRAW = "ticket:withdraw"
    TICKET_WORK = "ticket:work"


_OWN = {P.ACCOUNT_OWN, P.NOTICE_VIEW}
_HOUSEHOLD = _OWN | {
    P.HOME_VIEW,
    P.TICKET_CONFIRM,
    P.TICKET_MESSAGE,
    P.TICKET_READ_WORDS,
    P.TICKET_REPORT,
    P.TICKET_VIEW,
    P.TICKET_WITHDRAW,
}
_STAFF = _OWN | {P.TICKET_LIST, P.TICKET_VIEW}
_READER = _STAFF | {P.TICKET_READ_NOTES, P.TICKET_READ_WORDS}
_DESK = _READER | {P.NOTE_WRITE, P.PERSON_REVEAL, P.TICKET_MESSAGE}

_ERASES = {P.ERASURE_HANDLE, P.ERASURE_VIEW}
# What looks after the data as a whole, and shows nobody's.
_WATCHES = {P.AUDIT_VIEW, P.KEYS_VIEW, P.RETENTION_VIEW}

# The administrator runs the system without reading persons: sees that tickets exist, not what people wrote.
GRANTS: dict[Role, frozenset[P]] = {
    Role.OWNER: frozenset(_HOUSEHOLD),
    Role.CO_OWNER: frozenset(_HOUSEHOLD),
    Role.SERVICE_AGENT: frozenset(_DESK | _ERASES | {P.PERSON_SEARCH, P.TICKET_ACKNOWLEDGE, P.TICKET_FILE}),
    Role.DISPATCHER: frozenset(_DESK | {P.PERSON_SEARCH, P.TICKET_ACKNOWLEDGE, P.TICKET_ASSIGN, P.TICKET_CHECK}),
    Role.TECHNICIAN: frozenset(_DESK | {P.TICKET_WORK}),
    Role.MANAGER: frozenset(
        _DESK
        | _ERASES
        | {P.PERSON_SEARCH, P.TICKET_ACKNOWLEDGE, P.TICKET_ASSIGN, P.TICKET_CHECK, P.TICKET_FILE, P.TICKET_REWORK}
    ),
    # The data-protection officer decides about erasures and does nothing else about them.
    Role.AUDITOR: frozenset(_READER | _WATCHES | {P.ERASURE_APPROVE, P.ERASURE_VIEW, P.PERSON_SEARCH}),
    Role.ADMIN: frozenset(_STAFF | _WATCHES),
}
