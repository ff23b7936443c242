"""Households, as the service desk enters them from the contract."""

from portal.staff.households.admissions import households

__all__ = ["households"]
