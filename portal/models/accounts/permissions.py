"""Who may do what: one literal table from role to permissions. Scope is data on the grant, not here.

The letters in brackets are the roles of the product's role matrix (docs/architecture.md).
"""

from __future__ import annotations

from enum import StrEnum

from portal.models.errors import N_


class Role(StrEnum):
    """Every role. Those of ``OWNER_SIDE`` come with a home, a pass or an account; the staff's are granted."""

    OWNER = "owner"
    CO_OWNER = "co_owner"
    TENANT = "tenant"
    PROXY = "proxy"
    PROSPECT = "prospect"
    SALES_ADVISER = "sales_adviser"
    SERVICE_AGENT = "service_agent"
    DISPATCHER = "dispatcher"
    TECHNICIAN = "technician"
    CONTRACTOR = "contractor"
    CONTRACTOR_WORKER = "contractor_worker"
    INSPECTOR = "inspector"
    COMPLAINT_OFFICER = "complaint_officer"
    RETURN_VISITOR = "return_visitor"
    CARE = "care"
    EDITOR = "editor"
    MANAGER = "manager"
    HEAD_OFFICE = "head_office"
    AUDITOR = "auditor"
    ADMIN = "admin"


OWNER_SIDE = (Role.OWNER, Role.CO_OWNER, Role.TENANT, Role.PROXY, Role.PROSPECT)
STAFF_SIDE = tuple(role for role in Role if role not in OWNER_SIDE)
# Who does the work itself: a ticket can be given to them, and what they see of a person is bound to the day of the job.
WORKERS = (Role.TECHNICIAN, Role.CONTRACTOR, Role.CONTRACTOR_WORKER)


ROLE_WORDS: dict[str, str] = {
    Role.OWNER: N_("业主"),
    Role.CO_OWNER: N_("共有人"),
    Role.TENANT: N_("租客"),
    Role.PROXY: N_("代办人"),
    Role.PROSPECT: N_("意向客户"),
    Role.SALES_ADVISER: N_("置业顾问"),
    Role.SERVICE_AGENT: N_("客服专员"),
    Role.DISPATCHER: N_("调度员"),
    Role.TECHNICIAN: N_("维修师傅"),
    Role.CONTRACTOR: N_("施工单位负责人"),
    Role.CONTRACTOR_WORKER: N_("施工人员"),
    Role.INSPECTOR: N_("验房师"),
    Role.COMPLAINT_OFFICER: N_("投诉专员"),
    Role.RETURN_VISITOR: N_("回访员"),
    Role.CARE: N_("客户关怀"),
    Role.EDITOR: N_("知识编辑"),
    Role.MANAGER: N_("客服经理"),
    Role.HEAD_OFFICE: N_("总部"),
    Role.AUDITOR: N_("审计员"),
    Role.ADMIN: N_("系统管理员"),
    "system": N_("系统"),
}


class P(StrEnum):
    """Permissions, ``resource:action``, in alphabetical order."""

    ACCOUNT_OWN = "account:own"
    AUDIT_VIEW = "audit:view"
    COSTS_APPROVE = "costs:approve"
    ERASURE_APPROVE = "erasure:approve"
    ERASURE_HANDLE = "erasure:handle"
    ERASURE_VIEW = "erasure:view"
    HOME_VIEW = "home:view"
    HOUSEHOLD_ADMIT = "household:admit"
    HOUSEHOLD_MANAGE = "household:manage"
    KEYS_VIEW = "keys:view"
    NOTE_WRITE = "note:write"
    NOTICE_VIEW = "notice:view"
    PERSON_REVEAL = "person:reveal"
    PERSON_SEARCH = "person:search"
    RETENTION_VIEW = "retention:view"
    ROLES_VIEW = "roles:view"
    STAFF_MANAGE = "staff:manage"
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
    P.COSTS_APPROVE,
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

# Reads a ticket and what the staff says about it, and adds to that; must be able to call the person behind it.
_SIDE = _READER | {P.NOTE_WRITE, P.PERSON_REVEAL}
# From outside the house: the ticket and whose it is, not what the staff say; the owner reads what they did as progress.
_OUTSIDE = _STAFF | {P.PERSON_REVEAL, P.TICKET_READ_WORDS, P.TICKET_WORK}

_ERASES = {P.ERASURE_HANDLE, P.ERASURE_VIEW}
# What looks after the data as a whole, and shows nobody's.
_WATCHES = {P.AUDIT_VIEW, P.KEYS_VIEW, P.RETENTION_VIEW, P.ROLES_VIEW}

# The administrator runs the system without reading persons: sees that tickets exist, not what people wrote.
GRANTS: dict[Role, frozenset[P]] = {
    # Who else belongs to the household, and may do what there, is the owner's to say.
    Role.OWNER: frozenset(_HOUSEHOLD | {P.HOUSEHOLD_MANAGE}),
    Role.CO_OWNER: frozenset(_HOUSEHOLD),
    # A tenant has the same rights over what they reported themselves, and no other ticket of the home.
    Role.TENANT: frozenset(_HOUSEHOLD - {P.COSTS_APPROVE}),
    # A proxy has what the pass says, for the one visit; a prospect has no home yet.
    Role.PROXY: frozenset({P.ACCOUNT_OWN}),
    Role.PROSPECT: frozenset({P.ACCOUNT_OWN}),
    Role.SALES_ADVISER: frozenset(_SIDE),
    Role.SERVICE_AGENT: frozenset(
        _DESK | _ERASES | {P.HOUSEHOLD_ADMIT, P.PERSON_SEARCH, P.TICKET_ACKNOWLEDGE, P.TICKET_FILE}
    ),
    Role.DISPATCHER: frozenset(_DESK | {P.PERSON_SEARCH, P.TICKET_ACKNOWLEDGE, P.TICKET_ASSIGN, P.TICKET_CHECK}),
    Role.TECHNICIAN: frozenset(_DESK | {P.TICKET_WORK}),
    Role.CONTRACTOR: frozenset(_OUTSIDE),
    Role.CONTRACTOR_WORKER: frozenset(_OUTSIDE),
    Role.INSPECTOR: frozenset(_SIDE),
    Role.COMPLAINT_OFFICER: frozenset(_SIDE | {P.PERSON_SEARCH}),
    Role.RETURN_VISITOR: frozenset(_SIDE),
    # Their things, care and knowledge, have pages of their own; repairs are not theirs.
    Role.CARE: frozenset(_OWN),
    Role.EDITOR: frozenset(_OWN),
    Role.MANAGER: frozenset(
        _DESK
        | _ERASES
        | {P.HOUSEHOLD_ADMIT, P.PERSON_SEARCH, P.STAFF_MANAGE, P.TICKET_ACKNOWLEDGE, P.TICKET_ASSIGN, P.TICKET_CHECK}
        | {P.TICKET_FILE}
        | {P.TICKET_REWORK}
    ),
    Role.HEAD_OFFICE: frozenset(_READER),
    # The data-protection officer decides about erasures and does nothing else about them.
    Role.AUDITOR: frozenset(_READER | _WATCHES | {P.ERASURE_APPROVE, P.ERASURE_VIEW, P.PERSON_SEARCH}),
    Role.ADMIN: frozenset(_STAFF | _WATCHES | {P.STAFF_MANAGE}),
}
