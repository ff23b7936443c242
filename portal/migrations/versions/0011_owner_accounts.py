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
    _household()


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_account_tenure_id"), type_="foreignkey")
        batch_op.drop_column("tenure_id")
        batch_op.drop_column("notice_version")
    with op.batch_alter_table("party", schema=None) as batch_op:
        for name in ("until_on", "since_on", "rights"):
            batch_op.drop_column(name)
    op.drop_table("household_invite")
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


def _household() -> None:
    op.create_table(
        "household_invite",
        sa.Column("tenure_id", Id(), nullable=False),
        sa.Column("made_by_id", Id(), nullable=False),
        sa.Column("rights", sa.Integer(), nullable=False),
        sa.Column("number_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.Column("subject_kind", sa.SmallInteger(), nullable=True),
        sa.Column("subject_id", Id(), nullable=True),
        sa.Column("id", Id(), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_household_invite_made_by_id")),
        sa.ForeignKeyConstraint(["tenure_id"], ["tenure.id"], name=op.f("fk_household_invite_tenure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_invite")),
    )
    with op.batch_alter_table("household_invite", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_household_invite_tenure_id"), ["tenure_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_household_invite_number_hash"), ["number_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_household_invite_subject_id"), ["subject_id"], unique=False)
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rights", sa.Integer(), server_default=sa.text("15"), nullable=False))
        batch_op.add_column(sa.Column("since_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("until_on", sa.Date(), nullable=True))
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tenure_id", Id(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_account_tenure_id"), "tenure", ["tenure_id"], ["id"], ondelete="SET NULL"
        )
