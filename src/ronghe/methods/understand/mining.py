"""Synonyms proposed: what is typed and clicked alike, and what titles say of things that facets name otherwise."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import combinations

import numpy as np
from rapidfuzz import fuzz
from scipy.special import rel_entr
from scipy.stats import binom, hypergeom

from ronghe.core.catalog import CATEGORY_JOINT, Catalog
from ronghe.core.searches import Searches
from ronghe.methods.understand.attributes import values_of
from ronghe.methods.understand.phrases import Phrase, phrase
from ronghe.methods.understand.proposal import Proposal

CHANCE = 0.01  # that any proposal at all is an accident (Bonferroni over all pairs that are looked at)
LEAST_SHOPPERS = 3  # who clicked after typing either
ALIKE = 0.5  # likeness of what is clicked, from which on two texts mean the same
COVER = 0.6  # share of one's things that are the other's, from which on it stands for it
LEAST_ITEMS = 5  # that a facet's value must have
SHORTEST = 3  # letters of a word that titles say
MOST_TEXTS = 20_000
MOST_ON_ITEM = 100  # texts of an item that are compared: what everybody clicks says nothing
SPELT_ALIKE = 85.0  # likeness of letters above which it is a matter of spelling
_TYPE = frozenset(map(phrase, ("type", "product type", "item type", "kind", "类型", "产品类型", "商品类型", "种类", "品类")))
_EMPTY = frozenset({"the", "a", "an", "of", "for", "with", "and", "or", "in", "on", "to", "new", "set", "pack", "的", "和"})


def mined(searches: Searches, catalog: Catalog, most: int = 200) -> list[Proposal]:
    """The likeliest proposals, best first; those of clicks before those of the catalogue."""
    found: dict[frozenset[Phrase], Proposal] = {}
    for one in (*of_clicks(searches), *of_catalogue(catalog)):
        found.setdefault(one.pair, one)
    return list(found.values())[:most]


def of_clicks(searches: Searches) -> list[Proposal]:
    """Pairs of texts that differ in a word or two and whose clicks land on the same items: 1 - Jensen-Shannon divergence of the
    clicks (Lin 1991, doi:10.1109/18.61115), where so many common clicks are no accident.
    """
    clicks, written, shoppers = _clicked(searches)
    total = Counter(item for of_text in clicks.values() for item in of_text.elements())
    all_clicks = max(sum(total.values()), 1)
    pairs = sorted(_together(clicks))
    best: dict[tuple[Phrase, Phrase], Proposal] = {}
    for p, q in pairs:
        one, other = _difference(p, q)
        if not one or not other or _only_spelt(one, other):
            continue
        chance = max(_accident(clicks[p], clicks[q], total, all_clicks), _accident(clicks[q], clicks[p], total, all_clicks))
        alike, forth, back = _likeness(clicks[p], clicks[q]), _cover(clicks[p], clicks[q]), _cover(clicks[q], clicks[p])
        if chance * max(len(pairs), 1) > CHANCE or (alike < ALIKE and max(forth, back) < COVER):
            continue
        both = alike >= ALIKE or min(forth, back) >= COVER
        if not both and back > forth:  # what is typed less widely is also shown what goes further
            one, other = other, one
        said = (_text(one, written), _text(other, written))
        new = Proposal(*said, both, round(alike, 4), len(shoppers[p] | shoppers[q]), chance, "clicks")
        key = (one, other) if one < other or not both else (other, one)
        if key not in best or new.score * new.support > best[key].score * best[key].support:
            best[key] = new
    return sorted(best.values(), key=lambda one: (-one.score * np.log1p(one.support), one.one))


def of_catalogue(catalog: Catalog) -> list[Proposal]:
    """What titles say of the items that a category, or what they say is their type, names otherwise: normalised pointwise mutual
    information (Bouma 2009) of the name and the word. Words of letters only, as Chinese titles would have to be cut; no brands.
    """
    makers = {word for brand in catalog.brands.ids for word in phrase(brand)}
    on = zip(catalog.title, catalog.available.tolist(), strict=True)
    titles = [frozenset(word for word in phrase(title) if word.isascii()) if live else frozenset() for title, live in on]
    said_by = Counter(word for title in titles for word in title)
    names = _names(catalog)
    items, found, looked_at = len(titles), [], 0
    for name, members in names.items():
        if len(members) < LEAST_ITEMS:
            continue
        here = Counter(word for item in members for word in titles[item])
        looked_at += len(here)
        for word, both in here.items():
            cover, back = both / len(members), both / said_by[word]
            if min(cover, back) < COVER or len(word) < SHORTEST or word in makers or not _may_stand((word,), name):
                continue
            chance = float(hypergeom.sf(both - 1, items, said_by[word], len(members)))
            score = _npmi(both, said_by[word], len(members), items)
            found.append(Proposal(word, " ".join(name), True, round(score, 4), both, chance, "catalogue"))
    sure = [one for one in found if one.chance * max(looked_at, 1) <= CHANCE]
    return sorted(sure, key=lambda one: (-one.score * np.log1p(one.support), one.one))


def _clicked(searches: Searches) -> tuple[dict[Phrase, Counter[int]], dict[Phrase, Counter[str]], dict[Phrase, set[int]]]:
    """Shoppers' clicks by text and item, one a shopper; how each text's words are written; who typed it."""
    once: dict[Phrase, set[tuple[int, int]]] = defaultdict(set)
    written: dict[Phrase, Counter[str]] = defaultdict(Counter)
    rows = zip(searches.text, searches.user.tolist(), searches.item.tolist(), strict=True)
    for text, user, item in rows:
        words = phrase(text)
        if words and user >= 0 and item >= 0:
            once[words].add((user, item))
            written[words][text.strip().lower()] += 1
    shoppers = {words: {user for user, _ in pairs} for words, pairs in once.items()}
    enough = sorted((w for w in once if len(shoppers[w]) >= LEAST_SHOPPERS), key=lambda w: (-len(shoppers[w]), w))[:MOST_TEXTS]
    return {w: Counter(item for _, item in once[w]) for w in enough}, written, shoppers


def _together(clicks: Mapping[Phrase, Counter[int]]) -> set[tuple[Phrase, Phrase]]:
    """Pairs of texts with an item that was clicked after both."""
    by_item: dict[int, list[Phrase]] = defaultdict(list)
    for words, items in clicks.items():
        for item in items:
            by_item[item].append(words)
    return {tuple(sorted(pair)) for texts in by_item.values() for pair in combinations(texts[:MOST_ON_ITEM], 2)}  # type: ignore[misc]


def _difference(p: Phrase, q: Phrase) -> tuple[Phrase, Phrase]:
    """What is left of two texts without the words they share at the start and the end; () where one merely says more."""
    if any(not word.isascii() for word in (*p, *q)):  # tokens are single characters, which say little
        return (p, q) if _may_stand(p, q) else ((), ())
    start = next((at for at, (a, b) in enumerate(zip(p, q, strict=False)) if a != b), min(len(p), len(q)))
    p, q = p[start:], q[start:]
    end = next((at for at, (a, b) in enumerate(zip(p[::-1], q[::-1], strict=False)) if a != b), min(len(p), len(q)))
    p, q = (p[: len(p) - end], q[: len(q) - end]) if end else (p, q)
    return (p, q) if _may_stand(p, q) and not set(p) & set(q) else ((), ())


def _may_stand(one: Phrase, other: Phrase) -> bool:
    """Whether two phrases may be synonyms: short, without numbers, neither part of the other."""
    whole, theirs = " ".join(one), " ".join(other)
    short = 0 < len(one) <= 6 and 0 < len(other) <= 6 and not set(one) <= _EMPTY and not set(other) <= _EMPTY
    return short and not any(c.isdigit() for c in whole + theirs) and whole not in theirs and theirs not in whole


def _only_spelt(one: Phrase, other: Phrase) -> bool:
    return fuzz.ratio(" ".join(one), " ".join(other)) >= SPELT_ALIKE


def _accident(p: Counter[int], q: Counter[int], total: Counter[int], all_clicks: int) -> float:
    """How likely so many clicks of p land on q's items, if p's clicks fell like everybody's."""
    usual = sum(total[item] for item in q) / all_clicks
    return float(binom.sf(sum(n for item, n in p.items() if item in q) - 1, sum(p.values()), min(usual, 1.0)))


def _likeness(p: Counter[int], q: Counter[int]) -> float:
    """1 - Jensen-Shannon divergence in bits of where the clicks land."""
    items = list({*p, *q})
    a, b = (np.array([of[item] for item in items], dtype=float) / sum(of.values()) for of in (p, q))
    middle = (a + b) / 2
    return float(1.0 - (rel_entr(a, middle).sum() + rel_entr(b, middle).sum()) / 2 / np.log(2))


def _cover(p: Counter[int], q: Counter[int]) -> float:
    """Share of p's clicks on items that q's clicks land on, too."""
    return sum(n for item, n in p.items() if item in q) / sum(p.values())


def _npmi(both: int, a: int, b: int, items: int) -> float:
    together = both / items
    return float(np.log(together / (a / items * b / items)) / -np.log(together)) if together < 1 else 1.0


def _text(words: Phrase, written: Mapping[Phrase, Counter[str]]) -> str:
    """A phrase as it is written: Chinese without blanks."""
    alone = written.get(words)
    if alone:
        return max(alone, key=lambda text: (alone[text], text))
    return ("" if all(not word.isascii() for word in words) else " ").join(words)


def _names(catalog: Catalog) -> dict[Phrase, set[int]]:
    """What facets name their items: the narrowest level of the category, and the type."""
    names: dict[Phrase, set[int]] = defaultdict(set)
    on = np.flatnonzero(catalog.available)
    table = catalog.table.select("category", "attributes")[on.tolist()]
    for item, (path, attributes) in zip(on.tolist(), table.iter_rows(), strict=True):
        told = [path.rpartition(CATEGORY_JOINT)[2], *(value for name, value in values_of(attributes) if phrase(name) in _TYPE)]
        for words in map(phrase, told):
            if words:
                names[words].add(item)
    return names
