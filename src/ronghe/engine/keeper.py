"""Keeps what serves up to date: models, catalogue, rules and the shoppers' latest events, from this process and others."""

import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from ronghe.compute.local import Local
from ronghe.core.catalog import Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.errors import BadArtifact, BadRecipe, NotFound
from ronghe.core.events import KIND
from ronghe.core.ports import Store, shopper_of
from ronghe.core.queries import Queries
from ronghe.core.vocabulary import UNKNOWN
from ronghe.engine.assemble import Parts, check_finite, completed, first_minute
from ronghe.engine.live import Live
from ronghe.engine.recipe import Recipe
from ronghe.engine.shop import catalog_of, versions_of
from ronghe.engine.shop_file import ShopFile
from ronghe.engine.shoppers import Fresh, Row, Shoppers
from ronghe.engine.typed import Typed
from ronghe.engine.versions import CURRENT
from ronghe.methods.policy.rules import Rules
from ronghe.methods.understand.synonym_list import SynonymList

RULES, SYNONYMS = "rules.toml", "synonyms.txt"
MOST_READ = 5_000  # events that are read from the log at once
MOST_EACH = 100  # latest events on one such item
MOST_RECALLED = 10_000  # events of one returning visit that are looked at
MOST_WAITING = 5_000  # items unknown to the catalogue whose events since the start are remembered until they come
Waits = tuple[str, float, int, float]  # shopper id, time, kind, amount


class Keeper:
    """Owns `live` (frozen, replaced whole) and `shoppers`. Readers take `live` once a request and need no lock."""

    def __init__(self, folder: Path, recipe: Recipe, store: Store) -> None:
        self.folder = folder
        self.recipe = recipe
        self.store = store
        self.versions = versions_of(folder)
        self.shoppers = Shoppers(recipe.shop.memory, recipe.shop.visits, self._recall)
        self.broken: dict[str, str] = {}  # versions that would not load, CURRENT or a file when it cannot be read, and why
        self._lock = threading.RLock()  # whoever replaces `live`; taken before _reading
        self._reading = threading.Lock()  # of the log: an event never waits for a version that is being loaded
        self._waiting: dict[str, list[Waits]] = {}  # events on items that the catalogue has not got yet, by item id
        self._rules = ShopFile(folder / RULES, Rules.parse)
        self.synonyms = ShopFile(folder / SYNONYMS, SynonymList.parse)
        self._seen = store.last()
        self._items = store.revision()
        events = store.events(until=self._seen)
        self.shoppers.load(store.shoppers(), events)
        self.as_of = float(events.time[-1]) if len(events) else 0.0
        self.typed, self._typed_seen = Typed(recipe.search), 0
        self.reload_typed()
        self.live = self._best()

    def switch(self, version: str) -> None:
        """Serves another version. BadArtifact or NotFound leaves the one that serves."""
        with self._lock:
            self.reload_items()
            live = self._other(version)
            self.versions.switch(version)
            self._serve(live)

    def rollback(self) -> str:
        """Serves the version that was current before, and returns it."""
        with self._lock:
            self.reload_items()
            live = self._other(self.versions.before())
            self.versions.rollback()
            self._serve(live)
            return live.version

    def refresh(self) -> bool:
        """Takes up what other processes wrote: events, items, rules, a new current version. True when the version changed."""
        with self._lock:
            self.live.warm()
            self.reload_items()
            self.reload_rules()
        self.reload_typed()
        self.sync()
        with self._lock:
            self._note_current()
            current = self.versions.current()
            if current is None or current == self.live.version or current in self.broken:
                return False
            try:
                self._serve(self._other(current))
            except (BadArtifact, NotFound) as error:
                self.broken[current] = str(error)
                return False
            return True

    @property
    def trouble(self) -> list[str]:
        """What of `broken` makes this shop serve something else than it was told to."""
        return [name for name in (CURRENT, RULES, SYNONYMS, self.versions.current()) if name in self.broken]

    @property
    def behind(self) -> bool:
        """True when the log holds events that were not taken up yet."""
        return self.store.last() > self._seen

    def catch_up(self) -> None:
        """Remembers at once what other processes wrote to the log; next to nothing when they wrote nothing."""
        if self.behind:
            self.sync()

    def sync(self) -> None:
        """Remembers events that the log got since the last look."""
        with self._reading:
            while (rows := self.store.event_rows(self._seen, MOST_READ)).height:
                self.shoppers.add(self._fresh(rows))
                self.as_of = max(self.as_of, min(max(rows["time"].to_list()), time.time()))
                self._seen = int(rows["seq"][-1])
                if rows.height < MOST_READ:
                    break

    def _fresh(self, rows: pl.DataFrame) -> list[Fresh]:
        """Events as `shoppers` takes them; those on items that are not in the catalogue wait for them, too."""
        number, fresh, now = self.live.catalog.vocabulary.number, [], time.time()
        columns = ("user", "session", "item", "time", "kind", "amount")
        for user, session, item, moment, kind, amount in zip(*(rows[c].to_list() for c in columns), strict=True):
            if (who := shopper_of(user, session)) is not None:
                known, code, pieces = number(item), KIND[kind], 1.0 if amount is None else amount
                moment = min(moment, now)  # a clock that runs ahead: what happened has happened
                fresh.append((who, known, moment, code, pieces))
                if known == UNKNOWN and item is not None:
                    waiting = self._waiting.setdefault(item, [])
                    waiting.append((who, moment, code, pieces))
                    del waiting[:-MOST_EACH]
        while len(self._waiting) > MOST_WAITING:
            del self._waiting[next(iter(self._waiting))]  # who came first has waited longest
        return fresh

    def _recall(self, name: str) -> tuple[int, list[Row]]:
        """Number and events of a shopper in the log, as far as the log was read; (-1, []) for nobody."""
        shopper, number = self.store.shopper(name), self.live.catalog.vocabulary.number
        if shopper < 0:
            return UNKNOWN, []
        rows = self.store.event_rows(0, MOST_RECALLED, name).filter(pl.col("seq") <= self._seen).sort("time", maintain_order=True)
        columns = zip(*(rows[c].to_list() for c in ("item", "time", "kind", "amount")), strict=True)
        found = [(number(i), moment, KIND[kind], 1.0 if amount is None else amount) for i, moment, kind, amount in columns if i]
        return shopper, [row for row in found if row[0] != UNKNOWN]

    def _settle(self) -> None:
        """Remembers the events whose items have come."""
        with self._reading:
            number = self.live.catalog.vocabulary.number
            come = [item for item in self._waiting if number(item) != UNKNOWN]
            came = [(number(item), *waits) for item in come for waits in self._waiting.pop(item)]
            known = self.shoppers.at_hand  # who was forgotten meanwhile is recalled with this event
            self.shoppers.add([(who, item, moment, code, pieces) for item, who, moment, code, pieces in came if known(who)])

    def reload_rules(self) -> None:
        """Takes up rules and synonyms that another process wrote. Wrong ones are noted in `broken`, and those in force stay."""
        rules, synonyms = self._rules.changed(self.broken), self.synonyms.changed(self.broken)
        if rules is not None and rules.text != self.live.rules.text:
            self.live = self.live.with_rules(rules)
        if synonyms is not None and synonyms.text != self.live.synonyms.text:
            self.live = self.live.with_synonyms(synonyms)

    def reload_typed(self) -> None:
        """Counts what shoppers typed since the last look."""
        last = self.store.last()
        if last > self._typed_seen:
            self.typed.add(self.store.searches(self._typed_seen, last))
            self._typed_seen = last
        self.typed.settle(time.time())

    def reload_items(self) -> None:
        """Takes up items that another process wrote."""
        revision = self.store.revision()
        if revision != self._items:
            catalog = catalog_of(self.store, self.recipe, self.folder)
            self._items = revision
            old = self.live.catalog.table.hash_rows()
            new = catalog.table.hash_rows()
            same = (old == new.head(len(old))).to_numpy()
            changed = np.concatenate([np.flatnonzero(~same), np.arange(len(old), len(new))])
            self.live = self.live.with_catalog(catalog, changed)
            self._settle()

    def items_changed(self, ids: list[str]) -> None:
        """Takes up items that this process just wrote, at once; all that changed, when others wrote too."""
        with self._lock:
            revision = self.store.revision()
            if revision != self._items + 1:  # item numbers are the store's: new items must come in its order
                self.reload_items()
                return
            rows, self._items = self.store.items(ids), revision
            catalog = self.live.catalog.upserted(rows)
            self.live = self.live.with_catalog(catalog, catalog.numbers(rows["id"].to_list()))
            self._settle()

    def set_rules(self, text: str) -> None:
        """Checks, keeps and serves new rules. BadRecipe with the line leaves the old ones."""
        with self._lock:
            rules = self._rules.write(text)
            self.broken.pop(RULES, None)
            self.live = self.live.with_rules(rules)

    def set_synonyms(self, text: str) -> None:
        """Checks, keeps and serves new synonyms. BadRecipe with the line leaves the old ones."""
        with self._lock:
            synonyms = self.synonyms.write(text)
            self.broken.pop(SYNONYMS, None)
            self.live = self.live.with_synonyms(synonyms)

    def add_synonyms(self, line: str) -> None:
        """Adds one line to the synonyms, whatever others wrote meanwhile."""
        with self._lock:
            self.set_synonyms(self.synonyms.value().with_line(line).text)

    def rules(self) -> str:
        """The text of the rules; "" when there are none."""
        return self._rules.text()

    def _listed(self) -> SynonymList:
        """The synonyms of the file; none, and a note in `broken`, when it is wrong."""
        try:
            return self.synonyms.value()
        except (BadRecipe, OSError) as error:
            self.broken[SYNONYMS] = str(error)
            return SynonymList()

    def _best(self) -> Live:
        self._note_current()
        catalog, rules = catalog_of(self.store, self.recipe, self.folder), Rules.parse(self.rules())
        for version in self.versions.in_turn():
            try:
                return self._loaded(version, catalog, rules)
            except (BadArtifact, NotFound) as error:
                self.broken[version] = str(error)
        as_of = float(np.nextafter(self.as_of, np.inf))
        events, searches = self.store.events(until=self._seen), self.store.searches(until=self._seen)
        data = Dataset(catalog, events, as_of, len(self.store.shoppers()), searches)
        return self._live("", first_minute(self.recipe, data, Local()), {}, catalog, rules)

    def _other(self, version: str) -> Live:
        """Another version of the shop that serves, warm: who waits for answers meanwhile shall not work all this out."""
        live = self._loaded(version, self.live.catalog, self.live.rules)
        _ = live.funnels  # what cannot be put together is no version to switch to
        live.warm()
        return live

    def _loaded(self, version: str, catalog: Catalog, rules: Rules) -> Live:
        parts, meta = self.versions.load(version)
        check_finite(parts)
        live = self._live(version, completed(self.recipe, parts), meta, catalog, rules)
        self._probe(live)
        return live

    def _serve(self, live: Live) -> None:
        """Serves a version that was loaded and made current: nothing is wrong with either."""
        self.live = live
        for name in (CURRENT, live.version):
            self.broken.pop(name, None)

    def _note_current(self) -> None:
        if self.versions.damaged:
            self.broken[CURRENT] = "models/current names no version; `ronghe models switch VERSION` mends it"
        else:
            self.broken.pop(CURRENT, None)

    def _live(self, version: str, parts: Parts, meta: Mapping[str, Any], catalog: Catalog, rules: Rules) -> Live:
        popularity = self.shoppers.popularity(len(catalog), self.as_of)
        synonyms = self.live.synonyms if hasattr(self, "live") else self._listed()
        live = Live(self.recipe, version, parts, meta, catalog, rules, popularity, synonyms)
        return live.with_catalog(catalog, np.arange(len(catalog)))

    def _probe(self, live: Live) -> None:
        """BadArtifact unless the version answers a few shoppers on its first surface with finite scores."""
        who = [(self.shoppers.number(name),) for name in self.shoppers.busiest(4)]
        if not who or not len(live.catalog):
            return
        now = np.full(len(who), self.as_of + 1.0)
        queries = Queries.of(len(who), time=now, history=self.shoppers.history(who, now))
        slates, trace = live.funnels[next(iter(live.funnels))](queries, 10, np.random.default_rng(0))
        if not len(slates.shown.item) or not np.isfinite(slates.shown.score).all():
            raise BadArtifact(f"version {live.version} answers nothing, or with scores that are not finite: {trace.errors}")
