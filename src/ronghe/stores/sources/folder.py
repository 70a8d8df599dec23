"""Where the data sets that are read by path lie."""

import os
from pathlib import Path

import polars as pl

from ronghe.core.errors import BadData

KNUTH = 2_654_435_761  # a multiplicative hash (Knuth, TAOCP 3, 6.4): spreads shoppers evenly over 2**32


def folder_of(given: Path | None, name: str) -> Path:
    """The folder of a data set: given, or RONGHE_DATA/name, or ../shared/data/name. BadData when it is not there."""
    root = Path(os.environ.get("RONGHE_DATA", Path(__file__).parents[5] / "shared" / "data"))
    found = given if given is not None else root / name
    if not found.is_dir():
        raise BadData(f"{found} is not there; give the folder of the data set {name!r}, or set RONGHE_DATA to the folder of all")
    return found


def taken(shopper: pl.Expr, sample: float) -> pl.Expr:
    """True for the share `sample` of shoppers (whole numbers); always the same ones."""
    return ((shopper.cast(pl.UInt64) * KNUTH) % 2**32) < int(sample * 2**32)
