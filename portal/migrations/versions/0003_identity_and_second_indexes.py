"""A person's identity, and a second column for every blind index: rotating its key fills one while the other serves

Revision: 0003
Follows: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it so."""
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("phone_index_other", sa.LargeBinary(length=16), nullable=True))
        batch_op.add_column(sa.Column("email_index_other", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("identity_sealed", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("id_number_index", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("id_number_index_other", sa.BigInteger(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_person_phone_index_other"), ["phone_index_other"])
        for name in ("email_index_other", "id_number_index", "id_number_index_other"):
            batch_op.create_index(batch_op.f(f"ix_person_{name}"), [name], unique=False)


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("person", schema=None) as batch_op:
        for name in ("id_number_index_other", "id_number_index", "email_index_other"):
            batch_op.drop_index(batch_op.f(f"ix_person_{name}"))
        batch_op.drop_constraint(batch_op.f("uq_person_phone_index_other"), type_="unique")
        for name in (
            "id_number_index_other",
            "id_number_index",
            "identity_sealed",
            "email_index_other",
            "phone_index_other",
        ):
            batch_op.drop_column(name)
