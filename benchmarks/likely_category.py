"""How often a few words of a held-out title name its category, how calibrated the odds are, and what the gain does to the order."""

from pathlib import Path
from typing import Any

from benchmarks import icecat
from benchmarks.options import Options
from ronghe.compute.local import Local
from ronghe.core.dataset import Dataset
from ronghe.core.events import Events
from ronghe.core.queries import Queries
from ronghe.evaluate.ranking import Judged, ndcg
from ronghe.evaluate.wanted import Wanted
from ronghe.funnel.fusion import ReciprocalRank, leaning
from ronghe.methods.lexical.bm25 import BM25
from ronghe.methods.understand.likely_category import LikelyCategory

DEPTH = 200


def run(folder: Path, held: icecat.Judged, wanted: Wanted, options: Options) -> dict[str, Any]:
    """Accuracy and calibration on held-out titles, NDCG@10 of bm25 without and with the gain, nothing tuned on the judgements."""
    data, compute = Dataset(held.catalog, Events.empty(), 1.0, 0), Local(options.seed)
    model = LikelyCategory().fit(data, compute)
    queries = model.rewrite(Queries.of(len(held.queries), text=held.queries))
    found = ReciprocalRank().fuse({"bm25": BM25().fit(data, compute).retrieve(queries, DEPTH)})
    lists = {"bm25": found, "bm25, likely-category": leaning(found, "likely-category", model.lean(queries, found))}
    words = model.words
    return {
        "queries": len(queries), "items": len(held.catalog), "categories": len(model.paths), "folder": folder.name,
        "accuracy on held-out titles": round(words.accuracy, 4), "calibration error, 15 bins": round(words.error, 4),
        "mu": words.mu, "heat": list(words.heat),
        **{f"ndcg@10 {name}": round(float(ndcg(Judged.of(one.top(10), wanted), 10).mean()), 4) for name, one in lists.items()},
    }  # fmt: skip
