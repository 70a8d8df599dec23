"""What shoppers typed: suggested to all once enough of them did and went on from there, and to each what they typed lately."""

import re
import threading
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from ronghe.core.catalog import Catalog
from ronghe.core.events import DAY, LIKING
from ronghe.core.searches import Searches
from ronghe.core.text import clean
from ronghe.engine.recipe import Search
from ronghe.methods.lexical.beginnings import letters
from ronghe.methods.lexical.suggest import Suggester

LONGEST = 80  # letters of a text that is suggested
LEAST = 0.05  # weight of an event that says nothing about liking
MOST_TEXTS = 100_000  # different texts that are counted; of more, the lightest go
MOST_SUGGESTED = 20_000
MOST_RECENT, MOST_SHOPPERS = 10, 50_000  # latest texts of a shopper, and shoppers whose latest texts are at hand
_PRIVATE = re.compile(r"@|\d[\d\s-]{5,}\d")  # an address, the number of a phone, an order, a card


@dataclass
class Told:
    """What is known of one text: how it was written, by how many shoppers (no more than must be), and its weight at time 0."""

    written: Counter[str] = field(default_factory=Counter)
    shoppers: set[int] = field(default_factory=set)
    weight: float = 0.0


class Typed:
    """The texts of a running shop. Any method may be called from any thread."""

    def __init__(self, settings: Search) -> None:
        self.settings = settings
        self.suggester = Suggester.of(Catalog.empty(), np.zeros(0))
        self._lock = threading.Lock()
        self._told: dict[str, Told] = {}
        self._recent: OrderedDict[int | str, list[str]] = OrderedDict()
        self._start = 0.0  # the moment at which weights are kept
        self._news = False

    def add(self, searches: Searches) -> None:
        """Counts what was typed and led to something."""
        with self._lock:
            if not self._told and len(searches):
                self._start = float(searches.time[0])
            rows = zip(searches.text, searches.time.tolist(), searches.user.tolist(), searches.kind.tolist(), strict=True)
            for text, moment, user, kind in rows:
                self._count(clean(text)[: LONGEST + 1], moment, user, max(float(LIKING[kind]), LEAST))
            self._news = self._news or len(searches) > 0
            if len(self._told) > MOST_TEXTS:
                kept = sorted(self._told.items(), key=lambda one: -one[1].weight)[: MOST_TEXTS // 2]
                self._told = dict(kept)

    def asked(self, who: Iterable[str | None], text: str) -> None:
        """Remembers what a shopper just searched for, for themselves alone."""
        with self._lock:
            for name in who:
                if name is not None:
                    self._note(name, clean(text))

    def recent(self, who: Iterable[int | str]) -> list[str]:
        """What these names and numbers of one shopper searched for, the latest first."""
        with self._lock:
            found = [text for one in who for text in reversed(self._recent.get(one, ()))]
        return list({letters(text): text for text in reversed(found)}.values())[::-1][:MOST_RECENT]

    def settle(self, now: float) -> None:
        """Makes the suggestions anew, when anything came since."""
        if self._news:
            with self._lock:
                texts, self._news = self.suggested(now), False
            self.suggester = Suggester.of(Catalog.empty(), np.zeros(0), texts)

    def suggested(self, now: float) -> Mapping[str, float]:
        """What may be suggested to everybody, and how much it weighs now."""
        enough = [told for told in self._told.values() if len(told.shoppers) >= self.settings.typed_by]
        heaviest = sorted(enough, key=lambda told: -told.weight)[:MOST_SUGGESTED]
        faded = self._at(now)
        return {max(told.written, key=lambda text: (told.written[text], text)): told.weight / faded for told in heaviest}

    def _at(self, moment: float) -> float:
        """How much more an event at a moment weighs than one at the start."""
        return float(2.0 ** min((moment - self._start) / DAY / self.settings.half_life, 900.0))

    def _count(self, text: str, moment: float, user: int, weight: float) -> None:
        key = letters(text)
        if not key or len(text) > LONGEST:
            return
        if user >= 0:
            self._note(user, text)
        if _PRIVATE.search(text) is None:
            told = self._told.setdefault(key, Told())
            told.written[text] += 1
            told.weight += weight * self._at(moment)
            if user >= 0 and len(told.shoppers) < self.settings.typed_by:
                told.shoppers.add(user)

    def _note(self, who: int | str, text: str) -> None:
        if not text or len(text) > LONGEST:
            return
        mine = self._recent.setdefault(who, [])
        mine[:] = [*(one for one in mine if letters(one) != letters(text)), text][-MOST_RECENT:]
        self._recent.move_to_end(who)
        while len(self._recent) > MOST_SHOPPERS:
            self._recent.popitem(last=False)
