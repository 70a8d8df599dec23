"""One value of a row as it was sent -> the value that is kept. Fault says what was found and what would be right."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import orjson

from ronghe.core.catalog import CATEGORY_JOINT
from ronghe.core.events import DAY, KIND
from ronghe.core.limits import ATTRIBUTE_NAME, ATTRIBUTE_NAMES, FIRST_MOMENT, LAST_MOMENT, has_control

AHEAD = DAY  # how far in the future an event may lie, for clocks that are wrong
WHOLE_LIMIT = 2**53  # beyond, floats and JSON no longer tell whole numbers apart
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_COMMA = re.compile(r"-?(\d{1,15}|\d{1,3}(\.\d{3}){1,4}),\d{1,2}", re.ASCII)  # 1,50 and 1.234,56; 1,500 may be either, so neither
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE | re.ASCII)
_PICTURES = re.compile(r"(https?:|data:image/)", re.IGNORECASE | re.ASCII)  # where a picture may come from, besides a relative path
_THERE = {"instock", "available", "yes", "true", "preorder", "backorder"}
_GONE = {"outofstock", "soldout", "unavailable", "no", "false"}
_SHOWN = 60  # characters of a bad value that are shown

# What shops call the kinds of events; spelling without case, spaces and strokes.
SYNONYMS: dict[str, str] = {
    **{re.sub("[^a-z]", "", name): name for name in KIND},
    "shown": "impression", "show": "impression", "exposure": "impression", "viewitemlist": "impression",
    "viewitem": "view", "pageview": "view", "pv": "view", "detail": "view", "detailview": "view", "productview": "view",
    "clicks": "click", "selectitem": "click",
    "addtocart": "cart", "addtobasket": "cart", "basket": "cart", "atc": "cart",
    "transaction": "purchase", "buy": "purchase", "bought": "purchase", "order": "purchase", "sale": "purchase",
    "checkout": "purchase", "conversion": "purchase", "purchased": "purchase",
    "rate": "rating", "review": "rating",
    "fav": "favourite", "favorite": "favourite", "like": "favourite", "wishlist": "favourite", "addtowishlist": "favourite",
    "removefromcart": "remove", "removecart": "remove", "uncart": "remove",
    "query": "search", "searchquery": "search",
    "dislike": "hide", "notinterested": "hide",
}  # fmt: skip


class Fault(ValueError):
    """A value that cannot be kept; the message says why."""


def shown(value: object) -> str:
    """A bad value as it may stand in a message: short."""
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({len(text)} characters)"


def text(value: object, limit: int) -> str | None:
    """Text without NUL, at most `limit` characters, trimmed; None when empty."""
    if not isinstance(value, str):
        raise Fault(f"is {shown(value)}; right would be text")
    if len(value) > limit:
        raise Fault(f"has {len(value)} characters; at most {limit} are kept")
    if not value.isascii():
        _demand_unicode(value)
    if "\x00" in value:
        raise Fault("holds a NUL character; text has none")
    return value.strip() or None


def name(value: object, limit: int) -> str | None:
    """An id: text without control characters, or a whole number."""
    if isinstance(value, str):
        found = text(value, limit)
        if found is not None and not found.isalnum() and has_control(found):
            raise Fault(f"is {shown(value)}; an id has no control characters")
        return found
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Fault(f"is {shown(value)}; an id is text or a whole number")
    if isinstance(value, float) and not value.is_integer():
        raise Fault(f"is {shown(value)}; an id is text or a whole number")
    if abs(value) >= WHOLE_LIMIT:
        raise Fault(f"is {shown(value)}; send an id of so many digits as text")
    return str(int(value))


def link(value: object, limit: int) -> str | None:
    """Where a picture lies: http, https, a path on the shop's own server, or data:image; nothing that a browser would run."""
    found = text(value, limit)
    if found is not None and (has_control(found) or (_SCHEME.match(found) and not _PICTURES.match(found))):
        raise Fault(f"is {shown(value)}; right would be http://, https://, data:image/ or a path")
    return found


def number(value: object, low: float, high: float) -> float | None:
    """A finite number in [low, high]; text of digits will do; None when empty."""
    found = _float(value)
    if found is None:
        return None
    if not math.isfinite(found):
        raise Fault(f"is {shown(value)}; right would be a finite number")
    if not low <= found <= high:
        raise Fault(f"is {shown(value)}; right would be {low:g} to {high:g}")
    return found


def whole(value: object, low: float, high: float) -> int | None:
    """A whole number in [low, high]; None when empty."""
    found = number(value, low, high)
    if found is None:
        return None
    if not found.is_integer():
        raise Fault(f"is {shown(value)}; right would be a whole number")
    return int(found)


def stock(value: object, high: float) -> int | None:
    """Pieces that are left, 0 to `high`; also in words, as feeds have it: "out of stock" is 0, "in stock" is None (not tracked)."""
    if isinstance(value, str):
        word = re.sub("[^a-z]", "", value.lower()) if len(value) < _SHOWN else ""
        if word in _THERE:
            return None
        if word in _GONE:
            return 0
    return whole(value, 0, high)


def moment(value: object, latest: float, form: str = "") -> float | None:
    """Epoch seconds of epoch s / ms / µs / ns, 20240131, ISO 8601 or a datetime (without a zone: UTC); None when empty.

    form: strptime format that text follows instead.
    """
    found = _moment(value, form)
    if found is not None and not FIRST_MOMENT <= found <= latest:
        when = "lies in the future" if found > latest else "lies before 1990"
        raise Fault(f"is {shown(value)}, which {when}; right would be epoch seconds, milliseconds or ISO 8601")
    return found


def flag(value: object) -> bool | None:
    """True or false, also as 0, 1, yes, no; None when empty."""
    if isinstance(value, str):
        word = value.strip().lower()
        if word in ("", "true", "false", "yes", "no", "0", "1", "y", "n", "t", "f"):
            return word[0] in "ty1" if word else None
    if isinstance(value, bool) or (isinstance(value, int | float) and value in (0, 1)):
        return bool(value)
    raise Fault(f"is {shown(value)}; right would be true or false")


def kind(value: object) -> str | None:
    """One of KINDS, or what shops call it."""
    if value == "":
        return None
    found = SYNONYMS.get(re.sub("[^a-z]", "", value.lower())) if isinstance(value, str) and len(value) < _SHOWN else None
    if found is None:
        raise Fault(f"is {shown(value)}; right would be one of {', '.join(KIND)}")
    return found


def path(value: object, limit: int) -> str | None:
    """A category path: a list of levels, or text with ">" between them."""
    levels = [value] if isinstance(value, str) else value
    if not isinstance(levels, list | tuple):
        raise Fault(f"is {shown(value)}; right would be text like 'Food > Bread', or a list of levels")
    parts = [part.strip() for level in levels for part in (text(level, limit) or "").split(">")]
    return text(CATEGORY_JOINT.join(part for part in parts if part), limit)


def attributes(value: object, limit: int) -> str | None:
    """A JSON object of str -> str | number | list of str, as text; empty values left out."""
    if isinstance(value, str):
        if not value.strip():
            return None
        if len(value) > limit:
            raise Fault(f"has {len(value)} characters; at most {limit} are kept")
        try:
            value = orjson.loads(value)
        except ValueError as error:
            raise Fault(f"is {shown(value)}; right would be a JSON object") from error
    if not isinstance(value, Mapping):
        raise Fault(f"is {shown(value)}; right would be an object of names and values")
    if len(value) > ATTRIBUTE_NAMES:
        raise Fault(f"has {len(value)} names; at most {ATTRIBUTE_NAMES} are kept")
    kept = {name(str(key), ATTRIBUTE_NAME): _attribute(key, one, limit) for key, one in value.items() if one not in (None, "", [])}
    said = orjson.dumps({key: one for key, one in kept.items() if key is not None and one is not None}).decode()
    if len(said) > limit:
        raise Fault(f"has {len(said)} characters; at most {limit} are kept")
    return said


def _attribute(key: object, value: object, limit: int) -> str | float | list[str] | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return number(value, -1e15, 1e15) if isinstance(value, float) else int(number(value, -1e15, 1e15) or 0)
    if isinstance(value, list | tuple):
        return [one for one in (text(str(v) if isinstance(v, int | float) else v, limit) for v in value) if one]
    if isinstance(value, str):
        return text(value, limit)
    raise Fault(f"has {shown(value)} under {key!r}; right would be text, a number or a list of texts")


def _float(value: object) -> float | None:
    if isinstance(value, float):
        return value
    if isinstance(value, bool):
        raise Fault(f"is {value}; right would be a number")
    if isinstance(value, int | Decimal):
        try:
            return float(value)
        except OverflowError as error:
            raise Fault(f"is {shown(value)}; right would be a finite number") from error
    if isinstance(value, str):
        trimmed = value.strip()
        if not trimmed:
            return None
        if len(trimmed) <= _SHOWN and _NUMBER.fullmatch(trimmed):
            return float(trimmed)
        if len(trimmed) <= _SHOWN and _COMMA.fullmatch(trimmed):
            return float(trimmed.replace(".", "").replace(",", "."))
    raise Fault(f"is {shown(value)}; right would be a number")


def _moment(value: object, form: str) -> float | None:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp()
    if isinstance(value, str) and not (not form and len(value) <= _SHOWN and _NUMBER.fullmatch(value.strip())):
        return _written(value.strip(), form)
    found = _float(value)
    if found is None or not math.isfinite(found):
        if found is None:
            return None
        raise Fault(f"is {shown(value)}; right would be a moment")
    return _epoch(found)


def _epoch(value: float) -> float:
    if 19_000_000 < value < 22_000_000 and value.is_integer():  # 20240131: no shop has events of August 1970
        return _written(str(int(value)), "%Y%m%d") or 0.0
    for bound, unit in ((1e17, 1e9), (1e14, 1e6), (LAST_MOMENT, 1e3)):
        if value >= bound:
            return value / unit
    return value


def _written(value: str, form: str) -> float | None:
    if not value:
        return None
    if len(value) <= _SHOWN:
        try:
            found = datetime.strptime(value, form) if form else datetime.fromisoformat(value.replace("/", "-"))
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            pass
    usual = "epoch seconds, milliseconds or ISO 8601 (other forms: set time_format in the mapping)"
    raise Fault(f"is {shown(value)}; right would be {f'a moment as {form}' if form else usual}")


def _demand_unicode(value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise Fault("is not valid Unicode; send UTF-8") from error
