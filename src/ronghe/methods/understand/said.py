"""What an item says of the facets that shoppers name: its brand, its colours, the levels of its category, its attributes."""

from collections.abc import Collection, Iterator
from functools import lru_cache

import numpy as np
import orjson
from numpy.typing import NDArray

from ronghe.core.catalog import CATEGORY_JOINT, Catalog
from ronghe.methods.understand.attributes import values_of
from ronghe.methods.understand.colours import ATTRIBUTE_ENDS, CHARACTERS, COLOURS
from ronghe.methods.understand.phrases import found_in, phrase, plain

_NUMBER = {phrase(name): at for at, names in enumerate(COLOURS.values()) for name in names}
_COLOUR = tuple(COLOURS)


def said_by(catalog: Catalog, items: NDArray[np.int64], named: Collection[str] = ()) -> Iterator[tuple[int, str, str]]:
    """Item, facet and value of all that these items say, of attributes those `named`; nothing where one is deleted."""
    rows = catalog.table.select("brand", "category", "attributes", "deleted")[items].rows()
    for item, (brand, category, attributes, deleted) in zip(items.tolist(), rows, strict=True):
        if not deleted:
            if brand:
                yield item, "brand", brand
            yield from ((item, "category", level) for level in category.split(CATEGORY_JOINT) if level)
            colours = _colours(attributes)
            yield from ((item, "colour", colour) for colour in colours)
            if named:
                yield from ((item, *one) for one in values_of(attributes) if one[0] in named and not _tells_colour(one[0]))


@lru_cache(maxsize=4_096)
def _colours(attributes: str) -> tuple[str, ...]:
    held = orjson.loads(attributes) if attributes not in ("", "{}") else {}
    said = [value for name, value in held.items() if _tells_colour(name)]
    texts = [str(one) for value in said for one in (value if isinstance(value, list) else [value])]
    named = [_COLOUR[at] for text in texts for at in found_in(phrase(text), _NUMBER)]
    return tuple(dict.fromkeys([*named, *(CHARACTERS[one] for text in texts for one in plain(text) if one in CHARACTERS)]))


@lru_cache(maxsize=4_096)
def _tells_colour(name: str) -> bool:
    return plain(name).endswith(ATTRIBUTE_ENDS)
