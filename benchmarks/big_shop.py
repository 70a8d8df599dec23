"""A shop of a given size out of Complete Journey: its most bought products and what was bought of them, ingested and trained."""

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from benchmarks.complete_journey import folder as journey

OUT = Path(__file__).parents[1] / "out"
WEEK = 7 * 86_400


@dataclass(frozen=True)
class Cost:
    """What one command took: seconds, and the most memory it held in MiB."""

    seconds: float
    peak_mib: float


def ronghe(*words: str) -> list[str]:
    """The command line of the `ronghe` that belongs to these sources."""
    return [sys.executable, "-c", "import sys; from ronghe.cli import main; sys.exit(main())", *words]


def timed(*words: str) -> Cost:
    """Runs `ronghe WORDS` to its end. CalledProcessError when it fails."""
    start = time.monotonic()
    process = subprocess.Popen(ronghe(*words), stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, ["ronghe", *words])
    return Cost(time.monotonic() - start, used.ru_maxrss / 1024)


def big_shop(items: int, name: str, share: float = 1.0) -> tuple[Path, dict[str, Cost]]:
    """A trained shop of `items` real products and a share of the households under out/NAME, and what it cost; made once."""
    place = OUT / name
    kept = place / "cost.json"
    if kept.is_file():
        return place, {key: Cost(**cost) for key, cost in json.loads(kept.read_text(encoding="utf-8")).items()}
    write_tables(items, place / "from", share)
    if not (place / "ronghe.toml").is_file():
        timed("init", str(place), "--recipe", "grocery")
    files = ["--items", str(place / "from" / "items.parquet"), "--events", str(place / "from" / "events.parquet")]
    cost = {"ingest": timed("ingest", *files, "--shop", str(place)), "train": timed("train", "--shop", str(place))}
    kept.write_text(json.dumps({key: asdict(one) for key, one in cost.items()}), encoding="utf-8")
    return place, cost


def write_tables(items: int, place: Path, share: float) -> None:
    """items.parquet and events.parquet: the `items` products most bought (then others by id), and every line that bought one."""
    place.mkdir(parents=True, exist_ok=True)
    lines = pl.read_parquet(journey() / "transactions.parquet").filter(pl.col("quantity") > 0)
    lines = lines.filter(pl.col("household_id").cast(pl.Int64) * 7919 % 1000 < share * 1000)
    sold = lines.group_by("product_id").agg(pl.len().alias("bought"), price=(pl.col("sales_value") / pl.col("quantity")).median())
    products = pl.read_parquet(journey() / "products.parquet").join(sold, on="product_id", how="left")
    products = products.sort(pl.col("bought").fill_null(0), pl.col("product_id"), descending=[True, False]).head(items)
    products.select(_item()).write_parquet(place / "items.parquet")
    kept = lines.join(products.select("product_id"), on="product_id", how="semi")
    last = kept.select(pl.col("transaction_timestamp").max()).item()
    weeks = int((time.time() - last.timestamp()) // WEEK)  # whole ones: a Monday stays a Monday
    kept = kept.with_columns(pl.col("transaction_timestamp") + pl.duration(weeks=weeks))
    kept.with_row_index("line").select(_event()).write_parquet(place / "events.parquet")


def _item() -> list[pl.Expr]:
    def words(column: str) -> pl.Expr:
        return pl.col(column).fill_null("")

    return [
        pl.col("product_id").cast(pl.String).alias("id"),
        pl.concat_str(words("product_type"), words("package_size"), separator=" ").str.strip_chars().alias("title"),
        words("brand").alias("brand"),
        pl.concat_str(words("department"), words("product_category"), separator=" > ").alias("category"),
        pl.col("price"),
    ]


def _event() -> list[pl.Expr]:
    return [
        pl.concat_str(pl.lit("line-"), pl.col("line")).alias("id"),
        (pl.col("transaction_timestamp").dt.epoch("ms") / 1000.0).alias("time"),
        pl.col("household_id").cast(pl.String).alias("user"),
        pl.col("basket_id").cast(pl.String).alias("session"),
        pl.col("product_id").cast(pl.String).alias("item"),
        pl.lit("purchase").alias("kind"),
        pl.col("quantity").cast(pl.Float64).alias("amount"),
        (pl.col("sales_value") / pl.col("quantity")).alias("price"),
    ]
