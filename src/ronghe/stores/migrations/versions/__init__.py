"""One file a step; tables.HEAD names the newest."""
