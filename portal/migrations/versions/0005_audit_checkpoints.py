"""Signed checkpoints of the audit chain

Revision: 0005
Follows: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.models.base import Id, Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WAITING = sa.text("n IS NULL")


def upgrade() -> None:
    """Make it so."""
    op.create_index("ix_event_waiting", "event", ["at", "id"], sqlite_where=WAITING, postgresql_where=WAITING)
    op.create_table(
        "audit_checkpoint",
        sa.Column("id", Id(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("begins", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_checkpoint")),
    )
    op.create_index(op.f("ix_audit_checkpoint_n"), "audit_checkpoint", ["n"])
    op.create_table(
        "audit_delivery",
        sa.Column("id", Id(), nullable=False),
        sa.Column("checkpoint_id", Id(), nullable=False),
        sa.Column("place", sa.String(length=16), nullable=False),
        sa.Column("kept_at", Instant(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(
            ["checkpoint_id"], ["audit_checkpoint.id"], name=op.f("fk_audit_delivery_checkpoint_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_delivery")),
        sa.UniqueConstraint("checkpoint_id", "place", name=op.f("uq_audit_delivery_checkpoint_id_place")),
    )
    op.create_table(
        "audit_verification",
        sa.Column("id", Id(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("asked_by_id", Id(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=True),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("checkpoints", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_audit_verification_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_verification")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("audit_verification")
    op.drop_table("audit_delivery")
    op.drop_index(op.f("ix_audit_checkpoint_n"), "audit_checkpoint")
    op.drop_table("audit_checkpoint")
    op.drop_index("ix_event_waiting", "event")
