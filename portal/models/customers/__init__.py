"""The file about a person: for now, who looked at what and why."""

from portal.models.customers.look import LOOK_WORDS, LookReason

__all__ = ["LOOK_WORDS", "LookReason"]
