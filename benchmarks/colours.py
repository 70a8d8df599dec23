"""Colour and kind: CONSTRUCTED queries ("red shoes", "红色抱枕"), and how much of what is found is of that kind and that colour."""

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import about
from benchmarks.options import Options
from ronghe.compute.local import Local
from ronghe.core.candidates import Candidates
from ronghe.core.catalog import Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.errors import NotFound
from ronghe.core.events import Events
from ronghe.core.queries import Queries
from ronghe.funnel.fusion import ReciprocalRank
from ronghe.methods.encoders.semantic import Semantic
from ronghe.methods.lexical.bm25 import BM25
from ronghe.methods.lexical.text import has_han, stem, words
from ronghe.methods.understand.colours import COLOURS
from ronghe.methods.understand.facets_in_words import FacetsInWords
from ronghe.methods.understand.said import said_by
from ronghe.stores.checks import check_items
from ronghe.stores.sources import open_source

SOURCES = {"goods.json": ("litemall", "e5"), "products.csv": ("fashion", "minilm")}  # file -> source, and encoder of its language
DEPTH, SHOWN, WEIGHT = 200, 10, 0.3
ENDS, WANTED = 3, 1  # titles that end with a word which is a kind; items that a question must have


def run(options: Options) -> dict[str, Any]:
    """Of the ten best: how many are right (precision) and how many of the right ones are among them (recall), with colours that
    weigh as much as the kind and with light ones; `--only words` leaves the encoder out.
    """
    catalog, encoder = catalog_of(options)
    data, compute = Dataset(catalog, Events.empty(), 0.0, 0), Local(options.seed)
    asked, right = questions(catalog)
    facets, bm25 = FacetsInWords().fit(data, compute), BM25().fit(data, compute)
    semantic = None if options.only == "words" else Semantic(encoder=encoder).fit(data, compute)
    meant = facets.rewrite(Queries.of(len(asked), text=asked))
    figures: dict[str, Any] = {**about(options), "constructed": "queries are a colour and a word that titles end with"}
    figures |= {"items": len(catalog), "queries": len(asked), "examples": asked[:: max(1, len(asked) // 5)]}
    for name, queries in (("colours as heavy as kinds", meant.replace(light=((),) * len(meant))), ("light colours", meant)):
        found = {"bm25": bm25.retrieve(queries, DEPTH)}
        figures[f"bm25, {name}"] = measured(found["bm25"], right)
        if semantic is not None:
            found["semantic"] = semantic.retrieve(queries, DEPTH)
            figures[f"bm25 + {encoder}, {name}"] = measured(ReciprocalRank(weights={"semantic": WEIGHT}).fuse(found), right)
    return figures


def questions(catalog: Catalog) -> tuple[tuple[str, ...], list[frozenset[int]]]:
    """Texts of a colour and a kind, in the language of the kind, and the items that are both."""
    last = defaultdict(set)
    says = [words(title) for title in catalog.title]
    stems = [frozenset(map(stem, said)) for said in says]
    for item, said in enumerate(says):
        if said and said[-1].isalpha() and len(said[-1]) > 1:
            last[said[-1]].add(item)
    often = [word for word, items in sorted(last.items()) if len(items) >= ENDS]
    kinds = {word: {item for item, said in enumerate(stems) if stem(word) in said} for word in often}
    coloured = defaultdict(set)
    for item, facet, value in said_by(catalog, np.arange(len(catalog))):
        if facet == "colour":
            coloured[value].add(item)
    found = {
        next(filter(has_han, COLOURS[colour])) + word if has_han(word) else f"{colour} {word}": frozenset(items & both)
        for word, items in kinds.items()
        for colour, both in sorted(coloured.items())
        if len(items & both) >= WANTED
    }
    return tuple(found), list(found.values())


def measured(found: Candidates, right: list[frozenset[int]]) -> dict[str, float]:
    """Means over the questions; one to which nothing was found counts 0."""
    shown = [found.of_query(query)[:SHOWN].tolist() for query in range(len(right))]
    hits = np.array([len(good.intersection(items)) for items, good in zip(shown, right, strict=True)], dtype=np.float64)
    return {
        "precision@10": round(float((hits / [max(len(items), 1) for items in shown]).mean()), 3),
        "recall@10": round(float((hits / [min(len(good), SHOWN) for good in right]).mean()), 3),
        "found a query": round(float(found.counts.mean()), 1),
    }


def catalog_of(options: Options) -> tuple[Catalog, str]:
    """The items of litemall or fashion, whichever lies in the folder, and the encoder of their language."""
    folder = options.data or Path(__file__).parents[2] / "shared" / "data" / "fashion"
    held = next((source for file, source in SOURCES.items() if (folder / file).is_file()), None)
    if held is None:
        raise NotFound(f"neither {' nor '.join(SOURCES)} in {folder}; `ronghe bench colours --data DIR` reads one")
    (part,) = open_source(held[0], folder).parts()
    return Catalog(check_items([row for chunk in part.chunks(0) for row in chunk.rows.to_dicts()])[0]), held[1]
