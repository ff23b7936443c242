"""The owner's notices."""

from portal.owner.notices.notices import notices

__all__ = ["notices"]
