"""Which limit holds for a step of a repair or of another desk's work."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import or_, select

from portal.models.base import db
from portal.models.catalogue import Priority, ServiceLimit

ANY = "any"

# Where a priority's limits are looked for, in this order. Its own rows come before those for any priority. What then
# is still missing, a complex repair or one that waits for parts takes from a normal one: the first look is the same
# visit, only what follows differs. With the shipped catalogue that gives (first response, visit, complete):
#   emergency PD1 PD2 PD4 · urgent PD5 PD6 PD7 · normal PD8 PD9 PD10 · complex SD1 PD9 PD12 · parts SD1 PD9 PD13
LOOKED_FOR: dict[str, tuple[str, ...]] = {
    Priority.COMPLEX: (Priority.COMPLEX, ANY, Priority.NORMAL),
    Priority.PARTS: (Priority.PARTS, ANY, Priority.NORMAL),
}


class NoLimitError(LookupError):
    """The catalogue adopts no limit for this step of this priority."""


def limit_for(priority: str, metric: str, development_id: UUID | None = None) -> ServiceLimit:
    """The one adopted limit in force; raises NoLimitError.

    A row for the priority beats one for any priority, and only within that a development's own row beats the
    default: a development that slows down everything must not slow down its emergencies unawares.
    """
    limit = limits_for(priority, development_id).get(metric)
    if limit is None:
        raise NoLimitError(f"{priority} {metric}")
    return limit


def limits_for(priority: str, development_id: UUID | None = None) -> dict[str, ServiceLimit]:
    """All limits of a priority (or of another desk, such as ``complaint``) by metric, in one query."""
    order = LOOKED_FOR.get(priority, (priority, ANY))
    found = select(ServiceLimit).where(
        ServiceLimit.adopted.is_(True),
        ServiceLimit.valid_to.is_(None),
        ServiceLimit.priority.in_(order),
        or_(ServiceLimit.development_id.is_(None), ServiceLimit.development_id == development_id),
    )
    return choose(db.session.scalars(found), order)


def choose(rows: Iterable[ServiceLimit], order: tuple[str, ...]) -> dict[str, ServiceLimit]:
    """The row of each metric that comes first: by its priority's place in ``order``, then a development's own."""
    ranked = sorted(rows, key=lambda row: (order.index(row.priority), row.development_id is None))
    chosen: dict[str, ServiceLimit] = {}
    for row in ranked:
        chosen.setdefault(row.metric, row)
    return chosen
