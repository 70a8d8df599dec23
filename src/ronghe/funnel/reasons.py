"""Why each shown item stands where it stands: exact pieces of its score, said of things that the shopper knows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.queries import Queries
from ronghe.core.roles import Explainer
from ronghe.core.slates import Reason, Reasons, Slates
from ronghe.funnel.funnel import Funnel
from ronghe.funnel.fusion import FUSED
from ronghe.funnel.sentences import headline, is_told, sentence

__all__ = ["explain", "headline", "sentence"]

HABIT = frozenset(f"pair:{n}" for n in ("times_bought", "days_since", "interval", "interval_ratio", "recent_buys", "visit_share"))
TASTE = frozenset({"pair:category_share", "pair:department_share", "pair:brand_share"})
POPULAR = ("item:popularity", "item:shoppers", "item:trend")
NOTABLE = 0.05  # share of a shopper's liking that is worth telling
DUE = (0.8, 1.5)  # time since the last purchase over the usual time, when it is time again
TINY = 1e-6  # a sum of reasons that nearly cancel out cannot be shared out


def explain(funnel: Funnel, queries: Queries, slates: Slates) -> list[Reasons]:
    """Reasons of each shown row. Weights sum to what scored it: the last ranker that did, else the fused score.

    A ranker's exact contribution of a retriever is shared out over that retriever's own exact reasons, so that items and
    words are named. First what a rule did, then what can be told to a shopper, weightiest first, then the rest.
    queries: as they were understood (Trace.queries).
    """
    shown = slates.shown
    if not len(shown.item):
        return []
    moved = moved_by(funnel, queries, shown)
    wanted = {reason.part for reasons in moved for reason in reasons}
    said = {part: _because(funnel, part, queries, shown) for part in wanted if part.startswith("retrieve:")}
    facts = Facts.of(funnel, queries, shown)
    rules = rule_reasons(shown)
    return [
        (*rules[row], *ordered(merged([piece for r in reasons for piece in pieces(r, row, said, facts)], facts.text[row])))
        for row, reasons in enumerate(moved)
    ]


def moved_by(funnel: Funnel, queries: Queries, shown: Candidates) -> list[Reasons]:
    """What each part moved the score of each row by."""
    fused = by_fusion(shown)
    reasons = [tuple(Reason("part", (), (), weight, part) for part, weight in row.items()) for row in fused]
    for stage in funnel.cascade:
        score = shown.evidence.get(f"rank:{stage.name}")
        if score is None:
            continue
        given: list[Reasons]
        if not isinstance(stage.ranker, Explainer):
            given = [(Reason("rank", (), (), float(value), f"rank:{stage.name}"),) for value in score]
        else:
            given = [shared_total(r, fused[row]) for row, r in enumerate(stage.ranker.because(queries, shown))]
        reasons = [new if value == value else old for new, old, value in zip(given, reasons, score, strict=True)]
    return reasons


def by_fusion(shown: Candidates) -> list[dict[str, float]]:
    """What each retriever added to the fused score of each row, by "retrieve:NAME"."""
    parts = {f"retrieve:{name[5:]}": v for name, v in shown.evidence.items() if name.startswith("fuse:") and name != FUSED}
    return [{part: float(v[row]) for part, v in parts.items() if v[row] == v[row]} for row in range(len(shown.item))]


def shared_total(reasons: Reasons, fused: Mapping[str, float]) -> Reasons:
    """The reasons, where that of the fused score is shared out over the parts that it is the sum of."""
    total = sum(fused.values())
    spread = [
        replace(reason, weight=reason.weight * added / total, part=part)
        for reason in reasons
        if reason.part == FUSED and total > 0
        for part, added in fused.items()
    ]
    return (*(r for r in reasons if r.part != FUSED or total <= 0), *spread)


def pieces(reason: Reason, row: int, said: Mapping[str, Sequence[Reasons]], facts: "Facts") -> Reasons:
    """One contribution as what a shopper knows of it; the weights of the pieces sum to its weight."""
    if reason.code == "column":
        return (facts.told(reason, row),)
    own = said[reason.part][row] if reason.part in said else ()
    total = sum(r.weight for r in own)
    if abs(total) <= TINY * sum(abs(r.weight) for r in own) or not own:
        return (reason,)
    return tuple(replace(r, weight=reason.weight * r.weight / total, part=reason.part, code=code_of(r)) for r in own)


def code_of(reason: Reason) -> str:
    """Its code; what goes together by baskets says so."""
    return "together" if reason.part == "retrieve:bought-together" and reason.code in ("alike", "basket") else reason.code


def _because(funnel: Funnel, part: str, queries: Queries, shown: Candidates) -> Sequence[Reasons]:
    """Its own reasons of each row; none when it cannot say, or fails: an answer without a reason is better than none."""
    name = part.partition(":")[2]
    because = getattr(funnel.retrievers.get(name, funnel.leans.get(name)), "because", None)
    nothing: list[Reasons] = [()] * len(shown.item)
    if because is None:
        return nothing
    try:
        said: Sequence[Reasons] = because(queries, shown)
    except Exception:
        return nothing
    return said if len(said) == len(shown.item) else nothing


def rule_reasons(shown: Candidates) -> list[Reasons]:
    """The rules that touched each row, by name; they weigh nothing in the score. A pin's place and a boost's weight are 1 or
    more where the rule lifts the item; what a rule holds back (a bury, a boost below 1) is no pick of the shop.
    """
    rules = [(name, values) for name, values in shown.evidence.items() if name.startswith("rule:")]
    return [
        tuple(rule_reason(name[5:], float(values[row])) for name, values in rules if values[row] == values[row])
        for row in range(len(shown.item))
    ]


def rule_reason(name: str, value: float) -> Reason:
    """What one rule did to an item, by its name; see rule_reasons."""
    return Reason("rule" if value >= 1 else "held", (), (name,), 0.0, f"rule:{name}")


def merged(reasons: Sequence[Reason], text: str = "") -> Reasons:
    """Reasons of one code and part as one: their items, weightiest first, their words as typed in `text`, the sum of weights."""
    by: dict[tuple[str, str], list[Reason]] = {}
    for reason in sorted(reasons, key=lambda r: -r.weight):
        by.setdefault((reason.code, reason.part), []).append(reason)
    return tuple(
        Reason(
            code,
            tuple(dict.fromkeys(item for r in same for item in r.items)),
            as_typed(dict.fromkeys(word for r in same for word in r.words), text),
            sum(r.weight for r in same),
            part,
        )
        for (code, part), same in by.items()
    )


def as_typed(words: Iterable[str], text: str) -> tuple[str, ...]:
    """The words in the order in which a text has them; those that it lacks come last, in the order given."""
    typed = text.casefold()
    return tuple(sorted(words, key=lambda word: typed.find(word.casefold()) % (len(typed) + 1)))  # -1, not found, is the end


def ordered(reasons: Reasons) -> Reasons:
    """What can be told first, weightiest first; then the rest, by size."""
    return tuple(sorted(reasons, key=lambda r: (not is_told(r), -abs(r.weight))))


@dataclass(frozen=True, eq=False)
class Facts:
    """What columns say of each shown row, in a shopper's words. provider: column -> part of [columns] · text of each row."""

    provider: Mapping[str, str]
    columns: Mapping[str, NDArray[Any]]
    text: Sequence[str]

    @staticmethod
    def of(funnel: Funnel, queries: Queries, shown: Candidates) -> "Facts":
        """Out of the columns that were looked up for the rankers."""
        return Facts(funnel.hydration.provider, shown.columns, [queries.text[query] for query in shown.query.tolist()])

    def told(self, reason: Reason, row: int) -> Reason:
        """A column's contribution under the part that looked it up, with a code that has a sentence where one is true."""
        code, words = self._said(reason.part, row)
        return replace(reason, code=code, words=words, part=f"columns:{self.provider.get(reason.part, reason.part)}")

    def _said(self, column: str, row: int) -> tuple[str, tuple[str, ...]]:
        value = self._value(column, row)
        if column in HABIT:
            return self._habit(row)
        if column in ("pair:title_overlap", "pair:kind_overlap", "pair:title_purity") and value > 0:
            return "words", (self.text[row],)
        if column == "pair:price_ratio" and 0.8 <= value <= 1.25:
            return "price", ()
        if column in TASTE and value >= NOTABLE:
            return "taste", ()
        return ("popular", ()) if column.startswith(POPULAR) else ("column", ())

    def _habit(self, row: int) -> tuple[str, tuple[str, ...]]:
        times, days = self._value("pair:times_bought", row), self._value("pair:interval", row)
        if times >= 2 and days >= 1:
            due = DUE[0] <= self._value("pair:interval_ratio", row) <= DUE[1]
            return "due" if due else "habit", (str(round(days)),)
        return ("again", ()) if times >= 1 else ("column", ())

    def _value(self, column: str, row: int) -> float:
        return float(self.columns[column][row]) if column in self.columns else float("nan")
