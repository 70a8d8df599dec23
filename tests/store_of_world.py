"""A world put into a shop folder, with a recipe beside it."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import polars as pl

from ronghe.core.dataset import Dataset
from ronghe.core.events import KINDS
from ronghe.core.ports import EVENT_SCHEMA
from ronghe.engine.engine import Engine
from ronghe.stores import connect


def put(data: Dataset, folder: Path, recipe: str) -> Path:
    """The shop in a folder, with SQLite under it."""
    (folder / "ronghe.toml").write_text(recipe, encoding="utf-8")
    store = connect(f"sqlite:///{folder}/shop.db")
    store.put_items(data.catalog.table)
    events, names = data.events, data.catalog.vocabulary.ids
    rows = {
        "id": [f"e{n}" for n in range(len(events))], "time": events.time.tolist(),
        "user": [f"u{u}" for u in events.user], "session": [f"s{s}" for s in events.session],
        "item": [names[i] if i >= 0 else None for i in events.item], "kind": [KINDS[k] for k in events.kind],
        "amount": events.amount.astype(float).tolist(),
    }  # fmt: skip
    blank = {name: [None] * len(events) for name in EVENT_SCHEMA if name not in rows}
    store.append(pl.DataFrame({**rows, **blank}, schema=EVENT_SCHEMA))
    store.close()
    return folder


def handed_over(folder: Path, recipe: str, *, items: Sequence[Mapping[str, Any]], events: Sequence[Mapping[str, Any]] = ()) -> Path:
    """A shop in a folder to which these rows were handed, as an engine takes them; none may be refused."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ronghe.toml").write_text(recipe, encoding="utf-8")
    with closing(Engine.open(folder)) as engine:
        done = engine.put_items(items), engine.record(events)
        assert all(not one.rejected for one in done), done
    return folder
