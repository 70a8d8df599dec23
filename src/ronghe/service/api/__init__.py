"""The HTTP API: one file a subject. Every endpoint says with @needs what its caller must be allowed to do."""
