"""What an item says of itself as texts of several lengths: whole, its title, a few words, a few facts; heads learn from all."""

import json
import zlib
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ronghe.core.catalog import CATEGORY_JOINT, Catalog
from ronghe.core.text import clean
from ronghe.methods.encoders.item_text import LONGEST

SOUND = "sound"  # the attribute that names an item's sound; a file's name tells nothing
JOINT = ". "
FEW = (2, 5)  # words, or facts, of a short text: at least, and fewer than


def fields_of(catalog: Catalog, items: NDArray[np.int64], says: Sequence[str]) -> list[list[str]]:
    """The texts of the fields `says` of each item, in this order, an attribute's value each; [] for a deleted item."""
    rows = catalog.table[items].select(*dict.fromkeys(says), "deleted").iter_rows(named=True)
    return [[] if row["deleted"] else [text for name in says for text in _texts(name, row[name])] for row in rows]


def captions(fields: Sequence[Sequence[str]], ids: Sequence[str], count: int, seed: int) -> list[list[str]]:
    """`count` texts of each item (count, items): the whole, the title, and others drawn by chance that depends on its id."""
    drawn = [
        _drawn(said, count, np.random.default_rng([seed, zlib.crc32(name.encode())]))
        for said, name in zip(fields, ids, strict=True)
    ]
    return [[texts[at] for texts in drawn] for at in range(count)]


def whole(fields: Sequence[str]) -> str:
    """All that an item says, as one text."""
    return JOINT.join(fields)


def _drawn(fields: Sequence[str], count: int, rng: np.random.Generator) -> list[str]:
    if not fields:
        return [""] * count
    texts = [whole(fields), fields[0]]
    for at in range(2, count):
        parts = fields[0].split() if at % 2 == 0 and len(fields[0].split()) > FEW[0] else list(fields)
        few = min(int(rng.integers(*FEW)), len(parts))
        chosen = rng.choice(len(parts), few, replace=False)
        texts.append((" " if parts is not fields and at % 2 == 0 else JOINT).join(parts[one] for one in chosen))
    return texts[:count]


def _texts(name: str, value: str) -> Iterator[str]:
    if name == "category":
        value = value.replace(CATEGORY_JOINT, ", ")
    if name != "attributes":
        yield from filter(None, [clean(value)[:LONGEST]])
        return
    held = json.loads(value) if value not in ("", "{}") else {}
    for key, one in held.items() if isinstance(held, dict) else ():
        if key != SOUND:
            text = ", ".join(map(str, one)) if isinstance(one, list) else str(one)
            yield from filter(None, [clean(text)[:LONGEST]])
