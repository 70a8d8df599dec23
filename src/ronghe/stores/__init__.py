"""Adapters of the ports: where a shop is kept. `connect(url)` picks one; each is loaded on first use."""

from importlib import import_module

from ronghe.core.errors import BadRecipe
from ronghe.core.ports import Store

# scheme -> "module:function", which takes what follows "scheme://".
STORES: dict[str, str] = {
    "memory": "memory:open_memory",
    "sqlite": "sqlite:open_sqlite",
}


def connect(url: str) -> Store:
    """The store at `url`: "memory://" (gone when closed) or "sqlite:///path/shop.db" (made when it is not there).

    BadRecipe when the scheme is unknown; StoreError when the place cannot be opened.
    """
    scheme, joint, place = url.partition("://")
    if not joint or scheme not in STORES:
        known = ", ".join(f"{name}://" for name in STORES)
        raise BadRecipe(f"store is {url!r}; right would be one of {known}, e.g. sqlite:///shop/shop.db")
    module, _, function = STORES[scheme].partition(":")
    store: Store = getattr(import_module(f"ronghe.stores.{module}"), function)(place)
    return store
