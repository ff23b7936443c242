"""Tables without persons."""

from __future__ import annotations

# Tables in which nothing is about a person, each with the reason; a new table belongs here or has columns above.
NO_PERSONS: dict[str, str] = {
    "audit_checkpoint": "how long the chain of events was, signed",
    "audit_delivery": "a checkpoint's way to its places",
    "building": "part of the development",
    "catalogue_calendar_day": "reference data",
    "catalogue_category": "reference data",
    "catalogue_defect": "reference data",
    "catalogue_service_limit": "reference data",
    "catalogue_warranty_term": "reference data",
    "counter": "the last number of a day",
    "development": "its name and its public hotline",
    "entrance": "part of the development",
    "home": "the flat; who lives in it is in party",
    "house_type": "a floor plan",
    "retention_run": "counts of rows",
    "space": "a room of a floor plan",
    "ticket_clock": "the sum behind a due time; the ticket says whose",
}
