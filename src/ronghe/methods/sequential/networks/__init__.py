"""Torch modules, one architecture a file; only learning loads them."""
