"""The nouns, the roles of parts, the ports to the outside world, the error tree. Import from the module that owns a name."""
