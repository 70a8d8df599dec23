"""What a typed text means beyond its words: facets and prices said in words."""
