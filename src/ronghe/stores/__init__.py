"""Adapters of the ports: where a shop is kept."""
