"""The table of rights: complete, without strangers, and with the lines that must never be crossed."""

from __future__ import annotations

import pytest

from portal.models.accounts.permissions import GRANTS, ROLE_WORDS, P, Role

HOUSEHOLD = (Role.OWNER, Role.CO_OWNER)
STAFF = [role for role in Role if role not in HOUSEHOLD]
# Who holds each right, in the letters of the role matrix. Changing a right changes this page on purpose.
HOLDERS = {
    P.AUDIT_VIEW: {Role.AUDITOR, Role.ADMIN},
    P.KEYS_VIEW: {Role.AUDITOR, Role.ADMIN},
    P.ACCOUNT_OWN: set(Role),
    P.ERASURE_APPROVE: {Role.AUDITOR},
    P.ERASURE_HANDLE: {Role.SERVICE_AGENT, Role.MANAGER},
    P.ERASURE_VIEW: {Role.SERVICE_AGENT, Role.MANAGER, Role.AUDITOR},
    P.HOME_VIEW: set(HOUSEHOLD),
    P.NOTE_WRITE: {Role.SERVICE_AGENT, Role.DISPATCHER, Role.TECHNICIAN, Role.MANAGER},
    P.NOTICE_VIEW: set(Role),
    P.PERSON_REVEAL: {Role.SERVICE_AGENT, Role.DISPATCHER, Role.TECHNICIAN, Role.MANAGER},
    P.PERSON_SEARCH: {Role.SERVICE_AGENT, Role.DISPATCHER, Role.MANAGER, Role.AUDITOR},
    P.RETENTION_VIEW: {Role.AUDITOR, Role.ADMIN},
    P.TICKET_ACKNOWLEDGE: {Role.SERVICE_AGENT, Role.DISPATCHER, Role.MANAGER},
    P.TICKET_ASSIGN: {Role.DISPATCHER, Role.MANAGER},
    P.TICKET_CHECK: {Role.DISPATCHER, Role.MANAGER},
    P.TICKET_CONFIRM: set(HOUSEHOLD),
    P.TICKET_FILE: {Role.SERVICE_AGENT, Role.MANAGER},
    P.TICKET_LIST: set(STAFF),
    P.TICKET_MESSAGE: set(Role) - {Role.AUDITOR, Role.ADMIN},
    P.TICKET_READ_NOTES: set(STAFF) - {Role.ADMIN},
    P.TICKET_READ_WORDS: set(Role) - {Role.ADMIN},
    P.TICKET_REPORT: set(HOUSEHOLD),
    P.TICKET_REWORK: {Role.MANAGER},
    P.TICKET_VIEW: set(Role),
    P.TICKET_WITHDRAW: set(HOUSEHOLD),
    P.TICKET_WORK: {Role.TECHNICIAN},
}


def test_every_role_and_every_right_stands_in_the_table():
    assert set(GRANTS) == set(Role)
    assert set().union(*GRANTS.values()) == set(P)
    assert set(ROLE_WORDS) == {*Role, "system"}


@pytest.mark.parametrize("permission", list(P))
def test_a_right_is_held_by_exactly_these_roles(permission: P):
    assert {role for role in Role if permission in GRANTS[role]} == HOLDERS[permission]


def test_rights_are_named_resource_and_action_in_alphabetical_order():
    assert list(P) == sorted(P)
    assert all(value.count(":") == 1 and value.replace(":", "").replace("_", "").isalpha() for value in P)


def test_nobody_both_works_and_checks():
    assert not [role for role in Role if {P.TICKET_WORK, P.TICKET_CHECK} <= GRANTS[role]]


def test_the_administrator_reads_no_person():
    assert not GRANTS[Role.ADMIN] & {
        P.TICKET_READ_WORDS,
        P.TICKET_READ_NOTES,
        P.PERSON_REVEAL,
        P.PERSON_SEARCH,
        P.TICKET_MESSAGE,
    }


def test_the_auditor_changes_nothing_but_decides_about_erasures():
    others = GRANTS[Role.AUDITOR] - {P.ERASURE_APPROVE}
    assert {right.value.split(":")[1] for right in others} == {
        *("own", "view", "list", "read_notes", "read_words", "search")
    }
