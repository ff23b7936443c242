"""A sealed field apart from its row: what can be kept after the row has gone, and opened when it is needed."""

from __future__ import annotations

from dataclasses import dataclass

from portal.vault import ring


@dataclass(frozen=True, slots=True)
class Closed:
    """One field's blob and what it is bound to, ``subject`` as kind(1) | id(16); never the text itself."""

    label: str
    row_id: bytes
    subject: bytes
    blob: bytes
    name: str

    def open(self) -> str | None:
        """The text, None where it is null. Raises SealError, Erased or KeyMissing."""
        return ring().open_packed(self.label, self.row_id, self.subject, self.blob).get(self.name)
