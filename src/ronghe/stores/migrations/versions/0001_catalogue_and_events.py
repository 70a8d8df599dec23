"""Catalogue, event log, shoppers and progress marks."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes the tables of a new shop."""
    for name in ("shoppers", "sessions"):
        op.create_table(
            name,
            sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("id", sa.Text, nullable=False, unique=True),
        )
    _create_items()
    _create_events()
    op.create_table("marks", sa.Column("source", sa.Text, primary_key=True), sa.Column("rows", sa.Integer, nullable=False))


def _create_items() -> None:
    text = ("id", "title", "description", "brand", "category", "attributes")
    op.create_table(
        "items",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in text),
        sa.Column("price", sa.Float),
        sa.Column("stock", sa.Integer),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("group", "image", "language")),
        sa.Column("created", sa.Float),
        sa.Column("deleted", sa.Boolean(create_constraint=False), nullable=False),
    )
    op.create_table(
        "item_ids",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("item", sa.Integer, sa.ForeignKey("items.number")),
    )


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("key", sa.Integer, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("time", sa.Float, nullable=False),
        sa.Column("shopper", sa.Integer),
        sa.Column("session", sa.Integer),
        sa.Column("item", sa.Integer),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("amount", sa.Float),
        sa.Column("price", sa.Float),
        sa.Column("place", sa.Integer),
        sa.Column("propensity", sa.Float),
        *(sa.Column(name, sa.Text) for name in ("query", "slate", "platform")),
    )
    op.create_index("events_key", "events", ["key"])
