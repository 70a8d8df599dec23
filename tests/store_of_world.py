"""A world put into a shop folder, with a recipe beside it."""

from pathlib import Path

import polars as pl

from ronghe.core.dataset import Dataset
from ronghe.core.events import KINDS
from ronghe.core.ports import EVENT_SCHEMA
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
