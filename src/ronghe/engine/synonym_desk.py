"""Where a merchandiser looks through synonyms: those in force, and the proposals, to be accepted or rejected one by one."""

import contextlib
import json
import time
from dataclasses import asdict, replace
from pathlib import Path

from ronghe.core.errors import NotFound
from ronghe.core.ports import Store
from ronghe.core.whole_file import write_whole
from ronghe.engine.keeper import Keeper
from ronghe.engine.shop_file import ShopFile
from ronghe.methods.understand.proposal import Proposal, pair_of
from ronghe.methods.understand.synonym_list import SynonymList, line_of

PROPOSED, REJECTED = "synonyms-proposed.json", "synonyms-rejected.txt"


class SynonymDesk:
    """The three files of a shop folder: what is in force (synonyms.txt), what is proposed, and what was rejected for good."""

    def __init__(self, folder: Path, keeper: Keeper, store: Store) -> None:
        self.keeper = keeper
        self.store = store
        self._proposed = folder / PROPOSED
        self._rejected = ShopFile(folder / REJECTED, SynonymList.parse)

    def text(self) -> str:
        """The synonyms file as it is."""
        return self.keeper.synonyms.text()

    def set(self, text: str) -> None:
        """Checks, keeps and serves new synonyms. BadRecipe with the line leaves the old ones."""
        self.keeper.set_synonyms(text)

    def mine(self) -> int:
        """Looks for proposals in what was typed and clicked, and in what titles say; how many there are to look through."""
        from ronghe.methods.understand.mining import mined

        found = [asdict(one) for one in mined(self.store.searches(), self.keeper.live.catalog)]
        write_whole(self._proposed, json.dumps({"mined": time.time(), "proposals": found}, ensure_ascii=False, indent=1))
        return len(self.proposals()[1])

    def proposals(self) -> tuple[float | None, list[Proposal]]:
        """When was looked for some, None = never; those that are neither in force nor rejected, best first."""
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            held = json.loads(self._proposed.read_text(encoding="utf-8"))
            listed, rejected = self.keeper.live.synonyms, self._rejected.value()
            found = [Proposal(**one) for one in held["proposals"]]
            left = [p for p in found if not listed.has(p.one, p.other) and not rejected.has(p.one, p.other)]
            return float(held["mined"]), left
        return None, []

    def accept(self, one: str, other: str, both_ways: bool | None = None) -> Proposal:
        """Puts a proposal into the file, both ways or one, as proposed by default. NotFound when there is none like it."""
        found = self._one(one, other)
        found = found if both_ways is None else replace(found, both_ways=both_ways)
        self.keeper.add_synonyms(line_of(found.one, found.other, found.both_ways))
        return found

    def reject(self, one: str, other: str) -> Proposal:
        """Never proposes these two again. NotFound when they are not proposed."""
        found = self._one(one, other)
        self._rejected.write(self._rejected.value().with_line(line_of(found.one, found.other, both_ways=True)).text)
        return found

    def _one(self, one: str, other: str) -> Proposal:
        for found in self.proposals()[1]:
            if found.pair == pair_of(one, other):
                return found
        raise NotFound(f"no proposal of {one!r} and {other!r}")
