"""The one pipeline: fuse, hydrate, trace, explain."""
