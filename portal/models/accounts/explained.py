"""The table of rights in words: what each one lets a person do, grouped by thing, and the rules no role stands above.

Page and docs are made from this and ``GRANTS``; a right without words fails a test.
"""

from __future__ import annotations

from dataclasses import dataclass

from portal.models.accounts.grant import REACHES
from portal.models.accounts.permissions import GRANTS, OWNER_SIDE, P, Role
from portal.models.actor import Reach
from portal.models.errors import N_

# The letters of the product's role matrix.
CODES: dict[Role, str] = {
    Role.OWNER: "OW",
    Role.CO_OWNER: "CO",
    Role.TENANT: "TN",
    Role.PROXY: "PX",
    Role.PROSPECT: "PR",
    Role.SALES_ADVISER: "SA",
    Role.SERVICE_AGENT: "CS",
    Role.DISPATCHER: "DI",
    Role.TECHNICIAN: "TE",
    Role.CONTRACTOR: "CT",
    Role.CONTRACTOR_WORKER: "CW",
    Role.INSPECTOR: "IN",
    Role.COMPLAINT_OFFICER: "CP",
    Role.RETURN_VISITOR: "RV",
    Role.CARE: "MK",
    Role.EDITOR: "KE",
    Role.MANAGER: "PM",
    Role.HEAD_OFFICE: "HQ",
    Role.AUDITOR: "DP",
    Role.ADMIN: "AD",
}


@dataclass(frozen=True, slots=True)
class Thing:
    """Rights over one kind of thing, with what each one means."""

    words: str
    rights: dict[P, str]


THINGS: tuple[Thing, ...] = (
    Thing(
        N_("自己的账号和通知"),
        {P.ACCOUNT_OWN: N_("看自己的账号、谁看过自己的信息，申请删除"), P.NOTICE_VIEW: N_("收通知")},
    ),
    Thing(
        N_("房屋和家人"),
        {
            P.HOME_VIEW: N_("看自己的房屋和保修期"),
            P.HOUSEHOLD_MANAGE: N_("邀请家人，给和收回他们的权限"),
            P.HOUSEHOLD_ADMIT: N_("按合同登记业主"),
            P.COSTS_APPROVE: N_("同意收费"),
        },
    ),
    Thing(
        N_("报修"),
        {
            P.TICKET_REPORT: N_("为自己的房屋报修"),
            P.TICKET_FILE: N_("替来电人登记报修"),
            P.TICKET_VIEW: N_("看范围内的报修"),
            P.TICKET_LIST: N_("看工单列表"),
            P.TICKET_READ_WORDS: N_("看业主写的话和照片"),
            P.TICKET_MESSAGE: N_("和对方留言"),
            P.TICKET_ACKNOWLEDGE: N_("受理"),
            P.TICKET_ASSIGN: N_("派工、改约、转交"),
            P.TICKET_WORK: N_("上门维修，报进展、报完工"),
            P.TICKET_CHECK: N_("质检"),
            P.TICKET_REWORK: N_("安排返修"),
            P.TICKET_CONFIRM: N_("签字、评价，或说没修好"),
            P.TICKET_WITHDRAW: N_("撤销报修"),
        },
    ),
    Thing(N_("内部备注"), {P.TICKET_READ_NOTES: N_("看同事写的备注"), P.NOTE_WRITE: N_("写备注")}),
    Thing(
        N_("个人信息"),
        {
            P.PERSON_SEARCH: N_("按姓名、电话、房号找人，结果打码，查找留记录"),
            P.PERSON_REVEAL: N_("选理由后看一次完整电话，本人看得到记录"),
        },
    ),
    Thing(
        N_("删除个人数据"),
        {
            P.ERASURE_VIEW: N_("看删除申请"),
            P.ERASURE_HANDLE: N_("核对身份、核查能不能删"),
            P.ERASURE_APPROVE: N_("批准或不批准"),
        },
    ),
    Thing(
        N_("员工和岗位"),
        {P.ROLES_VIEW: N_("看这张权限表"), P.STAFF_MANAGE: N_("邀请员工、给岗位，停用时交接手上的工作")},
    ),
    Thing(
        N_("系统"),
        {
            P.AUDIT_VIEW: N_("核验操作记录链"),
            P.RETENTION_VIEW: N_("看保存期限和个人信息登记"),
            P.KEYS_VIEW: N_("看密钥状态，看不到密钥"),
        },
    ),
)

# What no role can do, whatever the table says: each is a rule of the models with tests of its own.
HARD_RULES: tuple[str, ...] = (
    N_("干过这一单的人不能质检这一单，检查过的人也不能再被派来维修。"),
    N_("评价和签字只由业主这边写，员工不能代写；质检只由员工写，业主不能写。"),
    N_("系统管理员管系统，看不到任何人的姓名、电话和写下的话。"),
    N_("维修师傅、施工人员和验房师只在上门当天、只对自己的那一单能看电话。"),
    N_("找人只比对加密后的索引，每次查找都留下记录，被电话或证件号找到的人自己看得到。"),
    N_("员工离开前先把手上的工作交接给别人；账号、登录、链接在同一刻失效。"),
    N_("岗位过了期限马上失效，已经打开的页面也一样；没到开始时间不起作用。"),
    N_("查工单的语句没有写明范围就报错，不会查出任何一行。"),
    N_("共有人和租客的权利跟着房屋走，产权转出时一起结束。"),
)

REACH_WORDS: dict[Reach, str] = {
    Reach.OWN: N_("自己的"),
    Reach.TEAM: N_("本组的"),
    Reach.ALL: N_("范围内全部"),
}


def scope_words(role: Role) -> str:
    """How far the role reaches where its grant does not say otherwise."""
    return REACH_WORDS[Reach.OWN if role in OWNER_SIDE else REACHES.get(role, Reach.ALL)]


def holds(role: Role, right: P) -> bool:
    """Whether the role carries the right."""
    return right in GRANTS[role]
