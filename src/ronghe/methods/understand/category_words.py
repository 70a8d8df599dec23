"""Which category a few words are of: naive Bayes over titles (Dirichlet smoothing, Zhai & Lafferty 2004), its odds tempered."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.special import logsumexp

from ronghe.core.vocabulary import Vocabulary
from ronghe.methods.understand.phrases import phrase

MU = (1.0, 10.0, 100.0, 1000.0)  # words of the whole shop that each category is thought to say as well
HEAT = (0.3, 0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 1.8, 2.2, 3.0, 5.0)  # by which log odds are divided: words are not independent
HELD = 5  # every so many-th item is held out to choose these, and to see how good they are
MOST_HELD, LONGEST = 4_000, 3  # held-out titles that are asked, and words that are asked of each
ENOUGH = 100  # questions of one length, from which on it has a heat of its own
Floats = NDArray[np.float64]
Words = NDArray[np.int64]


def tokens(text: str) -> tuple[str, ...]:
    """Words without plural s; of Chinese, pairs of neighbouring characters, and what stands alone."""
    said, found = phrase(text), []
    for at, token in enumerate(said):
        after = said[at + 1] if at + 1 < len(said) and not said[at + 1].isascii() else ""
        before = at and not said[at - 1].isascii()
        if token.isascii() or (not after and not before):
            found.append(token)
        elif after:
            found.append(token + after)
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True, eq=False)
class CategoryWords:
    """words: by number · count (words, categories): titles of each category that say each word · size (categories,): titles ·
    mu: see above · heat of one word, of two, of more · accuracy, error: how often the first guess was right on held-out words, and
    how far stated odds lay from what came true (expected calibration error, 15 bins); NaN = nothing was held out.
    """

    words: tuple[str, ...]
    count: sp.csr_matrix
    size: Floats
    mu: float
    heat: tuple[float, ...]
    accuracy: float = float("nan")
    error: float = float("nan")

    @staticmethod
    def of(
        titles: Sequence[Sequence[str]], names: Sequence[Sequence[str]], category: NDArray[np.int64], seed: int
    ) -> "CategoryWords":  # fmt: skip
        """Learnt from the tokens of each title, its category, and the names of categories; mu and heat are chosen on a part that is
        held out for that, by words of titles.
        """
        both = [tuple(dict.fromkeys((*title, *names[at]))) for title, at in zip(titles, category.tolist(), strict=True)]
        numbers, categories = Vocabulary(tuple(dict.fromkeys(word for said in both for word in said))), len(names)
        rows, typed = ([numbers.numbers(list(said)) for said in of] for of in (both, titles))
        out = (np.arange(len(titles)) + seed) % HELD == 0
        if out.sum() < HELD or (~out).sum() < HELD:
            return _counted(numbers.ids, rows, category, categories)
        part = _counted(numbers.ids, [row for row, away in zip(rows, out, strict=True) if not away], category[~out], categories)
        asked, right = _questions(typed, category, np.flatnonzero(out), np.random.default_rng(seed))
        chosen, judged = np.arange(len(asked)) % 2 == 0, np.arange(len(asked)) % 2 == 1
        _, mu, heat = min(part.tempered(mu, asked, right, chosen) for mu in MU)
        accuracy, error = replace(part, mu=mu, heat=heat).judged(asked, right, judged)
        return replace(_counted(numbers.ids, rows, category, categories), mu=mu, heat=heat, accuracy=accuracy, error=error)

    @cached_property
    def number(self) -> dict[str, int]:
        """Numbers of the words."""
        return {word: number for number, word in enumerate(self.words)}

    @cached_property
    def _often(self) -> Floats:
        """Share of all that is said that each word is (words,)."""
        said = np.asarray(self.count.sum(axis=1)).ravel()
        shares: Floats = said / max(said.sum(), 1.0)
        return shares

    @cached_property
    def _said(self) -> Floats:
        return np.asarray(self.count.sum(axis=0)).ravel().astype(np.float64)

    @cached_property
    def _shares(self) -> tuple[Floats, Floats]:
        """log n_c, and the log of what a word's count is divided by (categories,) each."""
        return np.log(np.maximum(self.size, 1e-9)), np.log(self._said + self.mu)

    def chances(self, said: NDArray[np.int64]) -> Floats:
        """Probability of each category, for the numbers of some words (categories,)."""
        scores = self._scores(said) / self.heat[min(len(said), len(self.heat)) - 1]
        odds: Floats = np.exp(scores - scores.max())
        odds /= odds.sum()
        return odds

    def tempered(
        self, mu: float, asked: Sequence[Words], right: Words, on: NDArray[np.bool_]
    ) -> tuple[float, float, tuple[float, ...]]:  # fmt: skip
        """Mean negative log likelihood of what is right with this mu, the mu, and the heats with which it is least: one for all but
        for lengths of which enough was asked.
        """
        tried, held = replace(self, mu=mu), np.flatnonzero(on).tolist()
        scores = np.array([tried._scores(asked[at]) for at in held])
        many = np.array([min(len(asked[at]), LONGEST) for at in held])
        losses = np.array([logsumexp(scores / h, axis=1) - scores[np.arange(len(held)), right[held]] / h for h in HEAT])
        heats = []
        for length in range(1, LONGEST + 1):
            these = many == length
            heats.append(HEAT[int(losses[:, these if these.sum() >= ENOUGH else many > 0].sum(axis=1).argmin())])
        loss = float(np.mean([losses[HEAT.index(heats[length - 1]), at] for at, length in enumerate(many.tolist())]))
        return loss, mu, tuple(heats)

    def judged(self, asked: Sequence[Words], right: Words, on: NDArray[np.bool_]) -> tuple[float, float]:
        """Accuracy and calibration error of the first guess."""
        odds = [self.chances(asked[at]) for at in np.flatnonzero(on).tolist()]
        sure, hit = np.array([o.max() for o in odds]), np.array([int(o.argmax()) for o in odds]) == right[on]
        bins = np.minimum((sure * 15).astype(int), 14)
        gaps = [abs(float(sure[bins == b].mean() - hit[bins == b].mean())) * float((bins == b).mean()) for b in np.unique(bins)]
        return float(hit.mean()), float(sum(gaps))

    def _scores(self, said: NDArray[np.int64]) -> Floats:
        """log n_c + sum over the words of log((n_wc + mu p_w) / (n_c + mu p_w)), but for what all categories share."""
        prior, each = self._shares
        scores: Floats = prior - len(said) * each
        for word in said.tolist():
            row = slice(self.count.indptr[word], self.count.indptr[word + 1])
            scores[self.count.indices[row]] += np.log1p(self.count.data[row] / (self.mu * self._often[word]))
        return scores


def _counted(
    words: tuple[str, ...], rows: Sequence[NDArray[np.int64]], category: NDArray[np.int64], categories: int
) -> CategoryWords:  # fmt: skip
    length = np.array([len(row) for row in rows], dtype=np.int64)
    word = np.concatenate([*rows, np.zeros(0, dtype=np.int64)]).astype(np.int64)
    ones = np.ones(len(word), dtype=np.float32)
    count = sp.csr_matrix((ones, (word, np.repeat(category, length))), shape=(len(words), categories), dtype=np.float32)
    count.sum_duplicates()
    return CategoryWords(words, count, np.bincount(category, minlength=categories).astype(np.float64), MU[1], (1.5,) * LONGEST)


def _questions(
    rows: Sequence[NDArray[np.int64]], category: NDArray[np.int64], items: NDArray[np.int64], rng: np.random.Generator
) -> tuple[list[NDArray[np.int64]], NDArray[np.int64]]:  # fmt: skip
    """A few words of some titles, as shoppers would type them, and the categories that are right."""
    drawn = rng.permutation(items)[:MOST_HELD]
    drawn = drawn[[len(rows[item]) > 0 for item in drawn]]
    many = [min(len(rows[item]), int(rng.integers(1, LONGEST + 1))) for item in drawn]
    return [np.sort(rng.choice(rows[item], n, replace=False)) for item, n in zip(drawn, many, strict=True)], category[drawn]
