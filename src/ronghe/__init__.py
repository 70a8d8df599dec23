"""Ronghe: one event log, one state of the shopper, one funnel behind a shop's search and recommendations."""

import os

# ONNX Runtime reports to its maker from 1.29 on unless it is told before it is loaded: nothing of a shop is sent anywhere.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

__version__ = "0.1.0"
