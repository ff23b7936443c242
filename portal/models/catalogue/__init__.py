"""Reference data: what can break, what is promised, which days are worked. Loaded from files, never hard-coded."""

from portal.models.catalogue.calendar_day import CalendarDay
from portal.models.catalogue.category import Category, Place
from portal.models.catalogue.defect import PRIORITY_WORDS, Defect, Priority, Severity
from portal.models.catalogue.loader import LoadReport, load_catalogue
from portal.models.catalogue.reading import CatalogueError
from portal.models.catalogue.service_limit import Metric, ServiceLimit
from portal.models.catalogue.warranty_term import TermUnit, WarrantyTerm

__all__ = [
    "PRIORITY_WORDS",
    "CalendarDay",
    "CatalogueError",
    "Category",
    "Defect",
    "LoadReport",
    "Metric",
    "Place",
    "Priority",
    "ServiceLimit",
    "Severity",
    "TermUnit",
    "WarrantyTerm",
    "load_catalogue",
]
