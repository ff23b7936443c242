"""Sessions, devices and their limits

Revision: 0009
Follows: 0008
"""

from __future__ import annotations

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it so."""


def downgrade() -> None:
    """Take it back."""
