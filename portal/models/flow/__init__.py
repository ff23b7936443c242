"""The engine of the state tables: what a verb needs, what it does to the state, and who may."""

from portal.models.flow.table import Flow, Step

__all__ = ["Flow", "Step"]
