"""Keeps what serves up to date: models, catalogue, rules and the shoppers' latest events, from this process and others."""

import os
import secrets
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ronghe.compute.local import Local
from ronghe.core.catalog import Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.errors import BadArtifact, NotFound
from ronghe.core.events import KIND
from ronghe.core.ports import Store, shopper_of
from ronghe.core.queries import Queries
from ronghe.engine.assemble import Parts, check_finite, completed, first_minute
from ronghe.engine.live import Live
from ronghe.engine.recipe import Recipe
from ronghe.engine.shoppers import Shoppers
from ronghe.engine.versions import Versions
from ronghe.methods.policy.rules import Rules

RULES = "rules.toml"


class Keeper:
    """Owns `live` (frozen, replaced whole) and `shoppers`. Readers take `live` once a request and need no lock."""

    def __init__(self, folder: Path, recipe: Recipe, store: Store) -> None:
        self.folder = folder
        self.recipe = recipe
        self.store = store
        self.versions = Versions(folder / "models")
        self.shoppers = Shoppers(recipe.shop.memory)
        self.broken: dict[str, str] = {}  # versions that would not load, and why
        self._lock = threading.RLock()  # whoever replaces `live`; taken before _reading
        self._reading = threading.Lock()  # of the log: an event never waits for a version that is being loaded
        self._seen = store.last()
        self._items = store.revision()
        events = store.events(until=self._seen)
        self.shoppers.load(store.shoppers(), events)
        self.as_of = float(events.time[-1]) if len(events) else 0.0
        self.live = self._best()

    def switch(self, version: str) -> None:
        """Serves another version. BadArtifact or NotFound leaves the one that serves."""
        with self._lock:
            self.reload_items()
            live = self._loaded(version)
            self.versions.switch(version)
            self.live = live

    def rollback(self) -> str:
        """Serves the version that was current before, and returns it."""
        with self._lock:
            self.reload_items()
            for version in self.versions.earlier():
                live = self._loaded(version)
                self.versions.rollback()
                self.live = live
                return version
        raise NotFound("there is no earlier version to roll back to; train twice, or switch to a version by name")

    def refresh(self) -> bool:
        """Takes up what other processes wrote: events, items, a new current version. True when the version changed."""
        with self._lock:
            self.reload_items()
        self.sync()  # after the items, so that events on new ones are known
        with self._lock:
            current = self.versions.current()
            if current is None or current == self.live.version or current in self.broken:
                return False
            try:
                self.live = self._loaded(current)
            except (BadArtifact, NotFound) as error:
                self.broken[current] = str(error)
                return False
            return True

    def sync(self) -> None:
        """Remembers events that the log got since the last look."""
        with self._reading:
            number = self.live.catalog.vocabulary.number
            while (rows := self.store.event_rows(self._seen, 5_000)).height:
                columns = ("user", "session", "item", "time", "kind", "amount")
                fresh = []
                for user, session, item, moment, kind, amount in zip(*(rows[c].to_list() for c in columns), strict=True):
                    if (who := shopper_of(user, session)) is not None:
                        fresh.append((who, number(item), moment, KIND[kind], 1.0 if amount is None else amount))
                self.shoppers.add(fresh)
                self.as_of = max(self.as_of, *rows["time"].to_list())
                self._seen = int(rows["seq"][-1])

    def reload_items(self) -> None:
        """Takes up items that another process wrote."""
        revision = self.store.revision()
        if revision != self._items:
            catalog = self.store.catalog()
            self._items = revision
            old = self.live.catalog.table.hash_rows()
            new = catalog.table.hash_rows()
            same = (old == new.head(len(old))).to_numpy()
            changed = np.concatenate([np.flatnonzero(~same), np.arange(len(old), len(new))])
            self.live = self.live.with_catalog(catalog, changed)

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

    def set_rules(self, text: str) -> None:
        """Checks, keeps and serves new rules. BadRecipe with the line leaves the old ones."""
        rules = Rules.parse(text)
        with self._lock:
            draft = self.folder / f".{RULES}-{secrets.token_hex(4)}"
            draft.write_text(text, encoding="utf-8")
            os.replace(draft, self.folder / RULES)
            self.live = self.live.with_rules(rules)

    def rules(self) -> str:
        """The text of the rules; "" when there are none."""
        path = self.folder / RULES
        return path.read_text(encoding="utf-8") if path.is_file() else ""

    def _best(self) -> Live:
        current = self.versions.current()
        for version in dict.fromkeys([current, *self.versions.earlier()] if current else []):
            try:
                return self._loaded(version)
            except (BadArtifact, NotFound) as error:
                self.broken[version] = str(error)
        catalog = self.store.catalog()
        as_of = float(np.nextafter(self.as_of, np.inf))
        data = Dataset(catalog, self.store.events(until=self._seen), as_of, len(self.store.shoppers()))
        return self._live("", first_minute(self.recipe, data, Local()), {}, catalog)

    def _loaded(self, version: str) -> Live:
        parts, meta = self.versions.load(version)
        check_finite(parts)
        catalog = self.live.catalog if hasattr(self, "live") else self.store.catalog()
        live = self._live(version, completed(self.recipe, parts), meta, catalog)
        self._probe(live)
        return live

    def _live(self, version: str, parts: Parts, meta: Mapping[str, Any], catalog: Catalog) -> Live:
        popularity = self.shoppers.popularity(len(catalog), self.as_of)
        live = Live(self.recipe, version, parts, meta, catalog, Rules.parse(self.rules()), popularity)
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
