"""How long what is kept: one literal table. Where a number comes from stands beside it.

A class that ends by deleting rows is applied by retaining.py; one that ends by erasing asks for the subject's key.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal.models.errors import N_


class Ending(StrEnum):
    """What happens when the time is over."""

    DELETE = "delete"
    ERASE = "erase"
    DROP = "drop"
    PASS = "pass"  # noqa: S105 - a word, not a password
    NONE = "none"


ENDING_WORDS: dict[str, str] = {
    Ending.DELETE: N_("删除"),
    Ending.ERASE: N_("销毁密钥"),
    Ending.DROP: N_("整段移除"),
    Ending.PASS: N_("自己失效"),
    Ending.NONE: N_("不删除"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time in calendar years and days. Two years before a 29 February is the 28th."""

    years: int = 0
    days: int = 0

    def before(self, moment: datetime) -> datetime:
        """The moment so long ago: what is older is over."""
        year = moment.year - self.years
        day = min(moment.day, monthrange(year, moment.month)[1])
        return moment.replace(year=year, day=day) - timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class RetentionClass:
    """``words`` name the class, ``rule`` says how long and from when, ``source`` why so long.

    ``job`` is the recurring work that applies it, ``every`` so long; a class without one ends by itself or never.
    """

    words: str
    rule: str
    source: str
    ending: Ending
    lasts: Span = Span()
    every: timedelta = timedelta(days=1)
    job: str = ""


DAILY, HOURLY = timedelta(days=1), timedelta(hours=1)

CLASSES: dict[str, RetentionClass] = {
    "draft": RetentionClass(
        N_("没发出去的照片"),
        N_("上传 24 小时后"),
        N_("够把一张表填完"),
        Ending.DELETE,
        Span(days=1),
        HOURLY,
        "files.sweep_drafts",
    ),
    "session": RetentionClass(
        N_("登录记录"),
        N_("结束 90 天后；没有退出的，从最后一次使用算起"),
        N_("够查一次异常登录"),
        Ending.DELETE,
        Span(days=90),
        DAILY,
        "privacy.retain.session",
    ),
    "device": RetentionClass(
        N_("认得的设备"),
        N_("最后一次从它登录 1 年后"),
        N_("一年没有用过的浏览器，多半已经不在本人手里"),
        Ending.DELETE,
        Span(years=1),
        DAILY,
        "privacy.retain.device",
    ),
    "link": RetentionClass(
        N_("设置密码的链接"),
        N_("失效 30 天后"),
        N_("够查清链接有没有被人用过"),
        Ending.DELETE,
        Span(days=30),
        DAILY,
        "privacy.retain.link",
    ),
    "invite": RetentionClass(
        N_("家人的邀请"),
        N_("失效 30 天后"),
        N_("够查清邀请有没有被人用过"),
        Ending.DELETE,
        Span(days=30),
        DAILY,
        "privacy.retain.invite",
    ),
    "code": RetentionClass(
        N_("验证码"),
        N_("取用一天后"),
        N_("够数清一个号码一天取了几次"),
        Ending.DELETE,
        Span(days=1),
        HOURLY,
        "privacy.retain.code",
    ),
    "job": RetentionClass(
        N_("搁置的后台任务"),
        N_("搁置 90 天后"),
        N_("够找出没做成的原因"),
        Ending.DELETE,
        Span(days=90),
        DAILY,
        "jobs.sweep",
    ),
    "notice": RetentionClass(
        N_("站内通知"),
        N_("发出 2 年后"),
        N_("最常用的几项保修是 2 年"),
        Ending.DELETE,
        Span(years=2),
        DAILY,
        "privacy.retain.notice",
    ),
    "matter": RetentionClass(
        N_("住户的报修"),
        N_("报修的话、留言、签名和照片：住户搬走 3 年后，且这套房有日期的保修都已到期"),
        N_("民法典第一百八十八条的诉讼时效三年；保修期见保修条款"),
        Ending.ERASE,
        Span(years=3),
        DAILY,
        "privacy.retain.matter",
    ),
    "case": RetentionClass(
        N_("公共部位的报修"),
        N_("不属于哪一户的，办完 3 年后"),
        N_("民法典第一百八十八条的诉讼时效三年"),
        Ending.ERASE,
        Span(years=3),
        DAILY,
        "privacy.retain.case",
    ),
    "contact": RetentionClass(
        N_("个人资料"),
        N_("姓名、电话、证件和账号：不再有房屋、岗位和没办完的事，2 年后"),
        N_("最常用的几项保修是 2 年；之后没有目的了（个人信息保护法第十九条、第四十七条）"),
        Ending.ERASE,
        Span(years=2),
        DAILY,
        "privacy.retain.contact",
    ),
    "audit": RetentionClass(
        N_("操作记录和查看记录"),
        N_("发生 3 年后；最短不少于 180 天"),
        N_("个人信息保护法第五十六条的处理记录三年；网络安全法的网络日志六个月"),
        Ending.DROP,
        Span(years=3),
        DAILY,
        "privacy.retain.audit",
    ),
    "rights": RetentionClass(
        N_("删除申请和回执"),
        N_("办结 3 年后"),
        N_("个人信息保护法第五十六条的处理记录三年"),
        Ending.DELETE,
        Span(years=3),
        DAILY,
        "privacy.retain.rights",
    ),
    "record": RetentionClass(
        N_("保存期限任务的报告"),
        N_("任务结束 3 年后"),
        N_("个人信息保护法第五十六条的处理记录三年"),
        Ending.DELETE,
        Span(years=3),
        DAILY,
        "privacy.retain.record",
    ),
    "skeleton": RetentionClass(
        N_("编号、状态和时间"),
        N_("随房屋保存"),
        N_("房屋的维修经过；密钥销毁后，里面的编号对应不到任何人"),
        Ending.NONE,
    ),
    "passing": RetentionClass(
        N_("不进数据库的"),
        N_("用完即止：计数最长一天，登录凭证最长 90 天"),
        N_("到期自己失效，不用任务删除"),
        Ending.PASS,
    ),
}

# The classes that a job applies.
APPLIED: dict[str, RetentionClass] = {code: kept for code, kept in CLASSES.items() if kept.job}
