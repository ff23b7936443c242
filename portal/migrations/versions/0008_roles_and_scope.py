"""Roles with a scope

Revision: 0008
Follows: 0007
"""

from __future__ import annotations

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it so."""


def downgrade() -> None:
    """Take it back."""
