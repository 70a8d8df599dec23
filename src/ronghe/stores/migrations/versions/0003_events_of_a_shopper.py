"""An index over the shoppers of events: a visit that returns after it was forgotten is looked up in the log."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Makes the index."""
    op.create_index("events_shopper", "events", ["shopper"])
