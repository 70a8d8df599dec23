"""The rules file: a merchandiser's pins, boosts, buries and hides as TOML, checked key by key."""

import math
import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from reprlib import Repr
from typing import Any

from ronghe.core.errors import BadRecipe
from ronghe.core.limits import PINNED

KINDS = ("pin", "boost", "bury", "hide")
KEYS = {
    "pin": ("name", "item", "place", "when"),
    "boost": ("name", "item", "brand", "category", "weight", "when"),
    "bury": ("name", "item", "brand", "category", "when"),
    "hide": ("name", "item", "brand", "category", "when"),
}
SHORT = Repr()
SHORT.maxstring = SHORT.maxother = SHORT.maxlong = 60
WHEN = ("surface", "text", "words", "category", "from", "until")


@dataclass(frozen=True)
class When:
    """When a rule holds; what is empty holds always, what is given must all hold.

    surface: on one of these · text: what was typed is one of these · words: the words of one of these were typed, with
    others perhaps · category: the item being looked at lies under one of these · since <= time < until, epoch seconds.
    """

    surface: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    words: tuple[frozenset[str], ...] = ()
    category: tuple[str, ...] = ()
    since: float = float("-inf")
    until: float = float("inf")


@dataclass(frozen=True)
class Rule:
    """One rule. kind: one of KINDS · item, brand, category: what it is about · place: of a pin's first item, from 1 ·
    weight: of a boost.
    """

    name: str
    kind: str
    when: When
    item: tuple[str, ...] = ()
    brand: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    place: int = 1
    weight: float = 1.0


def plain(text: str) -> str:
    """Text in one width and case, blanks single."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def quoted(value: object) -> str:
    """A value as an error quotes it: as TOML has it where that is short, cut where it is long or deep."""
    return str(value).lower() if isinstance(value, bool) else SHORT.repr(value)


def parsed(text: str, path: str) -> tuple[Rule, ...]:
    """The rules that `text` says. BadRecipe names file, line and the nearest right key."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadRecipe(f"{path}: {error}") from error
    except RecursionError:
        raise BadRecipe(f"{path}: brackets stand too deep within each other; right would be as in [[pin]]") from None
    reader = _Reader(text, path)
    return reader.rules(raw)


class _Reader:
    """Reads rules; knows in which line a key stands."""

    def __init__(self, text: str, path: str) -> None:
        self.lines = text.splitlines()
        self.path = path

    def rules(self, raw: dict[str, Any]) -> tuple[Rule, ...]:
        for key in raw:
            if key not in KINDS:
                raise self.error(f"unknown rule [[{key[:60]}]]", self.line_of(re.escape(key)), key, KINDS)
        tables = [(kind, number, table) for kind in KINDS for number, table in enumerate(self.tables(kind, raw.get(kind, [])))]
        rules = [self.rule(kind, number, table) for kind, number, table in tables]
        names: set[str] = set()
        for rule, (kind, number, _) in zip(rules, tables, strict=True):
            if rule.name in names:
                raise self.error(
                    f"two rules are named {quoted(rule.name)}; right would be one name each", self.line(kind, number, "name")
                )
            names.add(rule.name)
        return tuple(rules)

    def tables(self, kind: str, given: Any) -> list[dict[str, Any]]:
        if not isinstance(given, list) or not all(isinstance(table, dict) for table in given):
            raise self.error(f"{kind} is {quoted(given)}; right would be tables [[{kind}]]", self.line_of(kind))
        return given

    def rule(self, kind: str, number: int, table: dict[str, Any]) -> Rule:
        for key in table:
            if key not in KEYS[kind]:
                raise self.error(f"unknown key {quoted(key)} in [[{kind}]]", self.line(kind, number, key), key, KEYS[kind])
        subject = {key: self.names(kind, number, key, table.get(key, [])) for key in ("item", "brand", "category")}
        if not any(subject.values()):
            keys = " or ".join(key for key in ("item", "brand", "category") if key in KEYS[kind])
            raise self.error(f"[[{kind}]] is about nothing; right would be to name {keys}", self.line(kind, number))
        name = self.typed(kind, number, "name", table.get("name", f"{kind} {number + 1}"), str, "a text")
        place = self.typed(kind, number, "place", table.get("place", 1), int, "a whole number")
        weight = self.typed(kind, number, "weight", table.get("weight", 2.0), (int, float), "a number")
        if not 1 <= place <= PINNED:
            raise self.error(f"place is {place}; right would be 1 to {PINNED}", self.line(kind, number, "place"))
        if not 0 < weight <= 1000:
            raise self.error(f"weight is {weight}; right would be above 0, at most 1000", self.line(kind, number, "weight"))
        return Rule(name, kind, self.when(kind, number, table.get("when", {})), **subject, place=place, weight=float(weight))

    def when(self, kind: str, number: int, table: Any) -> When:
        if not isinstance(table, dict):
            raise self.error(f"when is {quoted(table)}; right would be a table", self.line(kind, number, "when"))
        for key in table:
            if key not in WHEN:
                raise self.error(f"unknown key {quoted(key)} in when", self.line(kind, number, key), key, WHEN)
        names = {key: self.names(kind, number, key, table.get(key, [])) for key in WHEN[:4]}
        since, until = (self.moment(kind, number, key, table.get(key)) for key in ("from", "until"))
        if since is not None and until is not None and since >= until:
            raise self.error("until lies before from", self.line(kind, number, "until"))
        return When(
            names["surface"], tuple(map(plain, names["text"])), tuple(frozenset(plain(w).split()) for w in names["words"]),
            names["category"], float("-inf") if since is None else since, float("inf") if until is None else until,
        )  # fmt: skip

    def names(self, kind: str, number: int, key: str, given: Any) -> tuple[str, ...]:
        listed = [given] if isinstance(given, str) else given
        if not isinstance(listed, list) or not all(isinstance(name, str) and name.strip() for name in listed):
            raise self.error(f"{key} is {quoted(given)}; right would be a text or a list of texts", self.line(kind, number, key))
        return tuple(listed)

    def typed(self, kind: str, number: int, key: str, given: Any, types: Any, right: str) -> Any:
        if not isinstance(given, types) or isinstance(given, bool):
            raise self.error(f"{key} is {quoted(given)}; right would be {right}", self.line(kind, number, key))
        return given

    def moment(self, kind: str, number: int, key: str, given: Any) -> float | None:
        if given is None:
            return None
        if not isinstance(given, date):
            raise self.error(f"{key} is {quoted(given)}; right would be a date such as 2030-12-24", self.line(kind, number, key))
        if isinstance(given, datetime):
            return (given if given.tzinfo else given.replace(tzinfo=UTC)).timestamp()
        midnight = datetime.combine(given, time(), UTC)
        try:
            return (midnight + timedelta(days=key == "until")).timestamp()  # the day named by until is the last one
        except OverflowError:  # the last day there is: for ever
            return math.inf

    def line(self, kind: str, number: int, key: str = "") -> int:
        """The line of a key of the rule; of the rule itself when it cannot be found."""
        heads = [at for at, line in enumerate(self.lines) if re.match(rf"\s*\[\[\s*{kind}\s*\]\]", line)]
        if number >= len(heads):
            return self.line_of(kind)
        ends = [at for at, line in enumerate(self.lines) if at > heads[number] and re.match(r"\s*\[\[", line)]
        body = range(heads[number] + 1, ends[0] if ends else len(self.lines))
        word = re.compile(rf"(^|[\s{{,.\"']){re.escape(key)}[\"']?\s*[=.]")
        return next((at + 1 for at in body if key and word.search(self.lines[at])), heads[number] + 1)

    def line_of(self, pattern: str) -> int:
        return next((at + 1 for at, line in enumerate(self.lines) if re.search(pattern, line)), 1)

    def error(self, message: str, line: int, got: str = "", known: Sequence[str] = ()) -> BadRecipe:
        near = get_close_matches(got, known, n=1, cutoff=0.0) if got else []
        hint = f"; the nearest right key is {near[0]!r}" if near else ""
        return BadRecipe(f"{self.path}:{line}: {message}{hint}")
