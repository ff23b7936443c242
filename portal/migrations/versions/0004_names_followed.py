"""Changes of names are numbered, so that every process's index of names can follow

Revision: 0004
Follows: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it so."""
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("contact_change", sa.BigInteger(), nullable=True))
        batch_op.create_index(batch_op.f("ix_person_contact_change"), ["contact_change"], unique=False)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_contact_change"))
        batch_op.drop_column("contact_change")
