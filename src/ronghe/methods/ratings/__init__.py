"""Explicit ratings: what a shopper would give a thing, in stars."""
