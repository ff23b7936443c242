"""Second factors and staff accounts

Revision: 0010
Follows: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.models.base import Id, Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INDEXES = (
    *(("totp", "account_id"), ("totp", "subject_id"), ("passkey", "account_id"), ("passkey", "subject_id")),
    *(("recovery_code", "account_id"), ("challenge", "account_id"), ("challenge", "until")),
)


def upgrade() -> None:
    """Make it so."""
    op.create_table(
        "totp",
        sa.Column("account_id", Id(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.Column("used_step", sa.BigInteger(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("wrong_since", Instant(), nullable=True),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=True),
        *_sealed("totp"),
    )
    op.create_table(
        "passkey",
        sa.Column("account_id", Id(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.Column("label_sealed", sa.LargeBinary(), nullable=True),
        *_sealed("passkey"),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("account_id", Id(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        *_keys("recovery_code"),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_code_code_hash")),
    )
    op.create_table(
        "challenge",
        sa.Column("value", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account_id", Id(), nullable=True),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        *_keys("challenge"),
        sa.UniqueConstraint("value", name=op.f("uq_challenge_value")),
    )
    for table, column in INDEXES:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("wrong", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_column("wrong")
    for table in ("challenge", "recovery_code", "passkey", "totp"):
        op.drop_table(table)


def _keys(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", Id(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f(f"fk_{table}_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _sealed(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    subject = (
        sa.Column("subject_kind", sa.SmallInteger(), nullable=True),
        sa.Column("subject_id", Id(), nullable=True),
    )
    return (*subject, *_keys(table))
