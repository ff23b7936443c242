"""Codes, households and passes

Revision: 0011
Follows: 0010
"""

from __future__ import annotations

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it so."""


def downgrade() -> None:
    """Take it back."""
