"""The departments of the shop, for the row of chips: counted when the catalogue changed, not once a page."""

from weakref import WeakKeyDictionary

import numpy as np

from ronghe.core.catalog import Catalog
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


def _largest(catalog: Catalog) -> list[str]:
    offered = catalog.department[catalog.available]
    counts = np.bincount(offered[offered >= 0], minlength=len(catalog.departments))
    largest = np.argsort(-counts, kind="stable")[:MOST]
    return [catalog.departments.ids[n] for n in largest if counts[n] and catalog.departments.ids[n]]
