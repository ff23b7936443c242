"""Requests for erasure, and what came of them

Revision: 0006
Follows: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.models.base import Id, Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SEALED = ("confirmation", "event", "message", "person", "sealed_file", "ticket")


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "erasure",
        sa.Column("development_id", Id(), nullable=True),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("person_id", Id(), nullable=False),
        sa.Column("filed_by_id", Id(), nullable=True),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=True),
        sa.Column("refusal", sa.String(length=16), nullable=True),
        sa.Column("requested_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("confirmed_by_id", Id(), nullable=True),
        sa.Column("cleared_by_id", Id(), nullable=True),
        sa.Column("decided_by_id", Id(), nullable=True),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("unreadable_from", Instant(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("taken_at", Instant(), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("subject_kind", sa.SmallInteger(), nullable=True),
        sa.Column("subject_id", Id(), nullable=True),
        sa.Column("id", Id(), nullable=False),
        sa.ForeignKeyConstraint(["cleared_by_id"], ["person.id"], name=op.f("fk_erasure_cleared_by_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_erasure_confirmed_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_erasure_decided_by_id")),
        sa.ForeignKeyConstraint(["development_id"], ["development.id"], name=op.f("fk_erasure_development_id")),
        sa.ForeignKeyConstraint(["filed_by_id"], ["person.id"], name=op.f("fk_erasure_filed_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_erasure_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("number", name=op.f("uq_erasure_number")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_erasure_token_hash")),
    )
    with op.batch_alter_table("erasure", schema=None) as batch_op:
        batch_op.create_index("ix_erasure_list", ["development_id", "is_open", "requested_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_erasure_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_erasure_subject_id"), ["subject_id"], unique=False)
        batch_op.create_index(
            "uq_erasure_open",
            ["person_id"],
            unique=True,
            sqlite_where=sa.text("is_open"),
            postgresql_where=sa.text("is_open"),
        )

    op.create_table(
        "erasure_hold",
        sa.Column("erasure_id", Id(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("placed_at", Instant(), nullable=False),
        sa.Column("placed_by_id", Id(), nullable=False),
        sa.Column("lifted_at", Instant(), nullable=True),
        sa.Column("lifted_by_id", Id(), nullable=True),
        sa.Column("words_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("subject_kind", sa.SmallInteger(), nullable=True),
        sa.Column("subject_id", Id(), nullable=True),
        sa.Column("id", Id(), nullable=False),
        sa.ForeignKeyConstraint(["erasure_id"], ["erasure.id"], name=op.f("fk_erasure_hold_erasure_id")),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["person.id"], name=op.f("fk_erasure_hold_lifted_by_id")),
        sa.ForeignKeyConstraint(["placed_by_id"], ["person.id"], name=op.f("fk_erasure_hold_placed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_hold")),
    )
    with op.batch_alter_table("erasure_hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_erasure_hold_erasure_id"), ["erasure_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_erasure_hold_subject_id"), ["subject_id"], unique=False)
    for table in SEALED:
        op.create_index(op.f(f"ix_{table}_subject_id"), table, ["subject_id"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_table("erasure_hold")
    op.drop_table("erasure")
    for table in reversed(SEALED):
        op.drop_index(op.f(f"ix_{table}_subject_id"), table_name=table)
