"""Telling people what happened: in the portal and by mail."""

from portal.models.notices.notice import Notice, fan_out
from portal.models.notices.rules import RULES, Rule, Whom

__all__ = ["RULES", "Notice", "Rule", "Whom", "fan_out"]
