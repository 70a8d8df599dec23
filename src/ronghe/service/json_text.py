"""Strict JSON (RFC 8259) out of bytes: UTF-8 only, no key twice, no NaN or Infinity or 1e999, no NUL, no lone surrogates."""

import json
import math
from typing import Any, NoReturn

from ronghe.core.errors import BadRequest


def read_json(body: bytes) -> Any:
    """The value in `body`. BadRequest says what is wrong and where."""
    text = _decoded(body)
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise BadRequest(f"the body is not JSON: {error.msg} at line {error.lineno} column {error.colno}") from None
    except RecursionError:
        raise BadRequest("the JSON is nested too deeply") from None
    except ValueError as error:  # an integer of more digits than Python reads
        raise BadRequest(f"the body is not JSON: {str(error)[:100]}") from None
    if "\\u" in text:  # only an escape can smuggle in what the decoder would have refused
        _check_strings(value)
    return value


def check_text(text: str, field: str = "") -> str:
    """`text` when it can be stored and sent anywhere; BadRequest when it holds NUL or half a surrogate pair."""
    if "\x00" in text:
        raise BadRequest("text holds a NUL character", field)
    try:
        text.isascii() or text.encode()
    except UnicodeEncodeError:
        raise BadRequest("text holds half of a surrogate pair", field) from None
    return text


def _decoded(body: bytes) -> str:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(f"the body is not UTF-8: byte {error.start} is {body[error.start]:#04x}") from None
    if text.startswith("\ufeff"):
        raise BadRequest("the body starts with a byte order mark; JSON has none")
    return text


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadRequest(f"the key {twice[:50]!r} stands twice in one object", twice[:50])
    return found


def _refuse(name: str) -> NoReturn:
    raise BadRequest(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise BadRequest(f"the number {text[:30]} is too large")
    return number


def _check_strings(value: Any) -> None:
    stack = [value]
    while stack:
        match stack.pop():
            case str() as text:
                check_text(text)
            case dict() as inner:
                stack.extend(inner.keys())
                stack.extend(inner.values())
            case list() as inner:
                stack.extend(inner)
