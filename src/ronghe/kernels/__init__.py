"""Pure array functions: no nouns, no input or output."""
