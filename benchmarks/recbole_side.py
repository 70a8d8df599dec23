"""RecBole's half of `ronghe bench peers`: tasks come and answers go as JSON lines; it needs recbole, and nothing of Ronghe."""

import json
import logging
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from recbole.config import Config
from recbole.data import create_dataset
from recbole.data.dataloader import TrainDataLoader
from recbole.data.interaction import Interaction
from recbole.data.utils import create_samplers
from recbole.utils import get_model, get_trainer, init_seed

KINDS = {"item-knn": "ItemKNN", "bpr": "BPR"}
ALWAYS = {
    "load_col": {"inter": ["user_id", "item_id"]}, "show_progress": False, "state": "ERROR", "use_gpu": False, "device": "cpu",
    "eval_args": {"split": {"RS": [1.0, 0.0, 0.0]}, "order": "RO", "group_by": "none", "mode": "full"}, "train_batch_size": 2048,
}  # fmt: skip
AT_ONCE = 64


def main() -> None:
    """Until the tasks end."""
    lines, sys.stdout = sys.stdout, sys.stderr  # what the package prints is no answer
    logging.disable(logging.CRITICAL)
    torch.set_num_threads(1)
    tell(lines, version=f"recbole {version('recbole')}")
    held: Any = None
    for line in sys.stdin:
        task = json.loads(line)
        at = Path(task["at"])
        if task["do"] == "fit":
            held, seconds = fitted(task, at)
            tell(lines, seconds=seconds)
        else:
            answer(*held, at, task["k"])
            tell(lines, done=True)


def tell(lines: Any, **said: Any) -> None:
    """One line to whoever asked."""
    lines.write(json.dumps(said) + "\n")
    lines.flush()


def fitted(task: dict[str, Any], at: Path) -> tuple[tuple[Any, Any], float]:
    """The model with what it learnt from, and the processor seconds that it took to learn from liking.npz."""
    liking = sp.load_npz(at / "liking.npz").tocoo()
    (at / "shop").mkdir(exist_ok=True)
    rows = (f"{user}\t{item}\n" for user, item in zip(liking.row.tolist(), liking.col.tolist(), strict=True))
    (at / "shop" / "shop.inter").write_text("user_id:token\titem_id:token\n" + "".join(rows), encoding="utf-8")
    start = time.process_time()
    given = {**ALWAYS, "data_path": str(at), "checkpoint_dir": str(at), "seed": task["seed"], **task["settings"]}
    sys.argv = sys.argv[:1]
    config = Config(model=KINDS[task["kind"]], dataset="shop", config_dict=given)
    init_seed(config["seed"], config["reproducibility"])
    data = create_dataset(config)
    parts = data.build()
    sampler = create_samplers(config, data, parts)[0]
    loader = TrainDataLoader(config, parts[0], sampler, shuffle=True)
    model = get_model(config["model"])(config, parts[0]).to(config["device"])
    trainer = get_trainer(config["MODEL_TYPE"], config["model"])(config, model)
    trainer.fit(loader, None, verbose=False, saved=False, show_progress=False)
    return (model, data), time.process_time() - start


def answer(model: Any, data: Any, at: Path, k: int) -> None:
    """item.npy and score.npy (users, k), best first, -1 where nothing is left, for the users of users.npy."""
    users = np.load(at / "users.npy")
    number = {token: int(n) for token, n in data.field2token_id["user_id"].items() if token != "[PAD]"}
    items = np.array([-1 if token == "[PAD]" else int(token) for token in data.field2id_token["item_id"]])
    item, score = np.full((len(users), k), -1, dtype=np.int64), np.zeros((len(users), k), dtype=np.float32)
    known = np.flatnonzero([str(user) in number for user in users.tolist()])
    model.eval()
    for start in range(0, len(known), AT_ONCE):
        some = known[start : start + AT_ONCE]
        asked = torch.tensor([number[str(user)] for user in users[some].tolist()])
        with torch.no_grad():
            said = np.asarray(model.full_sort_predict(Interaction({"user_id": asked}))).reshape(len(some), -1)
        said = np.where(items < 0, -np.inf, said)
        best = np.argsort(-said, axis=1, kind="stable")[:, : min(k, len(items) - 1)]
        item[some, : best.shape[1]], score[some, : best.shape[1]] = items[best], np.take_along_axis(said, best, axis=1)
    np.save(at / "item.npy", item)
    np.save(at / "score.npy", score)


if __name__ == "__main__":
    main()
