"""What alembic runs to migrate: over the connection it was handed, inside that connection's transaction."""

from alembic import context

from ronghe.stores.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=False)
context.run_migrations()
