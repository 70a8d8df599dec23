"""What lies where in a shop folder, and its store, opened as its recipe says."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from ronghe.core.catalog import Catalog
from ronghe.core.errors import BadRecipe
from ronghe.core.media import MediaFiles
from ronghe.core.ports import Store
from ronghe.engine.recipe import Recipe
from ronghe.engine.versions import Versions
from ronghe.stores import connect

TUNING = "tune"  # folder of a shop with searches of settings: trials.db, cache (may be deleted at any time), last.json
FEATURES = "media"  # folder of a shop with features of pictures and sounds; it may be deleted at any time
_HERE = "sqlite:///"


def versions_of(folder: Path) -> Versions:
    """The model versions of a shop folder."""
    return Versions(folder / "models")


def report_of(folder: Path, version: str) -> Path:
    """Where the evaluation report of a version lies, if there is one."""
    return folder / "reports" / f"{Path(version).name}.json"


def last_tuning(folder: Path) -> Path:
    """Where the record of the last search of settings lies, if there was one."""
    return folder / TUNING / "last.json"


def store_of(recipe: Recipe, folder: Path) -> Store:
    """The store that [shop] names; a relative SQLite path lies in the shop folder."""
    url = recipe.shop.store
    near = url.startswith(_HERE) and not url.startswith(f"{_HERE}/")
    return connect(f"{_HERE}{folder.resolve()}/{url.removeprefix(_HERE)}" if near else url)


def media_of(recipe: Recipe, folder: Path) -> MediaFiles | None:
    """Where the pictures and sounds lie that items name; None when [shop] names no folder. BadRecipe when it is not there."""
    if not recipe.shop.media:
        return None
    path = (folder / recipe.shop.media).resolve()
    if not path.is_dir():
        raise BadRecipe(f"shop.media is {recipe.shop.media!r}, but {path} is no folder; right would be one with pictures or sounds")
    return MediaFiles(path, folder.resolve() / "cache" / FEATURES)


def catalog_of(store: Store, recipe: Recipe, folder: Path) -> Catalog:
    """The items of a shop's store, and where their pictures and sounds lie."""
    return replace(store.catalog(), media=media_of(recipe, folder))


@contextmanager
def opened_store(folder: Path) -> Iterator[Store]:
    """The store of a shop folder, closed afterwards. NotReady when the folder holds no recipe."""
    store = store_of(Recipe.load(folder), folder)
    try:
        yield store
    finally:
        store.close()
