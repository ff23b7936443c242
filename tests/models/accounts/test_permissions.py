"""The table of rights: complete, without strangers, and with the lines that must never be crossed."""

from __future__ import annotations

import pytest

from portal.models.accounts.permissions import GRANTS, ROLE_WORDS, STAFF_SIDE, WORKERS, P, Role

HOUSEHOLD = {Role.OWNER, Role.CO_OWNER, Role.TENANT}
# The staff who see repairs, who read what is said about them, who write something there, and who do the work.
REPAIRS = set(STAFF_SIDE) - {Role.CARE, Role.EDITOR}
OUTSIDE = {Role.CONTRACTOR, Role.CONTRACTOR_WORKER}
SIDE = {Role.SALES_ADVISER, Role.INSPECTOR, Role.COMPLAINT_OFFICER, Role.RETURN_VISITOR}
DESK = {Role.SERVICE_AGENT, Role.DISPATCHER, Role.TECHNICIAN, Role.MANAGER}
# Who holds each right, in the letters of the role matrix. Changing a right changes this page on purpose.
HOLDERS = {
    P.AUDIT_VIEW: {Role.AUDITOR, Role.ADMIN},
    P.COSTS_APPROVE: HOUSEHOLD - {Role.TENANT},
    P.HOUSEHOLD_ADMIT: {Role.SERVICE_AGENT, Role.MANAGER},
    P.HOUSEHOLD_MANAGE: {Role.OWNER},
    P.KEYS_VIEW: {Role.AUDITOR, Role.ADMIN},
    P.ACCOUNT_OWN: set(Role),
    P.ERASURE_APPROVE: {Role.AUDITOR},
    P.ERASURE_HANDLE: {Role.SERVICE_AGENT, Role.MANAGER},
    P.ERASURE_VIEW: {Role.SERVICE_AGENT, Role.MANAGER, Role.AUDITOR},
    P.HOME_VIEW: HOUSEHOLD,
    P.NOTE_WRITE: DESK | SIDE,
    P.NOTICE_VIEW: set(Role) - {Role.PROXY, Role.PROSPECT},
    P.PERSON_REVEAL: DESK | SIDE | OUTSIDE,
    P.PERSON_SEARCH: {Role.SERVICE_AGENT, Role.DISPATCHER, Role.COMPLAINT_OFFICER, Role.MANAGER, Role.AUDITOR},
    P.RETENTION_VIEW: {Role.AUDITOR, Role.ADMIN},
    P.ROLES_VIEW: {Role.AUDITOR, Role.ADMIN},
    P.STAFF_MANAGE: {Role.MANAGER, Role.ADMIN},
    P.TICKET_ACKNOWLEDGE: {Role.SERVICE_AGENT, Role.DISPATCHER, Role.MANAGER},
    P.TICKET_ASSIGN: {Role.DISPATCHER, Role.MANAGER},
    P.TICKET_CHECK: {Role.DISPATCHER, Role.MANAGER},
    P.TICKET_CONFIRM: HOUSEHOLD,
    P.TICKET_FILE: {Role.SERVICE_AGENT, Role.MANAGER},
    P.TICKET_LIST: REPAIRS,
    P.TICKET_MESSAGE: HOUSEHOLD | DESK,
    P.TICKET_READ_NOTES: REPAIRS - OUTSIDE - {Role.ADMIN},
    P.TICKET_READ_WORDS: HOUSEHOLD | REPAIRS - {Role.ADMIN},
    P.TICKET_REPORT: HOUSEHOLD,
    P.TICKET_REWORK: {Role.MANAGER},
    P.TICKET_VIEW: HOUSEHOLD | REPAIRS,
    P.TICKET_WITHDRAW: HOUSEHOLD,
    P.TICKET_WORK: set(WORKERS),
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
