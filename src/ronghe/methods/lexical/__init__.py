"""Words: full-text search, spelling, suggestions."""
