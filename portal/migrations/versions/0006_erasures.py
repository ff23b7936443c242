"""Requests for erasure, and what came of them

Revision: 0006
Follows: 0005
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SEALED = ("confirmation", "event", "message", "person", "sealed_file", "ticket")


def upgrade() -> None:
    """Make it so."""
    for table in SEALED:
        op.create_index(op.f(f"ix_{table}_subject_id"), table, ["subject_id"], unique=False)


def downgrade() -> None:
    """Take it back."""
    for table in reversed(SEALED):
        op.drop_index(op.f(f"ix_{table}_subject_id"), table_name=table)
