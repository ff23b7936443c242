"""Roles with a scope: teams, buildings, and which of several grants a session works under

Revision: 0008
Follows: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.models.base import Id

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it so."""
    with op.batch_alter_table("grant", schema=None) as batch_op:
        batch_op.add_column(sa.Column("team", sa.String(length=16), nullable=True))
        batch_op.create_index("ix_grant_team", ["development_id", "team"], unique=False)
    op.create_table(
        "grant_building",
        sa.Column("grant_id", Id(), nullable=False),
        sa.Column("building_id", Id(), nullable=False),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_grant_building_grant_id_grant")),
        sa.ForeignKeyConstraint(["building_id"], ["building.id"], name=op.f("fk_grant_building_building_id_building")),
        sa.PrimaryKeyConstraint("grant_id", "building_id", name=op.f("pk_grant_building")),
    )
    op.create_table(
        "grant_in_use",
        sa.Column("session_id", Id(), nullable=False),
        sa.Column("grant_id", Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_grant_in_use_session_id_session"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_grant_in_use_grant_id_grant")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_grant_in_use")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("grant_in_use")
    op.drop_table("grant_building")
    with op.batch_alter_table("grant", schema=None) as batch_op:
        batch_op.drop_index("ix_grant_team")
        batch_op.drop_column("team")
