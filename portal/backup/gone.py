"""Taking a row out of a copy as the portal took it out of its tables while the copy was made."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, Table, delete, select, update

from portal.models.base import Model


def take_out(copy: Connection, table: Table, row: UUID) -> None:
    """Delete the row and whatever cannot be without it; what may be forgets it."""
    for child in Model.metadata.sorted_tables:
        for column in child.columns:
            if any(key.column is table.c.id for key in column.foreign_keys):
                if column.nullable:
                    copy.execute(update(child).where(column == row).values({column.name: None}))
                    continue
                for other in copy.scalars(select(child.c.id).where(column == row)).all():
                    take_out(copy, child, other)
    copy.execute(delete(table).where(table.c.id == row))
