"""Policy sits in the models: in a request, a query of a scoped model that nobody has limited to a reach raises.

Whoever writes such a query says in it how it is limited, with ``limited`` (the one condition of reach) or ``by_rule``
(another rule, named in words). What is forgotten fails loudly, before a row is read.
"""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import ORMExecuteState

Rows = TypeVar("Rows", bound=Select[Any])
Scoped = TypeVar("Scoped", bound=type)
_OPTION = "portal_scope"
_SCOPED: set[type] = set()


class UnscopedError(RuntimeError):
    """A query of a scoped model says nothing of whose rows it may find: a fault of the program."""


def scoped(model: Scoped) -> Scoped:
    """Mark a model: in a request its rows are only found within a reach."""
    _SCOPED.add(model)
    return model


def limited(query: Rows, reach: ColumnElement[bool]) -> Rows:
    """The query within a reach."""
    return query.where(reach).execution_options(**{_OPTION: "reach"})


def by_rule(query: Rows, rule: str) -> Rows:
    """The query as it is, because another rule than reach limits it; ``rule`` says which, for who reads the code."""
    return query.execution_options(**{_OPTION: rule})


def insist(query: ORMExecuteState) -> None:
    """Raise UnscopedError for a query of a scoped model that says nothing; what hangs on a row found is free."""
    loads_more = query.is_relationship_load or query.is_column_load
    if not query.is_select or loads_more or query.execution_options.get(_OPTION):
        return
    names = [mapper.class_.__name__ for mapper in query.all_mappers if mapper.class_ in _SCOPED]
    if names:
        raise UnscopedError(f"{names[0]} is asked for without a reach: use limited() or by_rule() of models/scoping.py")
