"""A peer for full text: tantivy's own ranked search over the same fields, stemmed, with boosts; nothing of ours in it."""

import re

import numpy as np
import tantivy

from ronghe.core.candidates import Candidates
from ronghe.core.catalog import Catalog

BOOSTS = {"title": 5.0, "brand": 1.0, "category": 2.0, "attributes": 1.0, "description": 1.0}
PLAIN = dict.fromkeys(BOOSTS, 1.0)


def index_of(catalog: Catalog) -> tantivy.Index:
    """The catalogue's five text fields under tantivy's English stemmer."""
    schema = tantivy.SchemaBuilder()
    for name in BOOSTS:
        schema.add_text_field(name, stored=False, tokenizer_name="en_stem")
    schema.add_integer_field("item", stored=True, indexed=False, fast=True)
    index = tantivy.Index(schema.build())
    writer = index.writer(64_000_000, 1)
    for item, row in enumerate(catalog.table.select(list(BOOSTS)).iter_rows(named=True)):
        writer.add_document(tantivy.Document(item=item, **row))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index


def found_by(index: tantivy.Index, texts: tuple[str, ...], k: int, boosts: dict[str, float]) -> Candidates:
    """The k best of each text; any word may match."""
    searcher = index.searcher()
    items, scores = [], []
    for text in texts:
        words = " ".join(re.findall(r"\w+", text))
        hits = searcher.search(index.parse_query(words, list(boosts), field_boosts=boosts), k, count=False).hits if words else []
        items.append(np.array([searcher.doc(at)["item"][0] for _, at in hits], dtype=np.int64))
        scores.append(np.array([score for score, _ in hits], dtype=np.float32))
    return Candidates.of_lists(items, scores)
