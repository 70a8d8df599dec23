"""The desk: checked questions to one surface, answered together: ranked by the funnel, sorted by a column, or as a moment ago."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ronghe.core.queries import Queries
from ronghe.core.slates import Reasons, Slates
from ronghe.engine.asking import (
    Asked,
    answer,
    corrected,
    evidence,
    queries_of,
    question,
    rows_of,
    shown,
    touched,
    understanding,
)
from ronghe.engine.listing import behind, left, matches, narrowed, pinned, plain, results, sorted_by
from ronghe.engine.live import Live
from ronghe.engine.recovery import Asks, Rewriters, recovered
from ronghe.engine.request import ALL, Answer, Facet
from ronghe.engine.shoppers import Shoppers
from ronghe.engine.variants import Narrowed
from ronghe.funnel.funnel import Funnel
from ronghe.funnel.reasons import explain
from ronghe.funnel.trace import Trace

NO_FACETS: tuple[Facet, ...] = ()


@dataclass(frozen=True, eq=False)
class Desk:
    """live: what answers · shoppers: what is known of who asks · rng: for policies that leave something to chance."""

    live: Live
    shoppers: Shoppers
    rng: np.random.Generator

    def repeated(self, surface: str, batch: list[Asked]) -> list[Answer]:
        """The answer to each; one that was given a moment ago is given again, and what two ask alike is worked out once."""
        names = [question(asked, self.live, self.shoppers) for asked in batch]  # before histories are read
        given: dict[Hashable, Answer] = {}
        for name, asked in zip(names, batch, strict=True):
            if name is not None and name not in given and (known := self.live.answered.of(name, asked.now)) is not None:
                given[name] = known
        distinct = {name if name is not None else at: at for at, name in enumerate(names) if name not in given}
        if distinct:
            new, whole = self.ranked(surface, [batch[at] for at in distinct.values()])
            given |= zip(distinct, new, strict=True)
            for name, at in distinct.items():
                if names[at] is not None and whole:
                    self.live.answered.keep(name, batch[at].now, given[name])
        return [given[name if name is not None else at] for at, name in enumerate(names)]

    def ranked(self, surface: str, batch: list[Asked]) -> tuple[list[Answer], bool]:
        """What the surface's funnel says, best first, and whether every part had its say."""
        funnel = self.live.funnels[surface]

        def ask(rewriters: Rewriters, some: list[Asked]) -> tuple[list[Answer], bool]:
            return self._by(funnel if rewriters is funnel.understand else replace(funnel, understand=rewriters), some)

        return self._read(batch, ask)

    def sorted(self, batch: list[Asked]) -> list[Answer]:
        """All that matches, in the asked order."""
        return self._read(batch, lambda rewriters, some: (self._listed(rewriters, some), True))[0]

    def _read(self, batch: list[Asked], ask: Asks) -> tuple[list[Answer], bool]:
        """The answers to questions that are all to be taken as typed, or none, and whether every part had its say. A search that
        finds nothing lets go of what the recipe says.
        """
        if batch[0].request.literal:
            return ask({}, batch)
        answers, whole = ask(self.live.understand, batch)
        for at, asked in enumerate(batch):
            if not answers[at].total and asked.request.text.strip():
                answers[at], too = recovered(self.live, asked, answers[at], ask)
                whole = whole and too
        return answers, whole

    def _by(self, funnel: Funnel, batch: list[Asked]) -> tuple[list[Answer], bool]:
        queries = queries_of(batch, self.live, self.shoppers)
        want = max(ALL if asked.narrowed else asked.depth for asked in batch)
        if any(asked.narrowed for asked in batch):
            funnel = replace(funnel, policy=Narrowed(funnel.policy, tuple(asked.allowed for asked in batch)))
        slates, trace = funnel(queries, want, self.rng, trace=any(a.request.trace for a in batch))
        reasons = explain(funnel, trace.queries, slates) if any(a.request.explain for a in batch) else None
        answers = []
        for at, asked in enumerate(batch):
            said = replace(
                self._answer(asked, queries, slates, trace, at, reasons if asked.request.explain else None),
                trace={**trace.of_query(at), "evidence": evidence(asked, self.live, slates, at)} if asked.request.trace else None,
            )
            answers.append(said)
        return answers, not trace.errors

    def _listed(self, rewriters: Rewriters, batch: list[Asked]) -> list[Answer]:
        queries = queries_of(batch, self.live, self.shoppers)
        meant = queries
        for rewriter in rewriters.values():
            meant = rewriter.rewrite(meant)
        answers = []
        for at, asked in enumerate(batch):
            found = narrowed(matches(asked, self.live, meant.text[at], meant.also[at], meant.light[at]), meant, at)
            items, grouped = sorted_by(asked.request.sort, self.live, left(asked, found)), self.live.grouped(asked.surface)
            items = items if grouped is None else grouped.once(items)
            page = shown(asked, self.live, plain(items), 0, None)
            facets = self.live.facets.counted(asked.request, found, grouped)
            one = answer(asked, self.live, page, len(items), facets, corrected(meant, queries, at))
            answers.append(replace(one, **understanding(meant, at, self.live)))
        return answers

    def _answer(
        self, asked: Asked, queries: Queries, slates: Slates, trace: Trace, at: int, reasons: Sequence[Reasons] | None
    ) -> Answer:
        live, meant, grouped = self.live, trace.queries, self.live.grouped(asked.surface)
        items = shown(asked, live, slates, at, reasons)
        ranked = trace.matches.of_query(at)
        if not meant.text[at] and asked.surface != "browse":
            total = results(asked, live, np.union1d(ranked, pinned(asked, live, meant, at, ranked)))
            facets = NO_FACETS
        else:
            found = np.union1d(ranked, narrowed(matches(asked, live, meant.text[at], meant.also[at], meant.light[at]), meant, at))
            extra = pinned(asked, live, meant, at, found)
            ranked, found = np.union1d(ranked, extra), np.union1d(found, extra)
            total, facets = results(asked, live, left(asked, found)), live.facets.counted(asked.request, found, grouped)
            if len(items) < asked.request.k and asked.request.offset + len(items) < total:
                before = len(rows_of(asked, live, slates, at))
                items += shown(asked, live, behind(asked, live, meant, at, found, ranked), 0, None, before)
        one = answer(asked, live, items, total, facets, corrected(meant, queries, at))
        return replace(one, rules=touched(asked, live, slates, at, len(items)), **understanding(meant, at, live))
