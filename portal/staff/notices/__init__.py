"""The staff's notices."""

from portal.staff.notices.notices import notices

__all__ = ["notices"]
