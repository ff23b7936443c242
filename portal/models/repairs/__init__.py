"""Repairs: the ticket, its states and everything that can be done with it."""

from portal.models.repairs import handing_over, leaving  # noqa: F401 - what goes with a person is known from the start
from portal.models.repairs.assignable import Assignment
from portal.models.repairs.confirmable import Confirmation, Rating, Reason, Signature
from portal.models.repairs.states import FLOW, Outcome, State
from portal.models.repairs.ticket import Ticket

__all__ = ["FLOW", "Assignment", "Confirmation", "Outcome", "Rating", "Reason", "Signature", "State", "Ticket"]
