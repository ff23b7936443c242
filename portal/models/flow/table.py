"""A state table: verb → from, to, permission, event, clocks, words. Screens and verbs read the same rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.models.actor import Actor
from portal.models.errors import Denied, WrongState

Guard = Callable[[Any, Actor], bool]


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a table.

    ``words`` is the button; ``ends`` and ``starts`` name the clocks that stop and begin with the step. ``guard`` says
    whether this actor may do it to this very row: the right person, not just the right role.
    """

    verb: str
    sources: tuple[str, ...]
    to: str
    permission: str
    event: str
    words: str
    ends: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    guard: Guard | None = field(default=None)
    outcome: str | None = None

    def open_to(self, row: Any, actor: Actor) -> bool:
        """Whether the actor may take this step on the row as it stands."""
        return row.state in self.sources and self._theirs(row, actor)

    def check(self, row: Any, actor: Actor) -> None:
        """Raise Denied when the step is not the actor's, WrongState when the row is elsewhere."""
        if not self._theirs(row, actor):
            raise Denied
        if row.state not in self.sources:
            raise WrongState

    def _theirs(self, row: Any, actor: Actor) -> bool:
        return actor.may(self.permission) and (self.guard is None or self.guard(row, actor))


class Flow:
    """The whole table of one kind of row."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self.steps: Mapping[str, Step] = {step.verb: step for step in steps}

    def __getitem__(self, verb: str) -> Step:
        return self.steps[verb]

    def rights(self, row: Any) -> frozenset[str]:
        """The permissions that the steps from where the row stands ask for."""
        return frozenset(step.permission for step in self.steps.values() if row.state in step.sources)

    def verbs_for(self, row: Any, actor: Actor) -> list[str]:
        """The verbs the actor may use on the row now, in the table's order."""
        return [step.verb for step in self.steps.values() if step.open_to(row, actor)]
