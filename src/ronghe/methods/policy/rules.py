"""A merchandiser's rules, parsed from text and bound to a catalogue: who is pinned, boosted, buried, hidden for a query."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.catalog import CATEGORY_JOINT, Catalog
from ronghe.core.queries import Queries
from ronghe.core.vocabulary import Vocabulary
from ronghe.methods.policy.rules_text import Rule, parsed, plain

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Rules:
    """Rules in the order they apply: pins, boosts, buries, hides, each as they stand in the text."""

    rules: tuple[Rule, ...] = ()
    text: str = ""

    @staticmethod
    def parse(text: str, path: str = "rules.toml") -> "Rules":
        """The rules that TOML `text` says. BadRecipe with file, line and the nearest right key otherwise."""
        return Rules(parsed(text, path), text)

    def in_force(self, now: float) -> tuple[bool, ...]:
        """Whether each rule's time has come and is not over."""
        return tuple(rule.when.since <= now < rule.when.until for rule in self.rules)

    def bound(self, catalog: Catalog) -> "BoundRules":
        """These rules over a catalogue: ids become numbers. What the catalogue lacks is quiet, see BoundRules.unknown."""
        return BoundRules(tuple(_bound(rule, catalog) for rule in self.rules), catalog)


@dataclass(frozen=True, eq=False)
class BoundRule:
    """rule · item: numbers of a pin's items in their order · about: what another rule is about (items,) · looked_at: the items
    that its `when.category` holds for, None = any.
    """

    rule: Rule
    item: NDArray[np.int64]
    about: Mask
    looked_at: Mask | None

    def active(self, queries: Queries) -> Mask:
        """True for the queries that the rule holds for (queries,)."""
        when = self.rule.when
        holds = (queries.time >= when.since) & (queries.time < when.until)
        if when.surface:
            holds &= np.array([surface in when.surface for surface in queries.surface], dtype=bool)
        if when.text or when.words:
            holds &= np.array([_said(plain(text), self.rule) for text in queries.text], dtype=bool)
        if self.looked_at is not None:
            holds &= self.of(self.looked_at, queries.anchor)
        return np.asarray(holds)

    @staticmethod
    def of(mask: Mask, item: NDArray[np.int64]) -> Mask:
        """`mask` (items,) of each item number (rows,); False for unknown ones."""
        return np.append(mask, False)[np.where((item >= 0) & (item < len(mask)), item, len(mask))]


@dataclass(frozen=True, eq=False)
class BoundRules:
    """Rules over a catalogue. A Filter (what is hidden), and what turns a policy into one that follows the rules."""

    rules: tuple[BoundRule, ...]
    catalog: Catalog

    @cached_property
    def unknown(self) -> tuple[str, ...]:
        """What rules name that the catalogue lacks, each as a sentence for the merchandiser."""
        return tuple(
            f"rule {bound.rule.name!r}: no {key} {name!r} in the catalogue"
            for bound in self.rules
            for key, name in _lacking(bound.rule, self.catalog)
        )

    @cached_property
    def groups(self) -> NDArray[np.int64]:
        """Number of the group of variants of each item (items,); -1 = stands alone."""
        names = self.catalog.table["group"]
        rank = names.rank("dense").to_numpy().astype(np.int64)  # unsigned, -1 would be a group of its own
        return np.where((names != "").to_numpy(), rank, -1)

    @property
    def needs(self) -> tuple[str, ...]:
        """Nothing: rules know the catalogue."""
        return ()

    def keep(self, queries: Queries, candidates: Candidates) -> Mask:
        """False for each row that a rule hides from its query (rows,)."""
        hidden: Mask = np.logical_or.reduce(self.about("hide", queries, candidates), axis=0)
        return ~hidden

    def of_kind(self, kind: str) -> list[BoundRule]:
        """The rules of one kind."""
        return [bound for bound in self.rules if bound.rule.kind == kind]

    def about(self, kind: str, queries: Queries, candidates: Candidates) -> Mask:
        """Which rows each rule of a kind is about at this moment (rules, rows)."""
        said = [b.active(queries)[candidates.query] & b.of(b.about, candidates.item) for b in self.of_kind(kind)]
        return np.array(said, dtype=bool).reshape(len(said), len(candidates.item))


def _said(text: str, rule: Rule) -> bool:
    words = set(text.split())
    equal = not rule.when.text or text in rule.when.text
    return equal and (not rule.when.words or any(wanted <= words for wanted in rule.when.words))


def _bound(rule: Rule, catalog: Catalog) -> BoundRule:
    item = catalog.numbers(rule.item)
    item = item[item >= 0]
    about = np.zeros(len(catalog), dtype=bool)
    about[item] = True
    about |= _lies_in(catalog.brand, _numbers_of(catalog.brands, rule.brand))
    about |= _lies_in(catalog.category, _under(catalog.categories, rule.category))
    when = rule.when.category
    return BoundRule(rule, item, about, _lies_in(catalog.category, _under(catalog.categories, when)) if when else None)


def _lies_in(number: NDArray[np.int64], wanted: Sequence[int]) -> Mask:
    return np.isin(number, np.array(wanted, dtype=np.int64))


def _numbers_of(names: Vocabulary, wanted: Sequence[str]) -> list[int]:
    held = {plain(name) for name in wanted}
    return [number for number, name in enumerate(names.ids) if plain(name) in held] if held else []


def _under(paths: Vocabulary, wanted: Sequence[str]) -> list[int]:
    """Numbers of the category paths that are one of `wanted` or lie under it."""
    held = tuple(plain(path) for path in wanted)
    below = tuple(path + plain(CATEGORY_JOINT).center(len(CATEGORY_JOINT)) for path in held)
    return [n for n, path in enumerate(paths.ids) if plain(path) in held or plain(path).startswith(below)] if held else []


def _lacking(rule: Rule, catalog: Catalog) -> list[tuple[str, str]]:
    lacking = [("item", name) for name in rule.item if catalog.vocabulary.number(name) < 0]
    lacking += [("brand", name) for name in rule.brand if not _numbers_of(catalog.brands, [name])]
    return lacking + [("category", n) for n in (*rule.category, *rule.when.category) if not _under(catalog.categories, [n])]
