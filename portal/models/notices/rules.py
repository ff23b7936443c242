"""One table: event → whom it is told to, and in which words. Texts carry the number and the stage, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portal.models.accounts.session import NEW_DEVICE
from portal.models.errors import N_
from portal.models.events import NOT_WHOLE
from portal.models.repairs import states


class Whom(StrEnum):
    """Who is told, apart from the person who did it."""

    HOUSEHOLD = "household"
    TECHNICIAN = "technician"
    DESK = "desk"
    CHECKERS = "checkers"
    MANAGERS = "managers"
    PERSON = "person"
    APPROVERS = "approvers"
    AUDITORS = "auditors"


@dataclass(frozen=True, slots=True)
class Rule:
    """``text`` is a source text with %(number)s; ``mail`` says whether it also goes out by mail."""

    whom: Whom
    text: str
    mail: bool = False


RULES: dict[str, tuple[Rule, ...]] = {
    states.REPORTED: (
        Rule(Whom.HOUSEHOLD, N_("报修 %(number)s 已提交"), mail=True),
        Rule(Whom.DESK, N_("新报修 %(number)s，等受理")),
    ),
    states.ACKNOWLEDGED: (Rule(Whom.HOUSEHOLD, N_("报修 %(number)s 已受理"), mail=True),),
    states.BOOKED: (
        Rule(Whom.HOUSEHOLD, N_("报修 %(number)s 已约上门"), mail=True),
        Rule(Whom.TECHNICIAN, N_("派给您一单 %(number)s"), mail=True),
    ),
    states.HANDED_OVER: (
        Rule(Whom.HOUSEHOLD, N_("报修 %(number)s 换了师傅")),
        Rule(Whom.TECHNICIAN, N_("派给您一单 %(number)s"), mail=True),
    ),
    states.STARTED: (Rule(Whom.HOUSEHOLD, N_("报修 %(number)s 开始维修")),),
    states.PROGRESSED: (Rule(Whom.HOUSEHOLD, N_("报修 %(number)s 有新进展")),),
    states.FINISHED: (
        Rule(Whom.HOUSEHOLD, N_("报修 %(number)s 已修好，质检中")),
        Rule(Whom.CHECKERS, N_("%(number)s 完工，等质检")),
    ),
    states.CHECKED: (Rule(Whom.HOUSEHOLD, N_("报修 %(number)s 已修好，请您验收"), mail=True),),
    states.SENT_BACK: (Rule(Whom.TECHNICIAN, N_("%(number)s 质检退回，要重做"), mail=True),),
    states.ACCEPTED: (
        Rule(Whom.HOUSEHOLD, N_("报修 %(number)s 已确认修好")),
        Rule(Whom.TECHNICIAN, N_("%(number)s 业主已确认")),
        Rule(Whom.DESK, N_("%(number)s 业主已确认")),
    ),
    states.REJECTED: (
        Rule(Whom.HOUSEHOLD, N_("报修 %(number)s 会再次安排"), mail=True),
        Rule(Whom.MANAGERS, N_("%(number)s 业主说没修好，等安排返修"), mail=True),
    ),
    states.WITHDRAWN: (
        Rule(Whom.HOUSEHOLD, N_("报修 %(number)s 已撤销"), mail=True),
        Rule(Whom.DESK, N_("%(number)s 业主已撤销")),
        Rule(Whom.TECHNICIAN, N_("%(number)s 业主已撤销"), mail=True),
    ),
    states.MESSAGE: (
        Rule(Whom.HOUSEHOLD, N_("报修 %(number)s 有新消息")),
        Rule(Whom.TECHNICIAN, N_("%(number)s 有新消息")),
        Rule(Whom.DESK, N_("%(number)s 有新消息")),
    ),
    # Requests for erasure: a noun beside this one, so by the names of its events.
    "erasure.requested": (
        Rule(Whom.PERSON, N_("删除申请 %(number)s 已收到"), mail=True),
        Rule(Whom.DESK, N_("删除申请 %(number)s，等核对身份和核查")),
    ),
    "erasure.cleared": (
        Rule(Whom.PERSON, N_("删除申请 %(number)s 已核查，等审批")),
        Rule(Whom.APPROVERS, N_("删除申请 %(number)s 等您审批"), mail=True),
    ),
    "erasure.refused": (
        Rule(Whom.PERSON, N_("删除申请 %(number)s 没有通过，理由写在申请里"), mail=True),
        Rule(Whom.DESK, N_("删除申请 %(number)s 没有通过")),
    ),
    "erasure.withdrawn": (Rule(Whom.DESK, N_("删除申请 %(number)s 已撤回")),),
    NEW_DEVICE: (Rule(Whom.PERSON, N_("您的账号在一台新设备上登录。不是您本人，请到“登录的设备”退出它"), mail=True),),
    NOT_WHOLE: (Rule(Whom.AUDITORS, N_("操作记录链核验没有通过，请查看"), mail=True),),
}
