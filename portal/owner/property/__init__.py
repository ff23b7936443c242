"""My home, and my household."""

from portal.owner.property.homes import homes
from portal.owner.property.households import households

__all__ = ["homes", "households"]
