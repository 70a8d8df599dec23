"""Icecat products and judged queries (folder with products.jsonl.gz and judgments.csv or queries.txt)."""

import csv
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from ronghe.core.catalog import SCHEMA, Catalog

_TYPE = ("attr_t_product_type", "attr_t_type")


@dataclass(frozen=True, eq=False)
class Judged:
    """A catalogue, queries, and query -> item number -> grade (0 … 3; empty where the folder holds no judgements)."""

    catalog: Catalog
    queries: tuple[str, ...]
    grades: Mapping[str, Mapping[int, float]]


def load(folder: Path) -> Judged:
    """What the folder holds; queries without a single positive judgement are left out where there are judgements."""
    with gzip.open(folder / "products.jsonl.gz", "rt", encoding="utf-8") as lines:
        catalog = _catalog([_row(json.loads(line)) for line in lines])
    if not (folder / "judgments.csv").is_file():
        typed = (folder / "queries.txt").read_text(encoding="utf-8").splitlines()
        return Judged(catalog, tuple(line.strip() for line in typed if line.strip()), {})
    grades: dict[str, dict[int, float]] = {}
    with (folder / "judgments.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            number = catalog.vocabulary.number(row["product_id"])
            grades.setdefault(row["query"], {})[number] = float(row["grade"])
    wanted = tuple(query for query in sorted(grades) if max(grades[query].values()) > 0)
    return Judged(catalog, wanted, grades)


def _row(product: dict[str, object]) -> dict[str, object]:
    said = {
        key.removeprefix("attr_t_"): str(value) for key, value in product.items() if key.startswith("attr_t_") and key not in _TYPE
    }
    kind = " ".join(dict.fromkeys(str(product[key]) for key in _TYPE if key in product))
    return {
        "id": str(product["id"]), "title": str(product["title"]), "brand": str(product.get("supplier") or ""),
        "description": str(product.get("short_description") or ""), "category": kind, "attributes": json.dumps(said),
        "price": _price(product.get("price")), "created": _moment(product.get("date_released")),
    }  # fmt: skip


def _price(cents: object) -> float | None:
    return cents / 100 if isinstance(cents, int | float) and cents > 0 else None


def _moment(written: object) -> float | None:
    """Epoch seconds; None where no date is given."""
    return datetime.fromisoformat(written).timestamp() if isinstance(written, str) and written else None


def _catalog(rows: list[dict[str, object]]) -> Catalog:
    blank = {"stock": None, "group": "", "image": "", "language": "en", "deleted": False}
    table = pl.DataFrame([{**blank, **row} for row in rows], schema=SCHEMA)
    return Catalog(table.select(list(SCHEMA)))
