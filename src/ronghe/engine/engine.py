"""The engine: a shop folder, opened. It asks, records and explains; any method may be called from any thread."""

import contextlib
import dataclasses
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ronghe.core.errors import BadRequest, NotFound, StoreError
from ronghe.core.media import Media
from ronghe.core.ports import Reject, shopper_of
from ronghe.engine.asking import Asked, checked, handed_over, logged, question
from ronghe.engine.assemble import lacking
from ronghe.engine.desk import Desk
from ronghe.engine.explaining import explained
from ronghe.engine.hiding import suggestions, visible
from ronghe.engine.keeper import Keeper
from ronghe.engine.logbook import Logbook
from ronghe.engine.recipe import FILE, Recipe
from ronghe.engine.request import Answer, Request
from ronghe.engine.sent import sensed, senses, sent_for
from ronghe.engine.shop import report_of, store_of
from ronghe.engine.synonym_desk import SynonymDesk
from ronghe.engine.versions import ModelInfo
from ronghe.evaluate.report import plain_of
from ronghe.methods.lexical.suggest import Suggestion
from ronghe.stores.checks import check_events, check_items

MOST_REFUSED = 100_000  # rejected rows that one opening of a shop keeps; files are ingested without a limit
Group = tuple[str, bool, bool]  # surface, sorted by something else than relevance, taken as typed


@dataclass(frozen=True)
class Recorded:
    """What became of rows that were handed over: accepted + doubled + rejected = handed over; on disk when this returns.

    again: row numbers, from 0, of the doubled ones, which were in the log already.
    """

    accepted: int
    rejected: tuple[Reject, ...]
    again: tuple[int, ...] = ()

    @property
    def doubled(self) -> int:
        """How many were in the log already."""
        return len(self.again)


class Engine:
    """One shop. Open it with Engine.open, and close it.

    shared: other processes take events too, so each answer begins with a look at the log.
    """

    def __init__(self, folder: Path, recipe: Recipe, shared: bool = False) -> None:
        self.shared = shared
        self.folder = folder
        self.recipe = recipe
        self.store = store_of(recipe, folder)
        self.keeper = Keeper(folder, recipe, self.store)
        self.logbook = Logbook(self.store)
        self.synonyms = SynonymDesk(folder, self.keeper, self.store)
        self._refused = 0
        self._rng = np.random.default_rng()

    @staticmethod
    def open(folder: Path, shared: bool = False) -> "Engine":
        """The shop of a folder. NotReady when it holds no recipe; without trained models it serves words and popularity."""
        return Engine(folder, Recipe.load(folder), shared)

    def close(self) -> None:
        """Writes what waits and lets go of the store."""
        self.logbook.close()
        self.store.close()

    def ask(self, requests: Sequence[Request]) -> list[Answer | BadRequest]:
        """The answer to each request; a bad request gets its own error and does not spoil the others."""
        start, now = time.perf_counter(), time.time()
        self._look()
        live = self.keeper.live
        answers: list[Answer | BadRequest | None] = [None] * len(requests)
        groups: dict[Group, list[tuple[int, Asked]]] = defaultdict(list)
        for at, request in enumerate(requests):
            try:
                asked = checked(request, live, now)
            except BadRequest as error:
                answers[at] = error
                continue
            groups[asked.surface, request.sort != "relevance", request.literal].append((at, asked))
        slates, desk = [], Desk(live, self.keeper.shoppers, self._rng)
        for (surface, by_sort, _), members in groups.items():
            batch = [asked for _, asked in members]
            found = desk.sorted(batch) if by_sort else desk.repeated(surface, batch)
            for (at, asked), one in zip(members, found, strict=True):
                answers[at] = one = handed_over(one, time.perf_counter() - start)
                if asked.request.log:
                    slates.append(logged(asked.request, one, asked.now))
                    self._note(asked.request)
        self.logbook.put(slates)
        return [a for a in answers if a is not None]

    def _note(self, request: Request) -> None:
        """Remembers what somebody searched for, to suggest it to them again."""
        if request.text and request.surface == "search":
            self.keeper.typed.asked((shopper_of(request.user, None), shopper_of(None, request.session)), request.text)

    def given(self, request: Request) -> Answer | None:
        """The answer of a moment ago to the same question (see [shop] repeat), at once; None when it must be worked out."""
        if request.filters or request.sort != "relevance" or request.price_min is not None or request.price_max is not None:
            return None
        live, now = self.keeper.live, time.time()
        asked = checked(request, live, now)
        who = (shopper_of(request.user, request.session), shopper_of(None, request.session)) if asked.personal else ()
        if not all(map(self.keeper.shoppers.at_once, who)) or (self.shared and self.keeper.behind):
            return None  # what must be read from the store is read where it delays nobody
        name = question(asked, live, self.keeper.shoppers)
        known = None if name is None else live.answered.of(name, now)
        if known is None:
            return None
        answer = handed_over(known, time.time() - now)
        if request.log:
            self.logbook.put([logged(request, answer, now)])
            self._note(request)
        return answer

    def _look(self) -> None:
        """Takes up events that other processes wrote; an answer without them is better than none."""
        if self.shared:
            with contextlib.suppress(StoreError):
                self.keeper.catch_up()

    def record(self, rows: Sequence[Mapping[str, object]]) -> Recorded:
        """Takes events (EVENT_SCHEMA fields; no time = now). On disk when this returns, and known to the shoppers' next answers."""
        good, bad = check_events(rows, source="record", default={"time": time.time()})
        self._refuse(bad)
        if not good.height:
            return Recorded(0, tuple(bad))
        appended = self.store.append(good)
        self.keeper.sync()
        wrong = {reject.row for reject in bad}
        at = [row for row in range(len(rows)) if row not in wrong] if appended.again else []
        return Recorded(appended.accepted, tuple(bad), tuple(at[place] for place in appended.again))

    def put_items(self, rows: Sequence[Mapping[str, object]]) -> Recorded:
        """Takes catalogue rows (SCHEMA fields), new or changed; on disk and live on every surface when this returns."""
        good, bad = check_items(rows, source="put_items")
        self._refuse(bad)
        if good.height:
            self.store.put_items(good)
            self.keeper.items_changed(good["id"].to_list())
        return Recorded(good.height, tuple(bad))

    def _refuse(self, bad: Sequence[Reject]) -> None:
        """Keeps rows that a client sent and that could not be taken; a client that sends no end of them fills no disk."""
        kept = bad[: max(0, MOST_REFUSED - self._refused)]
        self._refused += len(kept)
        self.store.reject(kept)

    def delete_items(self, ids: Sequence[str]) -> int:
        """Takes items off every surface. Returns how many there were."""
        gone = self.store.delete_items(ids)
        self.keeper.items_changed(list(ids))
        return gone

    def item(self, item: str) -> dict[str, object]:
        """One item, all its columns. NotFound when there is none."""
        catalog = self.keeper.live.catalog
        number = catalog.vocabulary.number(item)
        if number < 0:
            raise NotFound(f"no item {item!r} in the catalogue")
        return catalog.row(number)

    def variants(self, item: str) -> tuple[dict[str, Any], ...]:
        """The variants of one item, itself too, that shoppers may see (see engine/variants.py); () where it stands alone."""
        live = self.keeper.live
        number = live.catalog.vocabulary.number(item)
        if live.variants is None or number < 0:
            return ()
        return live.variants.named(number, visible(live, "item", time.time()))

    def offered(self, item: str) -> dict[str, object]:
        """One item, all its columns, as long as shoppers may see it. NotFound when it was deleted or a rule hides it."""
        row, live = self.item(item), self.keeper.live
        may = visible(live, "item", time.time())
        if row["deleted"] or (may is not None and not may[live.catalog.vocabulary.number(item)]):
            raise NotFound(f"item {item!r} is no longer offered")
        return row

    def suggest(self, text: str, n: int = 8, user: str | None = None, session: str | None = None) -> list[Suggestion]:
        """Completions of a text being typed, of what may be shown; first what this shopper searched for lately."""
        keeper = self.keeper
        names = [name for name in (shopper_of(user, None), shopper_of(None, session)) if name]
        numbers = map(keeper.shoppers.number, names)
        recent = keeper.typed.recent((*names, *(number for number in numbers if number >= 0)))
        return suggestions(keeper.live, time.time(), text, n, keeper.typed.suggester, recent)

    @property
    def senses(self) -> tuple[str, ...]:
        """Kinds of media that one can search by: "picture", "sound"."""
        return senses(self.keeper.live)

    def sense(self, kind: str, content: bytes, name: str) -> Media:
        """A file as a request takes it. BadMedia when it cannot be read, NotFound when this shop has learnt nothing from such."""
        return sensed(self.keeper.live, kind, content, name)

    def sent(self, slate: str, kind: str) -> Media:
        """The picture or sound that a logged answer was asked by, for its other pages. NotFound when it was asked by none."""
        return sent_for(self.keeper.live, self.logbook.slate(slate), slate, kind)

    def keep(self, request: Request, answer: Answer, moment: float) -> None:
        """Logs an answer that was asked for without, because it was shown after all. moment: when it was asked (epoch seconds)."""
        self.logbook.put([logged(dataclasses.replace(request, log=True), answer, moment)])

    def slate(self, slate: str, language: str = "en") -> dict[str, object]:
        """A logged answer with the reasons of each of its items, worked out as of its moment. NotFound when there is none."""
        row = self.logbook.slate(slate)
        if row is None:
            raise NotFound(f"no slate {slate!r}")
        return explained(row, self.keeper.live, self.keeper.shoppers, language)

    def models(self) -> list[ModelInfo]:
        """All versions, newest first; `current` is the one that serves."""
        serves = self.keeper.live.version
        return [dataclasses.replace(info, current=info.version == serves) for info in self.keeper.versions.all()]

    def switch(self, version: str) -> None:
        """Serves another version; BadArtifact or NotFound leaves the one that serves."""
        self.keeper.switch(version)

    def rollback(self) -> str:
        """Serves the version that was current before, and returns it."""
        return self.keeper.rollback()

    def refresh(self) -> bool:
        """Takes up what other processes wrote. True when the version changed."""
        return self.keeper.refresh()

    def rules(self) -> str:
        """The merchandiser's rules as text."""
        return self.keeper.rules()

    def set_rules(self, text: str) -> None:
        """Checks, keeps and serves new rules. BadRecipe with the line leaves the old ones."""
        self.keeper.set_rules(text)

    def surfaces(self) -> list[str]:
        """Names of the surfaces of the recipe."""
        return list(self.recipe.surfaces)

    def shoppers(self, n: int) -> list[str]:
        """The n persons of whom most is remembered."""
        return self.keeper.shoppers.busiest(n)

    def report(self, version: str | None = None) -> dict[str, Any] | None:
        """The evaluation report of a version, the current one by default; None when there is none, BadData when it is damaged."""
        path = report_of(self.folder, version or self.keeper.live.version)
        with contextlib.suppress(FileNotFoundError):
            return plain_of(path.read_bytes())
        return None

    def status(self) -> dict[str, Any]:
        """How the shop is: what it holds, what serves, what is wrong."""
        live, rejects = self.keeper.live, self.store.rejects(10_000)
        reasons: dict[str, int] = defaultdict(int)
        for reject in rejects:
            reasons[f"{reject.field}: {reject.reason}"] += 1
        return {
            "shop": self.recipe.shop.name,
            "currency": self.recipe.shop.currency,
            "recipe": str(self.folder / FILE),
            "store": self.recipe.shop.store,
            "counts": self.store.counts(),
            "as_of": self.keeper.as_of,
            "rejects": dict(sorted(reasons.items(), key=lambda kv: -kv[1])[:20]),
            "model": live.version or None,
            "trained": live.meta.get("trained"),
            "lacking": lacking(self.recipe, live.parts),
            "broken": dict(self.keeper.broken),
            "slates_lost": self.logbook.lost,
            "surfaces": self.surfaces(),
        }
