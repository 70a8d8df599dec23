"""Queries made out of a catalogue: some words of a title, a category, a brand, a value, as shoppers put them."""

import json
import re
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from ronghe.core.catalog import CATEGORY_JOINT, Catalog
from ronghe.core.text import clean

WORD = re.compile(r"[^\W_][\w.+'-]*")
LEAST = 3  # titles that must say a word before somebody types it
OFTEN = 0.1  # share of the titles above which a word alone says nothing
SPANS = (0.3, 0.45, 0.25)  # how often one, two, three words of a title are typed
BACK_OFF = 0.25  # how often a category is typed, where there is one, rather than words of the title
VALUE, BRAND = 0.15, 0.12  # how often a value of the attributes, or the brand, is typed before it
LETTERS = 3  # of a query, at the least
SHORT = 20  # letters of a value that somebody would type


def words_of(text: str) -> list[str]:
    """The words of a text as they are typed: lower case, without marks around them."""
    return [word.rstrip(".'-") for word in WORD.findall(clean(text).lower())]


def made_queries(catalog: Catalog, most: int, rng: np.random.Generator) -> tuple[list[str], NDArray[np.int64]]:
    """At most `most` queries and the item that each was made of, no pair twice; several of an item where there are fewer items."""
    titles = [words_of(title) for title in catalog.title]
    said = Counter(word for title in titles for word in set(title))
    known = {word for word, count in said.items() if count >= min(LEAST, max(len(titles) // 100, 1)) and not word.isdigit()}
    common = {word for word in known if said[word] > OFTEN * len(titles)}
    live = np.flatnonzero(~catalog.table["deleted"].to_numpy())
    items = np.concatenate([rng.permutation(live) for _ in range(max(-(-most // max(len(live), 1)), 1))])[:most]
    made = [_one(titles[item], catalog.row(item), known, common, rng) for item in items.tolist()]
    keep = [at for at, text in enumerate(made) if text]
    distinct = dict.fromkeys((made[at], int(items[at])) for at in keep)
    return [text for text, _ in distinct], np.array([item for _, item in distinct], dtype=np.int64)


def _one(title: list[str], row: dict[str, object], known: set[str], common: set[str], rng: np.random.Generator) -> str:
    """One query that the item answers; "" where it says nothing that somebody would type."""
    category = str(row["category"]).split(CATEGORY_JOINT)[-1]
    if category and rng.random() < BACK_OFF:
        core = words_of(category)[:4]
    else:
        starts = [at for at, word in enumerate(title) if word in known]
        if not starts:
            return ""
        at, size = starts[int(rng.integers(len(starts)))], 1 + int(rng.choice(3, p=SPANS))
        core = [word for word in title[at : at + size] if word in known]
        if len(core) == 1 and core[0] in common:
            core = [word for word in title[at : at + 3] if word in known]
    if rng.random() < VALUE:
        core = [*_value(str(row["attributes"]), rng), *core]
    if row["brand"] and rng.random() < BRAND:
        core = [*words_of(str(row["brand"]))[:2], *core]
    asked = " ".join(dict.fromkeys(core))
    return asked if sum(map(str.isalpha, asked)) >= LETTERS else ""


def _value(attributes: str, rng: np.random.Generator) -> list[str]:
    held = json.loads(attributes) if attributes not in ("", "{}") else {}
    values = [value for value in held.values() if isinstance(value, str) and len(value) <= SHORT] if isinstance(held, dict) else []
    said = words_of(values[int(rng.integers(len(values)))]) if values else []
    return said[:2] if said != ["not", "supported"] else []
