"""The words that stand where something of an erased person, household or case stood."""

from __future__ import annotations

from flask_babel import gettext
from markupsafe import Markup

from portal.models.accounts.permissions import ROLE_WORDS
from portal.models.fields import SealedRow
from portal.vault import ring
from portal.web.i18n import said


def gone(row: SealedRow) -> bool:
    """Whether what the row holds was erased: true from the moment the key is gone, and ever after."""
    subject = row.sealed_subject
    return subject is not None and bool(ring().erased([subject]))


def words() -> str:
    """已删除, as part of a line."""
    return gettext("已删除")


def muted() -> Markup:
    """The same where it stands alone: not to be taken for what somebody wrote."""
    return Markup('<span class="muted">{}</span>').format(words())


def somebody(role: str) -> str:
    """A person without a name, by what they were: 业主（已删除）."""
    return gettext("%(role)s（已删除）", role=said(ROLE_WORDS[role]))
