"""The roles of parts: one method each; the return type is the guard.

Learner.fit gives a frozen model; a model plays one or more of the other roles. Hyper-parameters are a frozen dataclass,
so is the model; model fields are arrays, CSR matrices, numbers, strings, tuples and dicts of these, or other models, so that
one save/load (engine/artifacts) serves all.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, Self, TypeVar, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.catalog import Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.judgements import Judgements
from ronghe.core.queries import Also, Queries
from ronghe.core.slates import Reasons, Slates

T = TypeVar("T")


class Compute(Protocol):
    """Where heavy work runs, with what seed, and who watches."""

    @property
    def seed(self) -> int:
        """Seed of everything random in a fit."""

    @property
    def threads(self) -> int:
        """How many threads a fit may use."""

    def track(self, work: Iterable[T], title: str, total: int | None = None) -> Iterable[T]:
        """`work`, watched: whoever runs the fit sees how far it is."""


@runtime_checkable
class Rewriter(Protocol):
    """Changes the question: spelling, synonyms, facets said in words."""

    def rewrite(self, queries: Queries) -> Queries:
        """The queries as they were meant."""


@runtime_checkable
class Leaning(Protocol):
    """A rewriter by whose reading some candidates gain, whoever found them."""

    def lean(self, queries: Queries, candidates: Candidates) -> NDArray[np.float32]:
        """The share of its score that each row gains, 0 or more (rows,)."""


@runtime_checkable
class Retriever(Protocol):
    """Finds candidates in the whole catalogue; says nothing to a query it has nothing to say to."""

    def retrieve(self, queries: Queries, k: int) -> Candidates:
        """At most k items a query, best first, none twice, finite scores (more is better), `queries.allowed` honoured."""


@runtime_checkable
class Scorer(Protocol):
    """A retriever that can also judge candidates which others found."""

    def score(self, queries: Queries, candidates: Candidates) -> NDArray[np.float32]:
        """Its score of each row, as `retrieve` would give it; NaN = nothing to say (rows,)."""


@runtime_checkable
class Matcher(Scorer, Protocol):
    """A scorer of typed words that also knows everything they match: totals, facet counts and far pages come from it."""

    def matches(
        self, text: str, limit: int, also: tuple[Also, ...] = (), light: tuple[str, ...] = ()
    ) -> NDArray[np.int64]:  # fmt: skip
        """All items that match a text, ascending; the best `limit` where there are more. also, light: see Queries."""


@runtime_checkable
class Filter(Protocol):
    """Says which candidates may be shown. Cannot reorder."""

    @property
    def needs(self) -> tuple[str, ...]:
        """Columns that must be hydrated first."""

    def keep(self, queries: Queries, candidates: Candidates) -> NDArray[np.bool_]:
        """True for each row that stays (rows,)."""


@runtime_checkable
class Columns(Protocol):
    """Looks columns up for filters and rankers, as of each query's moment: never anything later."""

    @property
    def provides(self) -> tuple[str, ...]:
        """Names of the columns it can give: "item:…", "user:…", "pair:…", "query:…"."""

    def columns(self, names: Sequence[str], queries: Queries, candidates: Candidates) -> Mapping[str, NDArray[Any]]:
        """The asked columns, one value a candidate row (rows,); NaN = unknown."""


@runtime_checkable
class Ranker(Protocol):
    """Orders candidates. Cannot drop."""

    @property
    def needs(self) -> tuple[str, ...]:
        """Columns that must be hydrated first."""

    def score(self, queries: Queries, candidates: Candidates) -> NDArray[np.float32]:
        """A score for each row, more is better (rows,)."""


@runtime_checkable
class Policy(Protocol):
    """Chooses what is shown, and states the odds of it."""

    @property
    def needs(self) -> tuple[str, ...]:
        """Columns that must be hydrated first."""

    def choose(self, queries: Queries, candidates: Candidates, k: int, rng: np.random.Generator) -> Slates:
        """At most k candidates a query in display order, with the probability of each standing where it stands."""


@runtime_checkable
class Explainer(Protocol):
    """Says why, exactly: the weights of the reasons of one part sum to that part's score."""

    def because(self, queries: Queries, shown: Candidates) -> Sequence[Reasons]:
        """Reasons of each row, weightiest first (rows,); empty where it has none."""


@runtime_checkable
class Encoder(Protocol):
    """Text to vectors."""

    @property
    def dim(self) -> int:
        """Width of the vectors."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors (texts, dim); equal texts, equal vectors, however they are batched."""


@runtime_checkable
class Learner(Protocol):
    """Frozen hyper-parameters that learn a frozen model from what the dataset may see."""

    def fit(self, data: Dataset, compute: Compute) -> Any:
        """A model that plays at least one role."""


@runtime_checkable
class RankLearner(Protocol):
    """Frozen hyper-parameters that learn a Ranker from judged candidates."""

    def fit(self, judged: Judgements, compute: Compute) -> Ranker:
        """The ranker."""


@runtime_checkable
class Adaptive(Protocol):
    """A model that follows the catalogue while it serves: new, changed and deleted items, without a retrain."""

    def with_catalog(self, catalog: Catalog, changed: NDArray[np.int64]) -> Self:
        """This model in a shop whose items `changed` (numbers) are now as `catalog` says."""
