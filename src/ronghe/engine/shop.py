"""A shop folder's store, opened as its recipe says."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ronghe.core.ports import Store
from ronghe.engine.recipe import Recipe
from ronghe.stores import connect

_HERE = "sqlite:///"


def store_of(recipe: Recipe, folder: Path) -> Store:
    """The store that [shop] names; a relative SQLite path lies in the shop folder."""
    url = recipe.shop.store
    near = url.startswith(_HERE) and not url.startswith(f"{_HERE}/")
    return connect(f"{_HERE}{folder.resolve()}/{url.removeprefix(_HERE)}" if near else url)


@contextmanager
def opened_store(folder: Path) -> Iterator[Store]:
    """The store of a shop folder, closed afterwards. NotReady when the folder holds no recipe."""
    store = store_of(Recipe.load(folder), folder)
    try:
        yield store
    finally:
        store.close()
