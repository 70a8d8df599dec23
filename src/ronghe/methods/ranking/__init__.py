"""Candidates in order."""
