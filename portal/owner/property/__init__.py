"""My home."""

from portal.owner.property.homes import homes

__all__ = ["homes"]
