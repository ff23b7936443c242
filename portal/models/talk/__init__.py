"""What people say about a row: messages both sides read, and notes only the staff read."""

from portal.models.talk.message import Audience, Message

__all__ = ["Audience", "Message"]
