"""The register of personal fields: what each is for, on which basis, how long, and who sees it."""

from __future__ import annotations

from portal.models.privacy.entry import Entry
from portal.models.privacy.outside import OUTSIDE
from portal.models.privacy.plain_accounts import ACCOUNTS
from portal.models.privacy.plain_matters import MATTERS
from portal.models.privacy.plain_people import PEOPLE
from portal.models.privacy.sealed_fields import SEALED

REGISTER: tuple[Entry, ...] = (*SEALED, *ACCOUNTS, *PEOPLE, *MATTERS)
ENTRIES: dict[str, Entry] = {name: entry for entry in (*REGISTER, *OUTSIDE) for name in entry.names}
