"""Developments, buildings, homes and the households that live in them."""

from portal.models.property.development import Building, CommonPart, Development, Entrance
from portal.models.property.home import Home, HouseType, Space
from portal.models.property.tenure import Party, Relation, Tenure

__all__ = [
    "Building",
    "CommonPart",
    "Development",
    "Entrance",
    "Home",
    "HouseType",
    "Party",
    "Relation",
    "Space",
    "Tenure",
]
