"""Benchmarks, one file each: `ronghe bench NAME` calls `run(options)` of benchmarks/NAME.py and prints the figures it returns."""
