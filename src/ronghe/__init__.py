"""Ronghe: one event log, one state of the shopper, one funnel behind a shop's search and recommendations."""

__version__ = "0.1.0"
