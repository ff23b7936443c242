"""The register of plain columns about people, their accounts, roles and homes: one literal table.

A column that looks personal and stands neither in a plain_ file nor in a sealed group fails
tests/models/privacy/test_register.py. ``plain`` gives the reason why it is not sealed.
"""

from __future__ import annotations

from portal.models.errors import N_
from portal.models.privacy.entry import (
    ALL_STAFF,
    DIGEST,
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
        ("account.person_id", "account.password_at", "account.disabled_at"),
        N_("账号"),
        N_("让本人能登录"),
        Basis.CONTRACT,
        ("contact",),
        shown=Shown.NEVER,
        plain=LINK,
    ),
    Entry(
        ("account.password_hash",),
        N_("密码摘要"),
        N_("核对密码"),
        Basis.CONTRACT,
        ("contact",),
        shown=Shown.NEVER,
        plain=N_("用 Argon2id 做的摘要，密码本身从不保存"),
    ),
    Entry(
        ("session.account_id", "session.staff", "session.began_at", "session.seen_at", "session.ended_at"),
        N_("登录记录"),
        N_("让登录有效，长时间不用就结束；不记 IP 和设备"),
        Basis.CONTRACT,
        ("session",),
        shown=Shown.NEVER,
        plain=LINK,
    ),
    Entry(
        ("session.token_hash",),
        N_("登录凭证的摘要"),
        N_("认出已登录的浏览器"),
        Basis.CONTRACT,
        ("session",),
        shown=Shown.NEVER,
        plain=DIGEST,
    ),
    Entry(
        ("link.account_id", "link.purpose", "link.until", "link.used_at"),
        N_("设置密码的链接"),
        N_("让本人设置或重设密码，30 分钟内有效"),
        Basis.CONTRACT,
        ("link",),
        shown=Shown.NEVER,
        plain=LINK,
    ),
    Entry(
        ("link.token_hash",),
        N_("链接的摘要"),
        N_("认出发出去的链接，只能用一次"),
        Basis.CONTRACT,
        ("link",),
        shown=Shown.NEVER,
        plain=DIGEST,
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
        ("party.person_id", "party.tenure_id", "party.relation", "tenure.began_on", "tenure.ended_on"),
        N_("谁住哪套房"),
        N_("决定谁能看、谁能报这套房的维修"),
        Basis.CONTRACT,
        ("skeleton",),
        seen_by=(*HOUSEHOLD, *READERS),
        plain=LINK,
    ),
)
