"""The tables of a shop in a relational database (SQLAlchemy Core), and the revision of them that this code speaks."""

import sqlalchemy as sa

HEAD = "0003"  # the newest file in migrations/versions
metadata = sa.MetaData()

items = sa.Table(
    "items",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),  # row in the catalogue, from 0
    sa.Column("id", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("brand", sa.Text, nullable=False),
    sa.Column("category", sa.Text, nullable=False),
    sa.Column("attributes", sa.Text, nullable=False),
    sa.Column("price", sa.Float),
    sa.Column("stock", sa.Integer),
    sa.Column("group", sa.Text, nullable=False),
    sa.Column("image", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("created", sa.Float),
    sa.Column("deleted", sa.Boolean(create_constraint=False), nullable=False),
)

# Every item id that the catalogue or an event ever named; `item` is its number once the catalogue has it.
item_ids = sa.Table(
    "item_ids",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("item", sa.Integer, sa.ForeignKey("items.number")),
)

shoppers = sa.Table(
    "shoppers",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),  # from 0
    sa.Column("id", sa.Text, nullable=False, unique=True),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),  # from 0
    sa.Column("id", sa.Text, nullable=False, unique=True),
)

# shopper, session and item are numbers of the three tables above, given out in the same transaction; a FOREIGN KEY on
# each would cost a third of the time of an append.
# `key` is 64 bits of a hash of the id: an index over eight bytes instead of over the id; who finds a key compares ids.
events = sa.Table(
    "events",
    metadata,
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
    sa.Column("query", sa.Text),
    sa.Column("slate", sa.Text),
    sa.Column("platform", sa.Text),
    sa.Index("events_key", "key"),
    sa.Index("events_shopper", "shopper"),
)

marks = sa.Table(
    "marks",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("rows", sa.Integer, nullable=False),
)

rejects = sa.Table(
    "rejects",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("key", sa.LargeBinary, nullable=False, unique=True),  # a hash of all fields: a row is rejected once
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("row", sa.Integer, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
)

slates = sa.Table(
    "slates",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("time", sa.Float, nullable=False),
    sa.Column("shopper", sa.Text),
    sa.Column("surface", sa.Text, nullable=False),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),  # JSON, zstd
)
