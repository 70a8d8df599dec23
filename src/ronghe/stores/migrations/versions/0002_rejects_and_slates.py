"""Rows that could not be loaded, and answers that were given."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Makes the two tables."""
    op.create_table(
        "rejects",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("key", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("row", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("field", "reason", "content")),
    )
    op.create_table(
        "slates",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("time", sa.Float, nullable=False),
        sa.Column("shopper", sa.Text),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("surface", "model")),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
