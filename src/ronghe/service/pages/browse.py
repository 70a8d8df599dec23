"""What a look around begins with: the departments of the shop, counted when the catalogue changed, and whether anything is known
of who looks.
"""

from weakref import WeakKeyDictionary

import numpy as np

from ronghe.core.catalog import Catalog
from ronghe.core.ports import VISIT
from ronghe.service.state import Service

MOST = 14
_KEPT: WeakKeyDictionary[Service, tuple[Catalog, list[str]]] = WeakKeyDictionary()


def departments(service: Service) -> list[str]:
    """First levels of the category paths, those with most items on offer first."""
    catalog = service.engine.keeper.live.catalog
    kept = _KEPT.get(service)
    if kept is None or kept[0] is not catalog:
        kept = _KEPT[service] = catalog, _largest(catalog)
    return kept[1]


def known(service: Service, user: str | None, session: str | None) -> bool:
    """True where anything is known of this shopper or visit that an answer could follow."""
    names = (user, f"{VISIT}{session}" if session else None)
    return any(service.engine.keeper.shoppers.number(name) >= 0 for name in names)


def _largest(catalog: Catalog) -> list[str]:
    offered = catalog.department[catalog.available]
    counts = np.bincount(offered[offered >= 0], minlength=len(catalog.departments))
    largest = np.argsort(-counts, kind="stable")[:MOST]
    return [catalog.departments.ids[n] for n in largest if counts[n] and catalog.departments.ids[n]]
