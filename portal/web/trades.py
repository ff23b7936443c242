"""The trades of the people who come, in words; the codes are the catalogue's."""

from __future__ import annotations

from portal.models.errors import N_
from portal.web.i18n import said

TRADE_WORDS: dict[str, str] = {
    "app": N_("家电"),
    "cab": N_("橱柜"),
    "dev": N_("工程"),
    "dw": N_("门窗"),
    "ed": N_("入户门"),
    "elv": N_("智能化"),
    "env": N_("室内环境"),
    "fac": N_("外墙"),
    "fire": N_("消防"),
    "fit": N_("精装"),
    "flr": N_("地板"),
    "gas": N_("燃气"),
    "heat": N_("采暖"),
    "hvac": N_("空调新风"),
    "land": N_("园林"),
    "lift": N_("电梯维保"),
    "main": N_("土建"),
    "mep": N_("水电"),
    "pm": N_("物业"),
    "san": N_("洁具"),
    "td": N_("木作"),
    "wp": N_("防水"),
}


def trade_words(code: str | None) -> str:
    """A trade as people say it; empty for none, and for a code of a newer catalogue than this release knows."""
    return said(TRADE_WORDS[code]) if code in TRADE_WORDS else ""
