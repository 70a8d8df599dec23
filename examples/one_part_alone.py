"""One algorithm without the rest: EASE on a small log, asked with a history it has never seen."""

import numpy as np
import polars as pl

from ronghe.compute.local import Local
from ronghe.core.catalog import SCHEMA, Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.events import Events
from ronghe.core.queries import History, Queries
from ronghe.methods.collaborative.ease import EASE

BASKETS = [
    ("tea", "honey"),
    ("tea", "honey", "lemon"),
    ("tea", "lemon"),
    ("beer", "nuts"),
    ("beer", "nuts", "chips"),
    ("beer", "chips"),
]
NAMES = ("tea", "honey", "lemon", "beer", "nuts", "chips")


def shop() -> Dataset:
    """Six people, each with one basket, a second apart."""
    blank = {name: "" for name, kind in SCHEMA.items() if kind == pl.String} | {
        "attributes": "{}", "price": None, "stock": None, "created": None, "deleted": False
    }  # fmt: skip
    catalog = Catalog(pl.DataFrame([{**blank, "id": name, "title": name} for name in NAMES], schema=SCHEMA))
    bought = [(user, NAMES.index(name)) for user, basket in enumerate(BASKETS) for name in basket]
    user, item = map(list, zip(*bought, strict=True))
    return Dataset(catalog, Events.of(time=np.arange(len(user)), user=user, item=item), as_of=100.0, users=len(BASKETS))


def main() -> None:
    data = shop()
    model = EASE(l2=1.0, least=1).fit(data, Local())

    somebody = Events.of(time=[50.0], user=[0], item=[NAMES.index("tea")])
    queries = Queries.of(1, time=np.array([100.0]), history=History.of_users(somebody, np.array([0])))
    found = model.retrieve(queries, k=3)

    names = [NAMES[item] for item in found.item]
    print("who bought tea is offered", names)
    assert set(names[:2]) <= {"honey", "lemon", "tea"}
    assert "beer" not in names


if __name__ == "__main__":
    main()
