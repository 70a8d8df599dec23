"""The recipe: the funnel's shape as TOML, checked whole before anything runs."""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from rapidfuzz import fuzz, process

from ronghe.core.errors import BadRecipe, NotReady
from ronghe.core.whole_file import written_in
from ronghe.funnel.fusion import ReciprocalRank, Weighted
from ronghe.methods import METHODS, method

FILE = "ronghe.toml"
ROLES = ("understand", "retrieve", "columns", "filter", "rank", "choose")
FUSIONS: dict[str, type[Any]] = {"reciprocal-rank": ReciprocalRank, "weighted": Weighted}


@dataclass(frozen=True)
class Shop:
    """[shop] name on the page · currency ISO 4217 · language ISO 639-1 · store URL, relative paths lie in the shop folder ·
    memory: how many of a shopper's latest events requests remember · visits: how many visits of people not known are at hand; older
    ones are found in the log when they return · repeat: seconds in which the same question of a shopper
    of whom nothing new is known gets the same answer, worked out once; 0 = every answer is worked out anew ·
    media: folder of the pictures and sounds that items name, files or zip archives of them, "" = none; a relative one lies in the
    shop folder.
    """

    name: str = "Shop"
    currency: str = "USD"
    language: str = "en"
    store: str = "sqlite:///shop.db"
    memory: int = 1000
    visits: int = 200_000
    repeat: float = 30.0
    media: str = ""


RELAX = ("facets", "spelling", "synonyms", "words", "category")


@dataclass(frozen=True)
class Search:
    """[search] relax: what is let go, in this order, when a search finds nothing: facets that words stood for, doubts about the
    spelling, synonyms that only go one way, words that nobody says and then the least telling, all but the likely category;
    [] = nothing is found then · typed_by: shoppers who must have typed a text before it is suggested to others ·
    half_life: days after which what was typed counts half.
    """

    relax: tuple[str, ...] = RELAX
    typed_by: int = 3
    half_life: float = 30.0

    def __post_init__(self) -> None:
        wrong = [step for step in self.relax if step not in RELAX]
        if wrong:
            raise BadRecipe(f"search.relax names {wrong[0]!r}; right would be some of {', '.join(RELAX)}")
        if self.typed_by < 1:
            raise BadRecipe(f"search.typed_by is {self.typed_by}; right would be 1 or more")
        if not 0.0 < self.half_life <= 36_500.0:
            raise BadRecipe(f"search.half_life is {self.half_life}; right would be above 0, at most 36500 days")


@dataclass(frozen=True)
class Split:
    """[split] test_days, valid_days: the end of the log, held out · horizon_days: how far ahead rankers learn to see ·
    cuts: how many past moments each shopper is asked at when rankers learn.
    """

    test_days: float = 14.0
    valid_days: float = 14.0
    horizon_days: float = 14.0
    cuts: int = 5


@dataclass(frozen=True)
class Surface:
    """[surface.NAME] which parts answer it, by name; empty `rank` keeps the fused order.

    k items by default · depth: how many each retriever finds · fuse: a name of [fuse] · choose: a name of [choose] ·
    variants: items of one `group` are one result, with its variants named; false = each stands for itself ·
    personal: what is known of who asks has a say; false = never, whatever a request says.
    """

    retrieve: tuple[str, ...] = ()
    filter: tuple[str, ...] = ("in-stock",)
    rank: tuple[str, ...] = ()
    choose: str = "best"
    fuse: str = "reciprocal-rank"
    k: int = 20
    depth: int = 200
    variants: bool = True
    personal: bool = True


@dataclass(frozen=True)
class Part:
    """One line of a recipe: a named part, the method it is, and that method's hyper-parameters."""

    name: str
    method: str
    learner: Any
    hash: str


@dataclass(frozen=True)
class Recipe:
    """A whole, checked recipe."""

    shop: Shop
    split: Split
    parts: Mapping[str, Mapping[str, Part]]  # role -> name -> part
    fuse: Mapping[str, Any]  # name -> fusion
    surfaces: Mapping[str, Surface]
    text: str = field(repr=False, default="")
    search: Search = Search()

    @staticmethod
    def load(folder: Path) -> "Recipe":
        """The recipe of a shop folder. NotReady when there is none; BadRecipe as parse."""
        path = folder / FILE
        if not path.is_file():
            raise NotReady(f"no {FILE} in {folder}; `ronghe init {folder}` writes one")
        return Recipe.parse(written_in(path), str(path))

    @staticmethod
    def parse(text: str, path: str = FILE) -> "Recipe":
        """The recipe that `text` says. BadRecipe with file, line and the nearest right name otherwise."""
        try:
            raw = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise BadRecipe(f"{path}: {error}") from error
        except RecursionError:
            raise BadRecipe(f"{path}: brackets stand too deep within each other") from None
        return _Reader(text, path).recipe(raw)

    @property
    def hash(self) -> str:
        """Changes when any part of the recipe does."""
        return hash_of([[p.hash for p in parts.values()] for parts in self.parts.values()] + [repr(self.surfaces), repr(self.fuse)])


def hash_of(value: Any) -> str:
    """Short stable hash of JSON-like values."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:16]


class _Reader:
    """Reads the sections; knows where in the file a key stands."""

    def __init__(self, text: str, path: str) -> None:
        self.lines = text.splitlines()
        self.text = text
        self.path = path

    def recipe(self, raw: dict[str, Any]) -> Recipe:
        known = ("shop", "search", "split", "fuse", "surface", *ROLES)
        for section in raw:
            if section not in known:
                raise self.error((section,), f"unknown section [{section}]", section, known)
            if not isinstance(raw[section], dict):
                raise self.error((section,), f"{section} = {raw[section]!r}; right would be a section [{section}]")
        parts = {role: self.parts(role, raw.get(role, {})) for role in ROLES}
        fuse = self.fusions(raw.get("fuse", {"reciprocal-rank": {}}))
        surfaces = {name: self.surface(name, s, parts, fuse) for name, s in raw.get("surface", {}).items()}
        if not surfaces:
            raise self.error(("surface",), "no surface; right would be at least one section such as [surface.home]")
        shop = self.checked(Shop, raw.get("shop", {}), ("shop",))
        split, search = (self.checked(kind, raw.get(name, {}), (name,)) for name, kind in (("split", Split), ("search", Search)))
        return Recipe(shop, split, parts, fuse, surfaces, self.text, search)

    def parts(self, role: str, section: dict[str, Any]) -> dict[str, Part]:
        return {name: self.part(role, name, settings) for name, settings in section.items()}

    def part(self, role: str, name: str, settings: Any) -> Part:
        kind, held = self.method_of(role, name, settings)
        names = [m for m, (of, _) in METHODS.items() if of == role]
        if kind not in names:
            raise self.error((role, name), f"no method {kind!r} for [{role}]", kind, names)
        learner = self.checked(method(kind), held, (role, name))
        if hasattr(learner, "within"):  # its files may lie in the shop folder
            learner = learner.within(Path(self.path).parent)
        stamp = [learner.stamp] if getattr(learner, "stamp", "") else []
        return Part(name, kind, learner, hash_of([kind, held, *stamp]))

    def fusions(self, section: dict[str, Any]) -> dict[str, Any]:
        return {name: self.fusion(name, settings) for name, settings in section.items()}

    def fusion(self, name: str, settings: Any) -> Any:
        kind, held = self.method_of("fuse", name, settings)
        if kind not in FUSIONS:
            raise self.error(("fuse", name), f"no fusion {kind!r}", kind, list(FUSIONS))
        return self.checked(FUSIONS[kind], held, ("fuse", name))

    def method_of(self, section: str, name: str, settings: Any) -> tuple[str, dict[str, Any]]:
        if not isinstance(settings, dict):
            raise self.error((section, name), f"{name} = {settings!r}; right would be {name} = {{ setting = value }}")
        return str(settings.get("method", name)), {key: value for key, value in settings.items() if key != "method"}

    def surface(self, name: str, section: Any, parts: Mapping[str, Mapping[str, Part]], fuse: Mapping[str, Any]) -> Surface:
        where = ("surface", name)
        surface: Surface = self.checked(Surface, section, where)
        named = {role: getattr(surface, role) for role in ("retrieve", "filter", "rank")} | {"choose": (surface.choose,)}
        for role, chosen in named.items():
            for part in chosen:
                if part not in parts[role]:
                    raise self.error((*where, role), f"{role} names {part!r}, which [{role}] lacks", part, list(parts[role]))
        if surface.fuse not in fuse:
            raise self.error((*where, "fuse"), f"fuse names {surface.fuse!r}, which [fuse] lacks", surface.fuse, list(fuse))
        return surface

    def checked(self, kind: type[Any], settings: Any, where: tuple[str, ...]) -> Any:
        if not isinstance(settings, dict):
            raise self.error(where, f"{where[-1]} = {settings!r}; right would be a table of settings")
        known = [f.name for f in fields(kind) if f.init]
        for key in settings:
            if key not in known:
                raise self.error((*where, key), f"unknown setting {key!r} of {'.'.join(where)}", key, known)
        try:
            return TypeAdapter(kind).validate_json(json.dumps(settings), strict=True)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            key = str(first["loc"][0]) if first["loc"] else where[-1]
            raise self.error((*where, key), f"{key} = {settings.get(key)!r}: {first['msg'].lower()}") from error
        except BadRecipe as error:
            raise self.error(where, str(error)) from error

    def error(self, where: tuple[str, ...], message: str, got: str = "", known: Any = ()) -> BadRecipe:
        near = process.extractOne(got, list(known), scorer=fuzz.ratio) if got and known else None
        hint = f"; the nearest right name is {near[0]!r}" if near else ""
        return BadRecipe(f"{self.path}:{self.line(where)}: {message}{hint}")

    def line(self, where: tuple[str, ...]) -> int:
        """The line of the last name of `where` that can be found, from 1."""
        at = 0
        for depth, name in enumerate(where):
            names = r"\s*\.\s*".join(map(_key, where[: depth + 1]))
            header = re.compile(rf"^\s*\[+\s*{names}\s*\]")
            word = re.compile(rf"(^|[\s{{,.\[]){_key(name)}\s*(=|\.|\])")
            found = [i for i in range(at, len(self.lines)) if header.search(self.lines[i])]
            found = found or [i for i in range(at, len(self.lines)) if depth and word.search(self.lines[i])]
            at = found[0] if found else at
        return at + 1


def _key(name: str) -> str:
    return rf'"?{re.escape(name)}"?'


def settings_of(name: str) -> list[tuple[str, str, Any]]:
    """Name, type and default of each setting of a method."""
    return [(f.name, str(f.type), None if f.default is MISSING else f.default) for f in fields(method(name))]
