"""Which column of a file is which field: guessed from names and values, shown, and settable.

A mapping is field -> "column", ["columns", "put together"] or "=value for all"; time_format is a strptime format.
"""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import polars as pl

from ronghe.core import limits
from ronghe.core.catalog import SCHEMA
from ronghe.core.errors import BadRecipe
from ronghe.core.ports import EVENT_SCHEMA
from ronghe.stores import values
from ronghe.stores.chunks import RawRows

FIELDS: dict[str, tuple[str, ...]] = {"events": tuple(EVENT_SCHEMA), "items": tuple(SCHEMA)}
# What columns are called elsewhere, best first; lower case, letters and digits only.
NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "events": {
        "id": ("eventid", "id", "uuid", "eventuuid", "transactionlineid"),
        "time": ("time", "timestamp", "eventtime", "ts", "datetime", "createdat", "date", "invoicedate", "orderdate", "unixtime",
                 "servertime", "occurredat", "t"),
        "user": ("user", "userid", "visitorid", "customerid", "customer", "householdid", "memberid", "shopper",
                 "shopperid",
                 "reviewerid", "clientid", "uid", "accountid"),
        "session": ("session", "sessionid", "usersession", "visitid", "visit", "basketid", "orderid", "invoiceno", "invoice",
                    "cartid"),
        "item": ("item", "itemid", "productid", "product", "sku", "asin", "articleid", "stockcode", "goodsid", "movieid", "iid",
                 "contentid", "parentasin"),
        "kind": ("kind", "event", "eventtype", "type", "action", "behavior", "behaviour", "behaviortype", "eventname",
                 "interaction"),
        "query": ("query", "searchquery", "searchterm", "q", "keywords", "searchtext"),
        "amount": ("amount", "quantity", "qty", "count", "pieces", "rating", "stars", "score", "overall"),
        "price": ("price", "unitprice", "paidprice", "itemprice"),
        "slate": ("slate", "slateid", "impressionid", "requestid"),
        "place": ("place", "position", "rank", "slot"),
        "propensity": ("propensity", "propensityscore", "pscore", "probability"),
        "platform": ("platform", "device", "channel", "devicetype"),
    },
    "items": {
        "id": ("id", "itemid", "productid", "sku", "asin", "articleid", "stockcode", "goodsid", "movieid", "parentasin"),
        "title": ("title", "name", "productname", "itemname", "producttitle", "productdisplayname", "movietitle", "label",
                  "prodname"),
        "description": ("description", "desc", "details", "shortdescription", "longdescription", "detaildesc", "summary", "brief"),
        "brand": ("brand", "brandname", "manufacturer", "supplier", "vendor", "maker"),
        "category": ("category", "categorypath", "categories", "categoryname", "producttype", "department", "genres", "type"),
        "attributes": ("attributes", "attrs", "properties", "features", "specs"),
        "price": ("price", "unitprice", "retailprice", "saleprice", "listprice", "currentprice"),
        "stock": ("stock", "inventory", "stockquantity", "quantityavailable", "onhand", "stocklevel"),
        "group": ("group", "groupid", "variantgroup", "itemgroupid", "parentid", "productgroup"),
        "image": ("image", "imageurl", "img", "picture", "imagelink", "thumbnail", "picurl"),
        "language": ("language", "lang", "locale"),
        "created": ("created", "createdat", "dateadded", "datereleased", "releasedate", "published"),
        "deleted": ("deleted", "isdeleted", "discontinued", "removed"),
    },
}  # fmt: skip
# What no good row is without; one of each is enough.
NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "events": (("time",), ("user", "session"), ("item", "query")),
    "items": (("id",),),
}
# What may hold how many are left, or only whether any are: taken for the stock when all values of the first rows can be read so.
_MAYBE_STOCK = ("instock", "qtyinstock", "stockqty", "qty", "quantity", "availability", "available", "stockstatus")
_STARS = {"rating", "stars", "score", "overall"}
_JOINT = {"id": "-", "user": "-", "session": "-", "item": "-", "category": " > "}


def noun_of(columns: Sequence[str]) -> str:
    """Whether a file with these columns holds "events" or "items". BadRecipe when it looks like neither."""
    said = {_plain(column) for column in columns}

    def has(noun: str, field: str) -> bool:
        return not said.isdisjoint(NAMES[noun][field])

    if has("events", "time") and has("events", "item") and (has("events", "user") or has("events", "session")):
        return "events"
    if has("items", "id") and (has("items", "title") or has("items", "description") or has("items", "category")):
        return "items"
    if has("events", "item") and (has("events", "user") or has("events", "session")):
        return "events"
    raise BadRecipe(
        f"columns {list(columns)} look like neither events (time, user or session, item) nor items (id, title); "
        "say it in the mapping: {'events': {'time': 'your column', …}} or {'items': {'id': 'your column', …}}"
    )


def guess(columns: Sequence[str], noun: str, sample: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """The likeliest mapping: columns of known names first, then times, kinds and stock known by their values too."""
    free = {_plain(column): column for column in reversed(columns)}
    found: dict[str, Any] = {}
    for field, names in NAMES[noun].items():
        name = next((name for name in names if name in free), None)
        if name is not None:
            found[field] = free.pop(name)
    if noun == "events":
        _by_value(found, list(free.values()), sample)
    elif "stock" not in found:
        named = (free[name] for name in _MAYBE_STOCK if name in free)
        column = next((name for name in named if _stocked([row.get(name) for row in sample])), None)
        found |= {} if column is None else {"stock": column}
    return found


def _stocked(sample: Sequence[Any]) -> bool:
    said = [value for value in sample if value not in (None, "")]
    try:
        return len(said) > 0 and all(values.stock(value, limits.STOCK) is not None or isinstance(value, str) for value in said)
    except values.Fault:
        return False


def _by_value(found: dict[str, Any], free: list[str], sample: Sequence[Mapping[str, Any]]) -> None:
    for field, judge in (("time", lambda value: values.moment(value, 4e9)), ("kind", values.kind)):
        if field not in found:
            column = next((name for name in free if _all_pass(judge, [row.get(name) for row in sample])), None)
            if column is not None:
                found[field] = column
                free.remove(column)
    if "kind" not in found:
        found["kind"] = "=rating" if _plain(str(found.get("amount", ""))) in _STARS else "=purchase"
    if "time" in found and "time_format" not in found:
        form = _time_format([row.get(found["time"]) for row in sample])
        if form:
            found["time_format"] = form


def _all_pass(judge: Any, sample: Sequence[Any]) -> bool:
    try:
        return len(sample) > 0 and all(value not in (None, "") and judge(value) is not None for value in sample)
    except values.Fault:
        return False


def _time_format(sample: Sequence[Any]) -> str:
    """The strptime format of day-first or month-first dates; "" when they say it themselves (ISO, epoch)."""
    texts = [value.strip() for value in sample if isinstance(value, str) and value.strip()]
    found = [re.fullmatch(r"(\d{1,2})([/.-])(\d{1,2})\2\d{4}( \d{1,2}:\d\d(:\d\d)?)?", text) for text in texts]
    if not found or not all(found):
        return ""
    matches = [match for match in found if match]
    day_first = any(int(match[1]) > 12 for match in matches) or matches[0][2] == "."
    joint, clock, seconds = matches[0][2], matches[0][4], matches[0][5]
    day = f"%d{joint}%m{joint}%Y" if day_first else f"%m{joint}%d{joint}%Y"
    return day + ((" %H:%M:%S" if seconds else " %H:%M") if clock else "")


def settled(mapping: Mapping[str, Any], columns: Sequence[str], noun: str, guessed: Mapping[str, Any]) -> dict[str, Any]:
    """`guessed`, with what `mapping` sets; a field set to "" is left out. BadRecipe names the nearest right field or column."""
    for field, value in mapping.items():
        if field not in (*FIELDS[noun], "time_format"):
            raise BadRecipe(f"mapping sets {field!r}, which is no field of {noun}; {_nearest(field, FIELDS[noun])}")
        for column in [] if field == "time_format" else [value] if isinstance(value, str) else list(value):
            if column and not column.startswith("=") and column not in columns:
                raise BadRecipe(f"mapping reads {field!r} from column {column!r}, which is not there; {_nearest(column, columns)}")
    taken = {c for value in mapping.values() for c in ([value] if isinstance(value, str) else value)}
    kept = {field: value for field, value in guessed.items() if not (isinstance(value, str) and value in taken)}
    return {field: value for field, value in {**kept, **mapping}.items() if value not in ("", [], ())}


def under_its_name(mapping: Mapping[str, Any], sample: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The mapping; a single column of `attributes` that holds plain values, no JSON objects, stands under its own name."""
    column = mapping.get("attributes")
    if not isinstance(column, str) or column.startswith("="):
        return dict(mapping)
    said = [row[column] for row in sample if row.get(column) not in (None, "")]
    plain = bool(said) and not any(isinstance(value, Mapping) or str(value).lstrip().startswith("{") for value in said)
    return {**mapping, "attributes": [column] if plain else column}


def unread(mapping: Mapping[str, Any], columns: Sequence[str]) -> tuple[str, ...]:
    """The columns that no field is read from."""
    read = {c for value in mapping.values() for c in ([value] if isinstance(value, str) else value)}
    return tuple(column for column in columns if column not in read)


def check_needed(mapping: Mapping[str, Any], columns: Sequence[str], noun: str, name: str) -> None:
    """BadRecipe when a file would not give a single good row, for a field that all need is read from no column."""
    for fields in NEEDED[noun]:
        if mapping.keys().isdisjoint(fields):
            raise BadRecipe(
                f"no column of {name} is known as the {' or '.join(fields)} of {noun}; its columns are "
                f"{', '.join(columns[:20])}; say it in the mapping: --map {noun}.{fields[0]}=COLUMN"
            )


def _nearest(name: str, right: Sequence[str]) -> str:
    near = get_close_matches(name, right, 1, 0.5)
    return f"did you mean {near[0]!r}?" if near else f"right would be one of {', '.join(right)}"


def apply(mapping: Mapping[str, Any], rows: RawRows) -> RawRows:
    """The rows with fields for columns; columns that no field wants are left out."""
    fields = {field: value for field, value in mapping.items() if field != "time_format"}
    if isinstance(rows, pl.DataFrame):
        return rows.select(_expression(field, value).alias(field) for field, value in fields.items())
    return [{field: _picked(field, value, row) for field, value in fields.items()} for row in rows]


def _expression(field: str, value: Any) -> pl.Expr:
    if isinstance(value, str):
        return pl.lit(value[1:]) if value.startswith("=") else pl.col(value)
    if field == "attributes":
        return pl.struct(value).struct.json_encode()
    return pl.concat_str([pl.col(name).cast(pl.String) for name in value], separator=_JOINT.get(field, " "), ignore_nulls=True)


def _picked(field: str, value: Any, row: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        return value[1:] if value.startswith("=") else row.get(value)
    if field == "attributes":
        return {name: row[name] for name in value if row.get(name) is not None}
    return _JOINT.get(field, " ").join(str(row[name]) for name in value if row.get(name) is not None)


def told(mapping: Mapping[str, Any]) -> str:
    """The mapping as lines to read: field, and where it comes from."""

    def of(value: Any) -> str:
        return (
            f"always {value[1:]!r}"
            if isinstance(value, str) and value.startswith("=")
            else value
            if isinstance(value, str)
            else " + ".join(value)
        )

    return "\n".join(f"{field:<12} {of(value)}" for field, value in mapping.items())


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.split(":")[0].lower())  # "user_id:token" of atomic files too
