"""Ingest and the training DAG."""
