"""Second factors and staff accounts

Revision: 0010
Follows: 0009
"""

from __future__ import annotations

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it so."""


def downgrade() -> None:
    """Take it back."""
