"""LensKit's half of `ronghe bench peers`: tasks come and answers go as JSON lines; it needs lenskit, and nothing of Ronghe."""

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from lenskit.als import ImplicitMFScorer
from lenskit.data import ItemList, RecQuery, from_interactions_df
from lenskit.knn import ItemKNNScorer
from lenskit.training import TrainingOptions

SCORERS = {"item-knn": lambda given: ItemKNNScorer(feedback="implicit", **given), "als": lambda given: ImplicitMFScorer(**given)}


def main() -> None:
    """Until the tasks end."""
    tell(version=f"lenskit {version('lenskit')}")
    scorer: Any = None
    for line in sys.stdin:
        task = json.loads(line)
        at = Path(task["at"])
        if task["do"] == "fit":
            scorer, seconds = fitted(task, at)
            tell(seconds=seconds)
        else:
            answer(*scorer, at, task["k"])
            tell(done=True)


def tell(**said: Any) -> None:
    """One line to whoever asked."""
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def fitted(task: dict[str, Any], at: Path) -> tuple[tuple[Any, Any], float]:
    """The scorer with what it learnt from, and the processor seconds that it took to learn from liking.npz."""
    liking = sp.load_npz(at / "liking.npz").tocoo()
    start = time.process_time()
    data = from_interactions_df(pd.DataFrame({"user_id": liking.row, "item_id": liking.col}))
    scorer = SCORERS[task["kind"]](task["settings"])
    scorer.train(data, TrainingOptions(rng=task["seed"]))
    return (scorer, data), time.process_time() - start


def answer(scorer: Any, data: Any, at: Path, k: int) -> None:
    """item.npy and score.npy (users, k), best first, -1 where nothing is left, for the users of users.npy."""
    users = np.load(at / "users.npy")
    every = ItemList(item_ids=data.items.ids())
    ids = np.asarray(every.ids())
    item, score = np.full((len(users), k), -1, dtype=np.int64), np.zeros((len(users), k), dtype=np.float32)
    for row, user in enumerate(users.tolist()):
        past = data.user_row(user)
        if past is None:
            continue
        said = np.asarray(scorer(query=RecQuery(user_id=user, user_items=past), items=every).scores(), dtype=np.float64)
        best = np.argsort(np.where(np.isnan(said), np.inf, -said), kind="stable")[:k]
        best = best[~np.isnan(said[best])]
        item[row, : len(best)], score[row, : len(best)] = ids[best], said[best]
    np.save(at / "item.npy", item)
    np.save(at / "score.npy", score)


if __name__ == "__main__":
    main()
