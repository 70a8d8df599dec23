"""The funnel: understand, retrieve, fuse, filter, complete, hydrate, rank, choose. A part that fails is traced and left out."""

from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates, joined
from ronghe.core.errors import BadData, BadRecipe
from ronghe.core.queries import Queries
from ronghe.core.roles import Columns, Filter, Leaning, Policy, Ranker, Retriever, Rewriter, Scorer
from ronghe.core.slates import Slates
from ronghe.funnel.fusion import Fusion, leaning
from ronghe.funnel.hydrate import Hydration
from ronghe.funnel.sift import Mask, sifted
from ronghe.funnel.trace import Recorder, Trace
from ronghe.kernels.pairs import among
from ronghe.kernels.segments import order_within, segment_min


@dataclass(frozen=True)
class Stage:
    """One ranker of the cascade. keep: only so many of the best so far are ranked, the others stay behind; 0 = all."""

    name: str
    ranker: Ranker
    keep: int = 0


@dataclass(frozen=True, eq=False)
class Funnel:
    """The parts of one surface, by name. Assembling it raises BadRecipe when a part needs a column that nobody gives.

    depth: how many items each retriever finds a query · complete: ask retrievers that can score for the candidates
    that others found, so that a ranker sees what every part thinks of every item · leans: parts by which some candidates gain.
    """

    understand: Mapping[str, Rewriter]
    retrievers: Mapping[str, Retriever]
    fuse: Fusion
    columns: Mapping[str, Columns]
    filters: Mapping[str, Filter]
    cascade: tuple[Stage, ...]
    policy: Policy
    depth: int = 200
    complete: bool = True
    leans: Mapping[str, Leaning] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.depth < 1:
            raise BadRecipe(f"depth is {self.depth}; right would be 1 or more")
        parts = [(f"filter {name!r}", f.needs) for name, f in self.filters.items()]
        parts += [(f"rank {stage.name!r}", stage.ranker.needs) for stage in self.cascade]
        for part, needs in (*parts, ("choose", self.policy.needs)):
            self.hydration.check(part, needs)

    def __call__(self, queries: Queries, k: int, rng: np.random.Generator, trace: bool = False) -> tuple[Slates, Trace]:
        """At most k items a query in display order, and what happened; `trace`: with the rows of each step counted."""
        record = Recorder(trace)
        queries = self._understood(queries, record)
        found, alive = self._sifted(queries, record)
        ranked = self._ranked(queries, found, alive, k, record)
        slates = record.attempt("choose", "policy", partial(self.policy.choose, queries, ranked, k, rng), ranked)
        return slates if slates is not None else plain(ranked, k), record.trace(queries, found, alive)

    def retrieve(
        self, queries: Queries, columns: Sequence[str] | None = None, keep: int = 0, trace: bool = False
    ) -> tuple[Candidates, Trace]:
        """What a ranker would see, and what happened: learners of rankers train on this.

        columns: to look up, None = all there are · keep: so many of the best fused of each query, 0 = all.
        """
        record = Recorder(trace)
        queries = self._understood(queries, record)
        found, alive = self._sifted(queries, record)
        head = self._completed(queries, found.where(first(found, alive, keep)), record)
        names = tuple(self.hydration.provider) if columns is None else columns
        return self.hydration.fill(names, queries, head, record), record.trace(queries, found, alive)

    def judge(self, queries: Queries, candidates: Candidates) -> Candidates:
        """What the funnel thinks of given items (understood queries): the same rows in the same order, with the evidence that
        asking for them gives, columns, and the score of the last ranker; filters and policy have no say.
        """
        record = Recorder(False)
        found = self._fused(queries, record)
        known = among(candidates.query, candidates.item, found.query, found.item, len(queries))
        own = found.where(among(found.query, found.item, candidates.query, candidates.item, len(queries)))
        rows = self._completed(queries, joined(own, candidates.where(~known)), record)
        for stage in self.cascade:
            rows = self._by(stage, queries, rows, record)
        rows = rows.in_order(np.lexsort((rows.item, rows.query)), rows.splits)
        back = np.empty(len(rows.item), dtype=np.int64)
        back[np.lexsort((candidates.item, candidates.query))] = np.arange(len(rows.item))
        return rows.in_order(back, rows.splits)

    @cached_property
    def hydration(self) -> Hydration:
        """Where columns come from."""
        return Hydration(self.columns)

    @cached_property
    def scorers(self) -> dict[str, Scorer]:
        """The retrievers that can also score what others found."""
        return {name: part for name, part in self.retrievers.items() if isinstance(part, Scorer)}

    def _understood(self, queries: Queries, record: Recorder) -> Queries:
        for name, rewriter in self.understand.items():
            meant = record.attempt("understand", name, partial(rewritten, rewriter, queries))
            queries = meant if meant is not None else queries
        return queries

    def _sifted(self, queries: Queries, record: Recorder) -> tuple[Candidates, Mask]:
        return sifted(self.filters, self.hydration, queries, self._fused(queries, record), record)

    def _fused(self, queries: Queries, record: Recorder) -> Candidates:
        found = {}
        for name, part in self.retrievers.items():
            got = record.attempt("retrieve", name, partial(found_by, part, queries, self.depth))
            if got is not None:
                found[name] = got
        none = Candidates.none(len(queries))
        fused = record.attempt("fuse", type(self.fuse).__name__, lambda: self.fuse.fuse(found) if found else none, none)
        record.gathered([none, *found.values()])
        fused = none if fused is None else fused
        said = any(queries.kinds) or any(queries.understood)
        for name, one in self.leans.items():
            share = record.attempt("fuse", name, partial(one.lean, queries, fused), fused) if said else None
            fused = fused if share is None else leaning(fused, name, share)
        return fused

    def _completed(self, queries: Queries, candidates: Candidates, record: Recorder) -> Candidates:
        if not self.complete or not len(candidates.item):
            return candidates
        evidence = dict(candidates.evidence)
        for name, part in self.scorers.items():
            said = evidence.get(f"retrieve:{name}")
            silent = np.isnan(said) if said is not None else np.zeros(0, dtype=bool)
            if said is not None and silent.any():
                rows = Candidates.of(candidates.splits, candidates.item, candidates.score).where(silent)
                score = record.attempt("complete", name, partial(scored, part, queries, rows, False), rows)
                if score is not None:
                    evidence[f"retrieve:{name}"] = said = said.copy()
                    said[silent] = score
        return replace(candidates, evidence=evidence)

    def _ranked(self, queries: Queries, candidates: Candidates, alive: Mask, k: int, record: Recorder) -> Candidates:
        tails = []
        for at, stage in enumerate(self.cascade):
            head = first(candidates, alive, stage.keep)
            if 0 < stage.keep < k:
                tails.append(candidates.where(alive & ~head))
            kept = candidates.where(head)
            candidates = self._by(stage, queries, kept if at else self._completed(queries, kept, record), record)
            alive = np.ones(len(candidates.item), dtype=bool)
        candidates = candidates if alive.all() else candidates.where(alive)
        candidates = self.hydration.fill(self.policy.needs, queries, candidates, record)
        for tail in reversed(tails):
            candidates = behind(candidates, self.hydration.fill(self.policy.needs, queries, tail, record))
        return candidates

    def _by(self, stage: Stage, queries: Queries, candidates: Candidates, record: Recorder) -> Candidates:
        known = self.hydration.fill(stage.ranker.needs, queries, candidates, record)
        score = record.attempt("rank", stage.name, partial(scored, stage.ranker, queries, known, True), known)
        if score is None:
            return known
        order = order_within(score, np.arange(len(score)), known.splits)  # equal scores keep the order before
        return known.scored(score, by=f"rank:{stage.name}").in_order(order, known.splits)


def rewritten(part: Rewriter, queries: Queries) -> Queries:
    """The queries as this part understands them."""
    meant = part.rewrite(queries)
    check_size(meant, queries)
    return meant


def found_by(part: Retriever, queries: Queries, depth: int) -> Candidates:
    """What this part finds, without rows that name no item or have no finite score."""
    found = part.retrieve(queries, depth)
    check_size(found, queries)
    good = np.isfinite(found.score) & (found.item >= 0)
    return found if good.all() else found.where(good)


def check_size(answer: Sized, queries: Queries) -> None:
    """BadData unless there is one answer a query."""
    if len(answer) != len(queries):
        raise BadData(f"{len(answer)} answers to {len(queries)} queries; right would be one each")


def scored(part: Ranker | Scorer, queries: Queries, candidates: Candidates, must: bool) -> NDArray[np.float32]:
    """The part's score of each row, NaN = none. BadData when their number is wrong, or all are NaN though one `must` score."""
    score = np.asarray(part.score(queries, candidates), dtype=np.float32)
    if score.shape != candidates.item.shape:
        raise BadData(f"scores of shape {score.shape} for {len(candidates.item)} rows; right would be one each")
    good = np.isfinite(score)
    if must and len(score) and not good.any():
        raise BadData("no score is a finite number")
    return score if good.all() else np.where(good, score, np.float32(np.nan))


def first(candidates: Candidates, alive: Mask, keep: int) -> Mask:
    """True for the first `keep` rows of each query that are alive; 0 keeps all that are (rows,)."""
    if keep <= 0:
        return alive
    so_far = np.concatenate([[0], np.cumsum(alive)])
    place = so_far[:-1] - np.repeat(so_far[candidates.splits[:-1]], candidates.counts)
    head: Mask = alive & (place < keep)
    return head


def behind(head: Candidates, tail: Candidates) -> Candidates:
    """All rows: those of `tail` after those of `head`, in their order, scored one by one below the lowest of `head`."""
    lowest = np.nan_to_num(segment_min(head.score, head.splits), nan=0.0)
    return joined(head, tail.scored(lowest[tail.query] - 1 - tail.place))


def plain(candidates: Candidates, k: int) -> Slates:
    """The first k as they are: what is shown when the policy fails."""
    shown = candidates.where(candidates.place < k)
    return Slates(shown, np.ones(len(shown.item), dtype=np.float32))
