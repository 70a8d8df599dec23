"""The shop's tables through time, run by alembic when a store is opened; a new step is one file in versions/."""
