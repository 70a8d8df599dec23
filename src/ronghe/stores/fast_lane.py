"""The fast lane of the checks: whole columns at once. It takes only rows that the judges would surely take as they are;
all others it leaves to them, so a row's fate never depends on the lane it went through.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from ronghe.core.events import KIND
from ronghe.stores.values import SYNONYMS, WHOLE_LIMIT

# Trimmed text without control characters at its ends and NUL in it; ids: printable ASCII without spaces at the ends.
_TEXT = r"^[^\x00-\x20\x7f-\xa0\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]([^\x00]*[^\x00-\x20\x7f-\xa0\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff])?$"  # noqa: E501
_NAME = r"^[!-~]([ -~]*[!-~])?$"
_PLAIN_LINK = r"^(https?:|[^:]*$)"
_NUMBER = r"^-?\d{1,15}(\.\d{1,6})?$"
_ISO = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\dZ?$"
Found = tuple[pl.Expr, pl.Expr]  # (value, where it is plainly good)


@dataclass(frozen=True)
class Lane:
    """How the fast lane sees a field: what it is, and its bounds."""

    what: str
    limit: int = 0
    low: float = 0.0
    high: float = 0.0
    form: str = ""
    never: str = ""


def plainly_good(
    rows: pl.DataFrame, lanes: Mapping[str, tuple[Lane, bool, object]], schema: Mapping[str, pl.DataType]
) -> tuple[pl.DataFrame, pl.Series, pl.DataFrame]:
    """(good rows as `schema`, their places, the rest as they came with their places in "·row").

    lanes: field -> (lane, required, default).
    """
    indexed = rows.with_row_index("·row")
    if not set(rows.columns) <= lanes.keys():
        return pl.DataFrame(schema=schema), indexed["·row"].head(0), indexed
    found = {field: _seen(rows, field, lane) for field, (lane, _, _) in lanes.items()}
    good = pl.lit(True)
    out = []
    for field, (_, required, default) in lanes.items():
        value, plain = found[field]
        filled = value if default is None else value.fill_null(pl.lit(default))
        good = good & plain & filled.is_not_null() if required else good & plain
        out.append(filled.cast(schema[field]).alias(f"·{field}"))
    table = indexed.with_columns(*out)
    if "kind" in lanes:
        good = good & _whole_event()
    table = table.with_columns(good.fill_null(False).alias("·good"))
    plain_rows = table.filter("·good")
    rest = table.filter(~pl.col("·good")).select("·row", *rows.columns)
    return plain_rows.select(pl.col(f"·{name}").alias(name) for name in schema), plain_rows["·row"], rest


def _whole_event() -> pl.Expr:
    """The event as a whole is plainly good; ratings and searches go to the judge."""
    who = pl.col("·user").is_not_null() | pl.col("·session").is_not_null()
    amount = pl.col("·amount").is_null() | (pl.col("·amount") > 0)
    return who & pl.col("·item").is_not_null() & ~pl.col("·kind").is_in(["search", "rating"]) & amount


def _seen(rows: pl.DataFrame, field: str, lane: Lane) -> Found:
    if field not in rows.columns or rows.schema[field] == pl.Null:
        return pl.lit(None), pl.lit(True)
    column, dtype = pl.col(field), rows.schema[field]
    seen = {
        "name": _name,
        "text": _text,
        "link": _link,
        "path": _path,
        "number": _number,
        "whole": _whole,
        "moment": _moment,
        "kind": _kind,
    }
    if lane.what in seen:
        return seen[lane.what](column, dtype, lane)
    if lane.what == "flag" and dtype == pl.Boolean:
        return column, pl.lit(True)
    return pl.lit(None), column.is_null()


def _left(column: pl.Expr) -> Found:
    return pl.lit(None), column.is_null()


def _name(column: pl.Expr, dtype: pl.DataType, lane: Lane) -> Found:
    if dtype.is_integer():
        return column.cast(pl.String), column.is_null() | column.is_between(1 - WHOLE_LIMIT, WHOLE_LIMIT - 1)
    if dtype != pl.String:
        return _left(column)
    plain = column.str.contains(_NAME) & (column.str.len_bytes() <= lane.limit)
    if lane.never:
        plain = plain & ~column.str.starts_with(lane.never)
    return column, column.is_null() | plain


def _text(column: pl.Expr, dtype: pl.DataType, lane: Lane) -> Found:
    if dtype != pl.String:
        return _left(column)
    plain = column.str.contains(_TEXT) & (column.str.len_bytes() <= lane.limit)
    empty = column == ""
    return pl.when(~empty).then(column), column.is_null() | empty | plain


def _link(column: pl.Expr, dtype: pl.DataType, lane: Lane) -> Found:
    value, plain = _text(column, dtype, lane)
    if dtype != pl.String:
        return value, plain
    return value, plain & (column.str.contains(_NAME) & column.str.contains(_PLAIN_LINK)).fill_null(True) | (column == "")


def _path(column: pl.Expr, dtype: pl.DataType, lane: Lane) -> Found:
    value, plain = _text(column, dtype, lane)
    if dtype != pl.String:
        return value, plain
    without = column.str.replace_all(" > ", "", literal=True)
    regular = ~without.str.contains(">", literal=True) & ~column.str.contains(r"\s\s|[^\S ]| > > ")
    return value, plain & regular.fill_null(True)


def _number(column: pl.Expr, dtype: pl.DataType, lane: Lane) -> Found:
    if dtype == pl.String:
        value = pl.when(column.str.contains(_NUMBER)).then(column).cast(pl.Float64, strict=False)
        return value, column.is_null() | value.is_between(lane.low, lane.high)
    if not (dtype.is_integer() or dtype.is_float()):
        return _left(column)
    value = column.cast(pl.Float64)
    return value, column.is_null() | value.is_between(lane.low, lane.high)  # NaN is between nothing


def _whole(column: pl.Expr, dtype: pl.DataType, lane: Lane) -> Found:
    value, plain = _number(column, dtype, lane)
    return value, plain & (column.is_null() | (value == value.floor()).fill_null(True))


def _moment(column: pl.Expr, dtype: pl.DataType, lane: Lane) -> Found:
    if isinstance(dtype, pl.Datetime):
        value = column.dt.convert_time_zone("UTC") if dtype.time_zone else column
        value = value.cast(pl.Datetime("us")).cast(pl.Int64) / 1e6
    elif dtype == pl.String and not lane.form:
        trimmed = pl.when(column.str.contains(_ISO)).then(column.str.strip_suffix("Z").str.replace("T", " ", literal=True))
        value = trimmed.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="us").cast(pl.Int64) / 1e6
    elif dtype.is_integer() or dtype.is_float():
        number = column.cast(pl.Float64)
        value = pl.when(number.is_between(1e11, 1e13)).then(number / 1e3).otherwise(number)
    else:
        return _left(column)
    return value, column.is_null() | value.is_between(lane.low, lane.high)


def _kind(column: pl.Expr, dtype: pl.DataType, lane: Lane) -> Found:
    if dtype != pl.String:
        return _left(column)
    value = column.replace_strict({**SYNONYMS, **{name: name for name in KIND}}, default=None, return_dtype=pl.String)
    return value, column.is_null() | value.is_not_null()
