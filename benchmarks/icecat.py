"""Icecat products and judged queries (folder with products.jsonl.gz and judgments.csv, queries.txt or both)."""

import csv
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl

from ronghe.core.catalog import SCHEMA, Catalog
from ronghe.core.errors import BadData, NotFound

_TYPE = ("attr_t_product_type", "attr_t_type")


@dataclass(frozen=True, eq=False)
class Judged:
    """A catalogue, judged queries, and query -> item number -> grade (0 … 3); `asked` are the queries of queries.txt.

    Where the folder holds no judgements, `grades` are empty and `queries` are what is asked.
    """

    catalog: Catalog
    queries: tuple[str, ...]
    grades: Mapping[str, Mapping[int, float]]
    asked: tuple[str, ...] = ()


def load(folder: Path) -> Judged:
    """What the folder holds; queries without a single positive judgement are left out where there are judgements.

    NotFound when it lacks products, or both judgements and queries; BadData where a line is none.
    """
    if not (folder / "products.jsonl.gz").is_file():
        raise NotFound(f"{folder} lacks products.jsonl.gz; right would be a folder like icecat_search")
    catalog = _catalog(_products(folder / "products.jsonl.gz"))
    asked = _asked(folder / "queries.txt")
    if not (folder / "judgments.csv").is_file():
        if not asked:
            raise NotFound(f"{folder} lacks judgments.csv, and queries.txt asks nothing; right would be one of them")
        return Judged(catalog, asked, {}, asked)
    grades: dict[str, dict[int, float]] = {}
    with (folder / "judgments.csv").open(encoding="utf-8-sig", newline="") as rows:
        for row in csv.DictReader(rows):
            try:
                number = catalog.vocabulary.number(row["product_id"])
                grades.setdefault(row["query"], {})[number] = float(row["grade"])
            except (KeyError, ValueError, TypeError) as error:
                raise BadData(f"{folder / 'judgments.csv'}: {row} is no query, product_id, grade") from error
    wanted = tuple(query for query in sorted(grades) if max(grades[query].values()) > 0)
    return Judged(catalog, wanted, grades, asked)


def _products(path: Path) -> list[dict[str, object]]:
    """The rows of the catalogue. BadData with the line that is no product, or where there is none."""
    rows, number = [], 0
    try:
        with gzip.open(path, "rt", encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, 1):  # noqa: B007  the error names it
                rows.append(_row(json.loads(line)))
    except (ValueError, KeyError, TypeError, AttributeError, EOFError, gzip.BadGzipFile) as error:
        raise BadData(f"{path}, line {number}: {error!r}; right would be an object with at least id and title") from error
    if not rows:
        raise BadData(f"{path} holds no products")
    return rows


def _asked(path: Path) -> tuple[str, ...]:
    """The lines of the file, each once; none where there is no file."""
    lines = path.read_text(encoding="utf-8-sig").splitlines() if path.is_file() else []
    return tuple(dict.fromkeys(line.strip() for line in lines if line.strip()))


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
