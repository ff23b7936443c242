"""The file about a person: finding it, and who looked at what and why."""

from portal.models.customers.asking import By
from portal.models.customers.finding import Found, find
from portal.models.customers.look import LOOK_WORDS, LookReason
from portal.models.customers.standing import Standing

__all__ = ["LOOK_WORDS", "By", "Found", "LookReason", "Standing", "find"]
