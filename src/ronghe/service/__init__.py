"""HTTP and the pages (async lives only here)."""
