"""One household at a time: a home has one running tenure

Revision: 0002
Follows: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

RUNNING = sa.text("ended_on IS NULL")


def upgrade() -> None:
    """Make it so."""
    op.create_index(
        "uq_tenure_running", "tenure", ["home_id"], unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index("uq_tenure_running", "tenure")
