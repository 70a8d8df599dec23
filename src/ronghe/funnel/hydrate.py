"""Hydration: exactly the columns that filters, rankers and the policy declared, looked up by name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, partial

from ronghe.core.candidates import Candidates
from ronghe.core.errors import BadData, BadRecipe
from ronghe.core.queries import Queries
from ronghe.core.roles import Columns
from ronghe.funnel.trace import Recorder


@dataclass(frozen=True, eq=False)
class Hydration:
    """parts: what looks columns up, by name."""

    parts: Mapping[str, Columns]

    @cached_property
    def provider(self) -> dict[str, str]:
        """Column -> name of the part that gives it. BadRecipe when two parts give the same."""
        provider: dict[str, str] = {}
        for part, model in self.parts.items():
            for column in model.provides:
                if column in provider:
                    raise BadRecipe(f"column {column!r} comes from {provider[column]!r} and {part!r}; right would be one of them")
                provider[column] = part
        return provider

    def check(self, part: str, needs: Iterable[str]) -> None:
        """BadRecipe when `part` needs a column that nobody gives."""
        for column in needs:
            if column not in self.provider:
                near = get_close_matches(column, self.provider, n=3, cutoff=0.4) or sorted(self.provider)
                raise BadRecipe(f"{part} needs the column {column!r}, which no part of [columns] gives; nearest: {', '.join(near)}")

    def fill(self, names: Sequence[str], queries: Queries, candidates: Candidates, record: Recorder) -> Candidates:
        """The candidates with these columns looked up. Columns of a part that fails are missing; who needs one will say so."""
        wanted: dict[str, list[str]] = {}
        for name in dict.fromkeys(names):
            if name not in candidates.columns:
                wanted.setdefault(self.provider[name], []).append(name)
        for part, columns in wanted.items():
            work = partial(self._given, part, columns, queries, candidates)
            given = record.attempt("hydrate", part, work, candidates)
            candidates = given if given is not None else candidates
        return candidates

    def _given(self, part: str, names: list[str], queries: Queries, candidates: Candidates) -> Candidates:
        given = self.parts[part].columns(names, queries, candidates)
        for name in names:
            if name not in given:
                raise BadData(f"{part} gave {sorted(given)}; right would be {names}")
        return candidates.with_columns({name: given[name] for name in names})
