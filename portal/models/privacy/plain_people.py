"""The register of plain columns about people, their roles and homes: one literal table.

A column that looks personal and stands neither in a plain_ file nor in a sealed group fails
tests/models/privacy/test_register.py. ``plain`` gives the reason why it is not sealed.
"""

from __future__ import annotations

from portal.models.errors import N_
from portal.models.privacy.entry import (
    ALL_STAFF,
    HOUSEHOLD,
    LINK,
    READERS,
    SELF,
    SORTED,
    Basis,
    Entry,
    Shown,
    Whose,
)

PEOPLE: tuple[Entry, ...] = (
    Entry(
        ("person.locale",),
        N_("语言"),
        N_("用本人选的语言写通知"),
        Basis.CONTRACT,
        ("contact",),
        seen_by=(SELF,),
        plain=N_("只有中文或英文，说明不了是谁"),
    ),
    Entry(
        ("person.contact_change",),
        N_("联系方式变动的序号"),
        N_("让内存里的姓名索引跟上每一次变动"),
        Basis.CONTRACT,
        ("contact",),
        shown=Shown.NEVER,
        plain=N_("只是一个序号，不含姓名和电话"),
    ),
    Entry(
        ("consent.person_id", "consent.what", "consent.version", "consent.language", "consent.channel", "consent.at"),
        N_("看过哪一版告知"),
        N_("证明告知过本人：哪一版、什么语言、什么时候"),
        Basis.LEGAL_DUTY,
        ("skeleton",),
        seen_by=(SELF,),
        plain=LINK,
    ),
    Entry(
        (
            *("household_invite.tenure_id", "household_invite.made_by_id", "household_invite.rights"),
            *("household_invite.made_at", "household_invite.until", "household_invite.used_at"),
        ),
        N_("发给家人的邀请"),
        N_("让业主请家人加入，给多少权限，什么时候失效"),
        Basis.CONTRACT,
        ("invite",),
        seen_by=(SELF,),
        plain=LINK,
    ),
    Entry(
        ("household_invite.number_hash", "household_invite.code_hash"),
        N_("受邀号码和邀请码的摘要"),
        N_("核对邀请码，只能用一次"),
        Basis.CONTRACT,
        ("invite",),
        shown=Shown.NEVER,
        plain=N_("用密钥做的摘要，没有密钥猜不出原值"),
    ),
    Entry(
        (
            *("grant.account_id", "grant.role", "grant.since", "grant.until", "grant.trade_code", "grant.badge"),
            *("grant.team", "grant_building.grant_id", "grant_in_use.session_id", "grant_in_use.grant_id"),
        ),
        N_("员工的岗位"),
        N_("决定员工能看什么、能做什么；工号给业主核对上门的人"),
        Basis.EMPLOYMENT,
        ("skeleton",),
        Whose.STAFF,
        (*HOUSEHOLD, *ALL_STAFF),
        plain=SORTED,
    ),
    Entry(
        (
            *("party.person_id", "party.tenure_id", "party.relation", "party.rights", "party.since_on"),
            *("party.until_on", "tenure.began_on", "tenure.ended_on", "account.tenure_id"),
        ),
        N_("谁住哪套房"),
        N_("决定谁能看、谁能报这套房的维修"),
        Basis.CONTRACT,
        ("skeleton",),
        seen_by=(*HOUSEHOLD, *READERS),
        plain=LINK,
    ),
)
