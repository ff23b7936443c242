"""Short numbers that people read to each other: unique in the installation, with gaps, never a proof of access."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.models.base import Model, count_up


class Counter(Model):
    """The last number given for a prefix and a day."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[int] = mapped_column(default=0)


def next_number(prefix: str) -> str:
    """The next number of today in Shanghai, such as ``BX20261121-003``.

    Take it last in the transaction: on PostgreSQL the counter's row stays locked until the commit.
    """
    name = f"{prefix}{clock.today():%Y%m%d}"
    return f"{name}-{count_up(Counter.value, name):03d}"
