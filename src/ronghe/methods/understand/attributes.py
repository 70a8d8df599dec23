"""Which attributes of a catalogue shoppers say in words, and by which phrases: "cotton", "size 42", "42码", "男士"."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

import numpy as np
import orjson
from numpy.typing import NDArray

from ronghe.core.catalog import CATEGORY_JOINT, Catalog
from ronghe.methods.understand.phrases import LONGEST, Phrase, found_in, phrase

MOST_OF_FEW = 50  # values that an attribute may always have; with more, each must be said by two items on average
SHARED, MOST_ATTRIBUTES = 0.01, 40  # share of the items that must say an attribute, and how many are understood
TELLING = 3  # titles that say a value, from which on they tell what it means
MEANT = 0.5  # share of the items whose titles say a value that must have it
LONG = 30  # letters of a value, in the middle of all values, from which on it tells a story
SIZES = frozenset({"xxs", "xs", "xl", "xxl", "xxxl"})  # said without the word size
EMPTY = frozenset(
    map(
        phrase,
        ("yes", "no", "true", "false", "none", "other", "others", "n/a", "unknown", "various", "是", "否", "有", "无", "其他"),
    )
)
ALIKE = (  # values that mean the same, however the shop and the shopper write them
    ("men", "man", "male", "gentlemen", "男", "男士", "男款", "男式", "男性"),
    ("women", "woman", "female", "ladies", "女", "女士", "女款", "女式", "女性"),
    ("boy", "男童", "男孩"), ("girl", "女童", "女孩"),
    ("kid", "child", "children", "儿童", "孩子"), ("baby", "infant", "婴儿", "宝宝"), ("unisex", "中性", "男女通用"),
)  # fmt: skip
SIZE_NAMES = ("size", "shoe size", "尺码", "码", "尺寸", "鞋码", "号")
_ALIKE = {phrase(one): group for group in ALIKE for one in group}
_SIZE = {phrase(one) for one in SIZE_NAMES}
_NOT_THESE = frozenset({"brand", "category"})


def values_of(attributes: str) -> Iterator[tuple[str, str]]:
    """Name and value of all that a JSON object of attributes says in texts and numbers."""
    held = orjson.loads(attributes) if attributes not in ("", "{}") else {}
    for name, value in held.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, float) and one.is_integer():
                one = int(one)
            if one is not None and not isinstance(one, bool) and (text := str(one).strip()):
                yield name, text


def said_in_words(catalog: Catalog, items: NDArray[np.int64]) -> tuple[str, ...]:
    """Names of the attributes whose values these items choose among, so that a shopper may name one; the most shared first."""
    said: dict[str, Counter[str]] = defaultdict(Counter)
    for text in catalog.table["attributes"][items].to_list():
        for name, value in values_of(text):
            said[name][value] += 1
    often = Counter({name: sum(values.values()) for name, values in said.items()})
    enough = [name for name, times in often.most_common() if times >= SHARED * len(items)]
    return tuple(name for name in enough if name.lower() not in _NOT_THESE and _is_a_choice(said[name]))[:MOST_ATTRIBUTES]


def _is_a_choice(values: Mapping[str, int]) -> bool:
    lengths = sorted(map(len, values))
    return (len(values) <= MOST_OF_FEW or 2 * len(values) <= sum(values.values())) and lengths[len(lengths) // 2] <= LONG


def doubtful(catalog: Catalog, items: NDArray[np.int64], named: Collection[str]) -> tuple[tuple[str, str], ...]:
    """Name and value where a category goes by the value's words, or most items whose titles say them do not have it: who types
    "mouse" wants no adapter of that type.
    """
    rows = catalog.table.select("title", "category", "attributes", "deleted")[items].rows()
    kinds = {phrase(level) for _, path, _, _ in rows for level in path.split(CATEGORY_JOINT)}
    kinds |= {words[-1:] for words in kinds}
    has = [
        frozenset(pair for pair in values_of(said) if pair[0] in named) if not gone else frozenset() for _, _, said, gone in rows
    ]
    known: dict[Phrase, list[tuple[str, str]]] = defaultdict(list)
    for pair in dict.fromkeys(pair for pairs in has for pair in pairs):
        known[phrase(pair[1])].append(pair)
    known.pop((), None)
    order = list(known)
    numbers = {said: at for at, said in enumerate(order)}
    says, both = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for (title, _, _, gone), own in zip(rows, has, strict=True):
        for at in () if gone else set(found_in(phrase(title), numbers)):
            for pair in known[order[at]]:
                says[pair] += 1
                both[pair] += pair in own
    return tuple(
        p for said, pairs in known.items() for p in pairs if said in kinds or (says[p] >= TELLING and both[p] < MEANT * says[p])
    )


def phrases_of(name: str, value: str, alone: bool = True) -> Iterable[Phrase]:
    """What a shopper may say for a value of an attribute: itself, what means the same, and with the attribute's name; a number,
    and what shall not stand `alone`, only with the name.
    """
    said = phrase(value)
    if not said or said in EMPTY or len(said) > LONGEST:
        return
    title = phrase(name)
    titles = _SIZE if title in _SIZE or (title and (title[-1:] in _SIZE or title[-2:] in _SIZE)) else {title} - {()}
    for one in titles:
        yield (*one, *said)
        yield (*said, *one)
    if not alone:
        return
    if _stands_alone(said):
        yield said
    for other in _ALIKE.get(said, ()):
        if _stands_alone(phrase(other)):
            yield phrase(other)


def _stands_alone(said: Phrase) -> bool:
    """Whether a value says enough without its attribute's name."""
    whole = "".join(said)
    if any(c.isdigit() for c in whole) or whole in SIZES:
        return whole in SIZES
    return len(whole) >= (3 if whole.isascii() else 2)
