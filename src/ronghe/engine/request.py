"""What a client asks of a surface, and the answer it gets: shop ids and plain values, checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ronghe.core.limits import PINNED, QUERY
from ronghe.core.media import Media
from ronghe.core.queries import Also

MAX_K = 200
ALL = PINNED  # places that one list can show, page by page
MAX_OFFSET = ALL - MAX_K
MAX_TEXT = QUERY
SORTS = ("relevance", "price", "-price", "newest", "popular")


@dataclass(frozen=True)
class Request:
    """One question to one surface.

    surface: a [surface.NAME] of the recipe · user, session: shop ids, either may be None · text: typed words ·
    item: id of the item being looked at · basket: item ids · filters: {"brand": ["A", "B"]}: values of one
    facet are alternatives, facets must all hold; a category also stands for what lies under it ·
    price_min, price_max: inclusive · k, offset: page · sort: one of SORTS · time: epoch seconds, None = now ·
    personal: false = nothing that is known of who asks has a say · literal: take the text as it was typed ·
    media: a picture or a sound to search by, with or without a text ·
    explain: put reasons in the answer · trace: put the funnel's trace in the answer · log: keep the slate.
    """

    surface: str
    user: str | None = None
    session: str | None = None
    text: str = ""
    item: str | None = None
    basket: tuple[str, ...] = ()
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    price_min: float | None = None
    price_max: float | None = None
    k: int = 20
    offset: int = 0
    sort: str = "relevance"
    language: str = "en"
    time: float | None = None
    explain: bool = False
    trace: bool = False
    log: bool = True
    literal: bool = False
    personal: bool = True
    media: Media | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """One item of an answer. place counts from 1 over all pages; propensity: odds of standing there."""

    id: str
    title: str
    place: int
    score: float
    propensity: float
    price: float | None
    brand: str
    category: str
    image: str
    available: bool
    why: str = ""  # one sentence that says why, when asked
    reasons: tuple[dict[str, Any], ...] = ()  # {"sentence", "weight", "part", "items": [ids]}, weightiest first
    variants: tuple[dict[str, Any], ...] = ()  # itself and the others of its group, see engine/variants.py


@dataclass(frozen=True)
class Facet:
    """One facet of a search with how many of all matches each value has, most first."""

    name: str
    values: tuple[tuple[str, int], ...]
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What a surface answered.

    slate: id under which it was logged and can be explained · total: how many items matched (search), or were candidates ·
    meant: the text as it was read when that is not what was typed, else "" ·
    understood: facets and values that words stood for · trace: the funnel's stages with counts and times, when asked ·
    rules: what rules did to each item, by name (a pin's place, a boost's weight, 0 of a bury); () where no rule touched any ·
    also: synonyms that were searched beside words of the text · maybe: what may have been meant by the text, "" = nothing else ·
    relaxed: the step that found this and what it let go, () where nothing had to be · kinds: likely categories, and how likely.
    """

    slate: str
    surface: str
    model: str
    items: tuple[Shown, ...]
    total: int
    facets: tuple[Facet, ...] = ()
    meant: str = ""
    took_ms: float = 0.0
    trace: Mapping[str, Any] | None = None
    rules: tuple[Mapping[str, float], ...] = ()
    understood: tuple[tuple[str, str], ...] = ()
    also: tuple[Also, ...] = ()
    maybe: str = ""
    relaxed: tuple[tuple[str, str], ...] = ()
    kinds: tuple[tuple[str, float], ...] = ()
