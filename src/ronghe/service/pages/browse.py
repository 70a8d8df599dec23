"""The departments of the shop, for the row of chips: asked once a minute, not once a page."""

import time
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from ronghe.engine.request import Request
from ronghe.service.state import Service

SECONDS = 60.0
MOST = 14


@dataclass
class _Kept:
    names: list[str] = field(default_factory=list)
    until: float = 0.0


_KEPT: WeakKeyDictionary[Service, _Kept] = WeakKeyDictionary()


async def departments(service: Service) -> list[str]:
    """First levels of the category paths, those with most items first."""
    kept = _KEPT.setdefault(service, _Kept())
    if kept.until < time.monotonic():
        answer = await service.asks(Request(surface="search", k=1, log=False))
        counts: dict[str, int] = {}
        for facet in answer.facets:
            if facet.name == "category":
                for path, count in facet.values:
                    first = path.partition(" > ")[0]
                    counts[first] = counts.get(first, 0) + count
        kept.names = sorted(counts, key=lambda name: -counts[name])[:MOST]
        kept.until = time.monotonic() + SECONDS
    return kept.names
