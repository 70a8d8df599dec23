"""Text to vectors, and vector indexes."""
