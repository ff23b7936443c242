"""Codes, households and passes

Revision: 0011
Follows: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.models.base import Id, Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it so."""
    _code()
    _consent()


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_column("notice_version")
    op.drop_table("consent")
    op.drop_table("code")


def _code() -> None:
    op.create_table(
        "code",
        sa.Column("number_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("asker_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("person_id", Id(), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("used_at", Instant(), nullable=True),
        sa.Column("id", Id(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_code_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code")),
    )
    with op.batch_alter_table("code", schema=None) as batch_op:
        batch_op.create_index("ix_code_asker", ["asker_hash", "purpose", "made_at"], unique=False)
        batch_op.create_index("ix_code_number", ["number_hash", "made_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_code_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_code_sent_at"), ["sent_at"], unique=False)


def _consent() -> None:
    op.create_table(
        "consent",
        sa.Column("person_id", Id(), nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consent_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_person_id"), ["person_id"], unique=False)
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("notice_version", sa.String(length=16), nullable=True))
