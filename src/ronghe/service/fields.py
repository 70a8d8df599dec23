"""Kinds of fields: each reads a value from JSON or from a query string, within limits, and states its JSON schema."""

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qsl

from ronghe.core import limits
from ronghe.core.errors import BadRequest
from ronghe.service.json_text import check_text
from ronghe.stores.lines import JSON_NAMES


class Field(Protocol):
    """One field of a request."""

    def read(self, value: Any, name: str) -> Any:
        """The value when it is right; BadRequest naming the field when not."""

    def parse(self, said: Sequence[str], name: str) -> Any:
        """The value out of what a query string said, once or more often."""

    def schema(self) -> dict[str, Any]:
        """JSON schema."""


def wrong(name: str, value: Any, right: str) -> BadRequest:
    """The error of a wrong value: what was found, and what would be right."""
    said = {"None": "null", "True": "true", "False": "false"}  # as JSON has it
    found = repr(value if not isinstance(value, str) else value[:60])[:80]
    found = said.get(found, found)
    return BadRequest(f"{name} is {found}; right would be {right}", name)


def _once(said: Sequence[str], name: str) -> str:
    if len(said) != 1:
        raise BadRequest(f"{name} stands {len(said)} times in the address; right would be once", name)
    return said[0]


@dataclass(frozen=True)
class Text:
    """A string of `shortest` to `longest` characters, no NUL; an identifier has no control characters at all."""

    longest: int
    shortest: int = 0
    identifier: bool = False
    null: bool = False

    def read(self, value: Any, name: str) -> str | None:
        """The string."""
        if value is None and self.null:
            return None
        if not isinstance(value, str):
            raise wrong(name, value, "a string")
        if not self.shortest <= len(value) <= self.longest:
            raise BadRequest(f"{name} has {len(value)} characters; right would be {self.shortest} to {self.longest}", name)
        if self.identifier and limits.has_control(value):
            raise wrong(name, value, "no control characters")
        return check_text(value, name)

    def parse(self, said: Sequence[str], name: str) -> str | None:
        """The string."""
        return self.read(_once(said, name), name)

    def schema(self) -> dict[str, Any]:
        """JSON schema."""
        return {"type": ["string", "null"] if self.null else "string", "minLength": self.shortest, "maxLength": self.longest}


ID = Text(limits.ID, 1, identifier=True)  # of an item, shopper, session, event or slate
MAYBE_ID = Text(limits.ID, 1, identifier=True, null=True)


@dataclass(frozen=True)
class Number:
    """A finite number from `low` to `high`; not a boolean."""

    low: float
    high: float
    null: bool = False

    def read(self, value: Any, name: str) -> float | None:
        """The number, as a float."""
        if value is None and self.null:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise wrong(name, value, "a number")
        if not self.low <= value <= self.high:  # also refuses NaN
            raise wrong(name, value, f"{self.low:g} to {self.high:g}")
        return float(value)

    def parse(self, said: Sequence[str], name: str) -> float | None:
        """The number."""
        text = _once(said, name)
        try:
            number = float(text) if text.isascii() and "_" not in text and text == text.strip() else math.nan
        except ValueError:
            number = math.nan
        if math.isnan(number):
            raise wrong(name, text, "a number")
        return self.read(number, name)

    def schema(self) -> dict[str, Any]:
        """JSON schema."""
        return {"type": ["number", "null"] if self.null else "number", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True)
class Integer:
    """A whole number from `low` to `high`; not a boolean, not 1.0."""

    low: int
    high: int
    null: bool = False

    def read(self, value: Any, name: str) -> int | None:
        """The number."""
        if value is None and self.null:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            raise wrong(name, value, "a whole number")
        if not self.low <= value <= self.high:
            raise wrong(name, value if abs(value) < 10**18 else "a very large number", f"{self.low} to {self.high}")
        return value

    def parse(self, said: Sequence[str], name: str) -> int | None:
        """The number."""
        text = _once(said, name)
        if not (text.isascii() and text.removeprefix("-").isdigit() and len(text) < 20):
            raise wrong(name, text, "a whole number")
        return self.read(int(text), name)

    def schema(self) -> dict[str, Any]:
        """JSON schema."""
        return {"type": ["integer", "null"] if self.null else "integer", "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True)
class Flag:
    """true or false; 1 and 0 too in a query string."""

    def read(self, value: Any, name: str) -> bool:
        """The flag."""
        if not isinstance(value, bool):
            raise wrong(name, value, "true or false")
        return value

    def parse(self, said: Sequence[str], name: str) -> bool:
        """The flag."""
        text = _once(said, name)
        if text not in ("true", "false", "1", "0"):
            raise wrong(name, text, "true or false")
        return text in ("true", "1")

    def schema(self) -> dict[str, Any]:
        """JSON schema."""
        return {"type": "boolean"}


@dataclass(frozen=True)
class Choice:
    """One of `values`."""

    values: tuple[str, ...]

    def read(self, value: Any, name: str) -> str:
        """The value."""
        if not isinstance(value, str) or value not in self.values:
            raise wrong(name, value, f"one of {', '.join(self.values)}")
        return value

    def parse(self, said: Sequence[str], name: str) -> str:
        """The value."""
        return self.read(_once(said, name), name)

    def schema(self) -> dict[str, Any]:
        """JSON schema."""
        return {"type": "string", "enum": list(self.values)}


@dataclass(frozen=True)
class Texts:
    """At most `most` strings of at most `longest` characters; in a query string the field is repeated."""

    most: int
    longest: int

    def read(self, value: Any, name: str) -> tuple[str, ...]:
        """The strings."""
        if not isinstance(value, list):
            raise wrong(name, value, "a list of strings")
        if len(value) > self.most:
            raise BadRequest(f"{name} has {len(value)} entries; right would be at most {self.most}", name)
        one = Text(self.longest, 1)
        return tuple(str(one.read(text, f"{name}[{at}]")) for at, text in enumerate(value))

    def parse(self, said: Sequence[str], name: str) -> tuple[str, ...]:
        """The strings."""
        return self.read(list(said), name)

    def schema(self) -> dict[str, Any]:
        """JSON schema."""
        one = {"type": "string", "minLength": 1, "maxLength": self.longest}
        return {"type": "array", "maxItems": self.most, "items": one}


@dataclass(frozen=True)
class TextLists:
    """An object whose values are lists of strings; in a query string `filters` is said "facet:value", as often as needed."""

    most: int
    texts: Texts

    def read(self, value: Any, name: str) -> dict[str, tuple[str, ...]]:
        """The lists by name."""
        if not isinstance(value, dict):
            raise wrong(name, value, 'an object such as {"brand": ["A", "B"]}')
        if len(value) > self.most:
            raise BadRequest(f"{name} has {len(value)} entries; right would be at most {self.most}", name)
        label = Text(limits.ATTRIBUTE_NAME, 1, identifier=True)
        return {str(label.read(key, name)): self.texts.read(inner, f"{name}.{key[:50]}") for key, inner in value.items()}

    def parse(self, said: Sequence[str], name: str) -> dict[str, tuple[str, ...]]:
        """The lists by name."""
        found: dict[str, list[str]] = {}
        for text in said:
            facet, colon, value = text.partition(":")
            if not colon:
                raise wrong(name, text, "facet:value")
            found.setdefault(facet, []).append(value)
        return self.read(found, name)

    def schema(self) -> dict[str, Any]:
        """JSON schema."""
        return {"type": "object", "maxProperties": self.most, "additionalProperties": self.texts.schema()}


Fields = Mapping[str, Field]


def read_object(value: Any, fields: Fields) -> dict[str, Any]:
    """The fields of a JSON object, each checked; unknown ones are refused with the nearest right name."""
    if not isinstance(value, dict):
        raise BadRequest(f"found {JSON_NAMES.get(type(value), 'a number')}; right would be an object of {', '.join(fields)}")
    return {name: _field(name, fields).read(inner, name) for name, inner in value.items()}


def read_query(query: bytes, fields: Fields) -> dict[str, Any]:
    """The fields of a query string, each checked; bad UTF-8 and unknown names are refused."""
    said: dict[str, list[str]] = {}
    for name, value in _pairs(query):
        said.setdefault(name, []).append(value)
    return {name: _field(name, fields).parse(values, name) for name, values in said.items()}


def _pairs(query: bytes) -> list[tuple[str, str]]:
    if not query:
        return []
    try:
        return parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=200)
    except UnicodeDecodeError:
        raise BadRequest("the address holds bytes that are not UTF-8") from None
    except ValueError:
        raise BadRequest("the address has more than 200 fields") from None


def _field(name: str, fields: Fields) -> Field:
    field = fields.get(name)
    if field is None:
        near = difflib.get_close_matches(name[:50], fields, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"right would be one of {', '.join(fields)}"
        raise BadRequest(f"unknown field {check_text(name[:50])!r}; {hint}", name[:50])
    return field
