"""Named sources: data sets that Ronghe knows by name. A new one is one file and one line here; it is loaded on first use."""

from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import Any

from ronghe.core.errors import BadData, BadRecipe
from ronghe.stores.chunks import Source

# name -> "module:Class"; the class takes folder (of its data; None = where it is expected) and sample (share of shoppers).
SOURCES: dict[str, str] = {
    "complete-journey": "complete_journey:CompleteJourney",
    "beauty": "beauty:Beauty",
    "games": "games:Games",
    "gowalla": "gowalla:Gowalla",
    "ml-100k": "ml_100k:ML100k",
    "online-retail": "online_retail:OnlineRetail",
    "icecat": "icecat:Icecat",
    "fashion": "fashion:Fashion",
    "clips": "clips:Clips",
    "litemall": "litemall:Litemall",
}


def named(name: str, folder: Path | None = None, sample: float = 1.0) -> Source:
    """The source of that name. BadRecipe names the nearest right one; BadData when its data is not there.

    folder: of its files; None = the package that brings them, or the folder of that data set under RONGHE_DATA ·
    sample: share of shoppers whose events are taken, the same ones every time.
    """
    if name not in SOURCES:
        near = get_close_matches(name, SOURCES, 1)
        raise BadRecipe(
            f"source {name!r} is unknown; {f'did you mean {near[0]!r}?' if near else 'right would be: ' + ', '.join(SOURCES)}"
        )
    if not 0.0 < sample <= 1.0:
        raise BadRecipe(f"sample is {sample}; right would be a share of the shoppers, more than 0 and at most 1")
    module, _, cls = SOURCES[name].partition(":")
    found: Any = getattr(import_module(f"ronghe.stores.sources.{module}"), cls)
    source: Source = found(folder=folder, sample=sample)
    return source


def open_source(where: str | Sequence[str], folder: Path | None = None, sample: float = 1.0) -> Source:
    """What the ingest command was given: a named source, or one or more files and folders."""
    places = [where] if isinstance(where, str) else list(where)
    if len(places) == 1 and not Path(places[0]).exists():
        if places[0] in SOURCES or not Path(places[0]).suffix:
            return named(places[0], folder, sample)
        raise BadData(f"{places[0]} is neither a file nor a named source; named are {', '.join(SOURCES)}")
    from ronghe.stores.files import Files

    return Files(tuple(Path(place) for place in places))
