"""Recipe, artifacts, and the engine that asks and records."""
