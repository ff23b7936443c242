"""Values that wait for the flush to seal them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn


class Draft:
    """The group's new values, standing in the blob's attribute until the session flushes.

    So the unit of work treats an edit like any other: history, rollback, expire and merge need nothing of ours. It is
    replaced as a whole, never changed. A database driver refuses it, and so does pickle.
    """

    __slots__ = ("values",)

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values

    def __repr__(self) -> str:
        return "<Draft>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("values that are not sealed yet do not leave the process; flush first")
