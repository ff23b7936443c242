"""Customers: finding them."""

from portal.staff.customers.searches import customers

__all__ = ["customers"]
