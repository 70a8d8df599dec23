"""Fine-tuned text encoders: what a shop's words and judged queries make of MiniLM, by itself as a leg of search (icecat_search)."""

import hashlib
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import icecat
from benchmarks.learned_search import FOLDS, folds, near_duplicates
from benchmarks.options import Options
from ronghe.compute.local import Local
from ronghe.core.candidates import Candidates
from ronghe.core.dataset import Dataset
from ronghe.core.errors import NotFound
from ronghe.core.events import Events
from ronghe.core.restated import text_digest
from ronghe.evaluate.ranking import Judged, ndcg, recall
from ronghe.evaluate.significance import paired
from ronghe.evaluate.wanted import Wanted
from ronghe.methods.encoders.item_text import item_texts
from ronghe.methods.encoders.onnx_text import Vectors

DEFAULT = Path(__file__).parents[2] / "shared" / "data" / "icecat_search"
KEPT = Path(__file__).parents[1] / "out" / "encoders"  # where the encoder of the last run lies, for `bench search`
ONLY = ("words", "judged", "ablation")
SAYS = ("title", "category")
WORDS: dict[str, Any] = {"kinds": ("made",), "most": 19_000, "tokens": 32, "freeze": 2, "rate": 5e-5, "checks": 3}
JUDGED: dict[str, Any] = {"kinds": ("query",), "tokens": 32, "freeze": 2, "rate": 5e-5, "epochs": 3, "batch": 32, "held": 0.0}
CHANGES: dict[str, dict[str, Any]] = {
    "as it is": {}, "low-rank changes (16)": {"lora": 16, "rate": 5e-4}, "batches by chance": {"near": 1},
    "one more hard negative a pair": {"negatives": 1}, "asked as it is, never otherwise": {"augment": 0.0},
    "nested widths (64, 128)": {"widths": (64, 128)}, "adapted first (40 batches)": {"adapt": 40},
    "category and brand foretold": {"facts": 0.2}, "all layers learn": {"freeze": 0},
}  # fmt: skip
SMALL, OTHERS = 2_000, 500  # pairs, and items nobody judged, of the ablation
NEAREST = 300  # items that the tuned encoders of the folds put in order, found by the one that saw no judgement


@dataclass(frozen=True, eq=False)
class Shop:
    """The judged catalogue, what each item says, what is wanted, and the fold of each query."""

    held: icecat.Judged
    texts: tuple[str, ...]
    wanted: Wanted
    fold: NDArray[np.int64]

    @staticmethod
    def of(folder: Path, seed: int) -> "Shop":
        """The shop in a folder like icecat_search."""
        held = icecat.load(folder)
        if not held.grades:
            raise NotFound(f"{folder} holds no judgments.csv; right would be a folder like icecat_search")
        good = [{item: grade for item, grade in held.grades[q].items() if grade > 0 and item >= 0} for q in held.queries]
        wanted = Wanted.of_lists([list(g) for g in good], [list(g.values()) for g in good])
        texts = tuple(item_texts(held.catalog, np.arange(len(held.catalog)), SAYS))
        return Shop(held, texts, wanted, folds(near_duplicates(held.queries), seed))

    @property
    def data(self) -> Dataset:
        """The catalogue alone: no query, no judgement."""
        return Dataset(self.held.catalog, Events.empty(), 1.0, 0)

    def figures(self, found: Candidates) -> dict[str, NDArray[np.float64]]:
        """NDCG@10, Recall@10 and Recall@100 of each query."""
        top = {places: Judged.of(found.top(places), self.wanted) for places in (10, 100)}
        return {"ndcg@10": ndcg(top[10], 10), "recall@10": recall(top[10], 10), "recall@100": recall(top[100], 100)}


def run(options: Options) -> dict[str, Any]:
    """Zero-shot against tuned on the catalogue's words (`--only words`); tuned on judged queries too, 5-fold by query (`judged`:
    begins with the encoder that lies there); what each ingredient brings on a part of the catalogue (`ablation`). Without --only
    the first two.
    """
    import torch

    if options.only is not None and options.only not in ONLY:
        raise NotFound(f"no part {options.only!r} here; there are {', '.join(ONLY)}")
    torch.set_num_threads(1)
    shop = Shop.of(options.data or DEFAULT, options.seed)
    if options.only == "ablation":
        return _ablation(shop, options)
    figures = {"queries": len(shop.held.queries), "items": len(shop.texts), "unjudged": "gain 0"}
    return figures | _words(shop, options)


def _words(shop: Shop, options: Options) -> dict[str, Any]:
    """Zero-shot, tuned on words, and, unless --only words, tuned on judged queries of four folds and asked those of the fifth."""
    from ronghe.methods.encoders.named import encoder_of

    folder, report = (kept(shop.data, options.seed), {}) if options.only == "judged" else tuned_on_words(shop.data, options)
    encoder = encoder_of(str(folder))
    clock = time.monotonic()
    vectors = _read(encoder.encode, shop.texts)
    took = time.monotonic() - clock
    leg = _nearest(vectors, encoder.encode(shop.held.queries))
    found = {"tuned on words": leg}
    if options.only != "judged":
        found["zero-shot"] = _nearest(
            _read(encoder_of("minilm").encode, shop.texts), encoder_of("minilm").encode(shop.held.queries)
        )
    if options.only != "words":
        found["and on judged queries, 5-fold"] = _crossed(shop, folder, leg, options)
    values = {name: shop.figures(lists) for name, lists in found.items()}
    figures: dict[str, Any] = {
        f"{metric} {name}": round(float(v.mean()), 4) for name, held in values.items() for metric, v in held.items()
    }
    for name, other in [("tuned on words", "zero-shot"), ("and on judged queries, 5-fold", "tuned on words")]:
        if name in values and other in values:
            gain = paired(values[name]["ndcg@10"], values[other]["ndcg@10"], options.seed)
            figures[f"{name} against {other}"] = {
                "difference": round(gain.mean, 4),
                "low": round(gain.low, 4),
                "high": round(gain.high, 4),
                "p": round(gain.p, 4),
            }
    return figures | {"seconds to read all items": round(took, 1)} | ({"course": _told(report)} if report else {})


def tuned_on_words(data: Dataset, options: Options) -> tuple[Path, Mapping[str, Any]]:
    """An encoder tuned on the catalogue's words, in at most half the budget, and its report; what was stopped goes on."""
    from ronghe.learn.fine_tune import written
    from ronghe.methods.encoders.tuning.course import Course
    from ronghe.methods.encoders.tuning.tuned import tune

    course = Course(**WORDS, minutes=options.budget / 2)
    folder = kept(data, options.seed)
    made = tune(data, course, Local(options.seed), state=folder.with_name(f"{folder.name}-unfinished"))
    return folder, written(made.checkpoint, made.report, folder, [title for title in data.catalog.title[:24] if title])


def kept(data: Dataset, seed: int) -> Path:
    """Where the encoder that was tuned on a catalogue's words lies, or will."""
    return KEPT / f"words-{hashlib.sha256(text_digest(data.catalog).tobytes()).hexdigest()[:12]}-{seed}"


def _crossed(shop: Shop, folder: Path, leg: Candidates, options: Options) -> Candidates:
    """The queries of each fold, their nearest items put in order by an encoder that saw the judgements of the others alone."""
    from ronghe.methods.encoders.tuning.course import Course
    from ronghe.methods.encoders.tuning.tower import read
    from ronghe.methods.encoders.tuning.tuned import tune

    near = leg.top(NEAREST)
    score = np.full(len(near.item), np.nan, dtype=np.float32)
    for out in range(FOLDS):
        typed = {
            q: [i for i, grade in shop.held.grades[q].items() if grade > 0]
            for q, f in zip(shop.held.queries, shop.fold.tolist(), strict=True)
            if f != out
        }
        course = Course(**JUDGED, checkpoint=str(folder / "checkpoint"), minutes=options.budget / 2 / FOLDS)
        made = tune(shop.data, course, Local(options.seed), typed)
        rows = np.flatnonzero(shop.fold[near.query] == out)
        items, place = np.unique(near.item[rows], return_inverse=True)
        said = read(made.checkpoint, [shop.texts[item] for item in items.tolist()], course.tokens)
        asked = read(made.checkpoint, shop.held.queries, course.tokens)
        score[rows] = (said[place] * asked[near.query[rows]]).sum(axis=1)
    return near.scored(score).top(100)


def _ablation(shop: Shop, options: Options) -> dict[str, Any]:
    """The same small course with one thing changed, judged among the judged items and some others."""
    from ronghe.methods.encoders.tuning.checkpoint import opened
    from ronghe.methods.encoders.tuning.course import Course
    from ronghe.methods.encoders.tuning.tower import read
    from ronghe.methods.encoders.tuning.tuned import tune

    judged = np.array(sorted({item for query in shop.held.queries for item in shop.held.grades[query] if item >= 0}))
    others = np.setdiff1d(np.arange(len(shop.texts)), judged)
    items = np.concatenate([judged, np.random.default_rng(options.seed).permutation(others)[:OTHERS]])
    texts = [shop.texts[item] for item in items.tolist()]

    def scored(checkpoint: Any) -> dict[str, float]:
        vectors, asked = read(checkpoint, texts, WORDS["tokens"]), read(checkpoint, shop.held.queries, WORDS["tokens"])
        found = shop.figures(_nearest(vectors, asked, items))
        return {name: round(float(values.mean()), 4) for name, values in found.items()}

    rows: list[dict[str, Any]] = [{"course": "zero-shot", **scored(opened("minilm")), "seconds": 0.0}]
    clock, deadline = time.monotonic(), 60 * options.budget
    for name, change in CHANGES.items():
        print(rows[-1], file=sys.stderr, flush=True)  # one that is stopped has said what it knew
        if time.monotonic() - clock > deadline:
            break
        start = time.process_time()
        made = tune(shop.data, replace(Course(**{**WORDS, "most": SMALL, "checks": 1}), **change), Local(options.seed))
        rows.append({"course": name, **scored(made.checkpoint), "seconds": round(time.process_time() - start, 1)})
    return {"items": len(items), "pairs": SMALL, "courses": rows}


def _read(encode: Any, texts: Sequence[str]) -> Vectors:
    """Vectors of the texts, each text read once."""
    place = {text: at for at, text in enumerate(dict.fromkeys(texts))}
    vectors: Vectors = encode(list(place))[[place[text] for text in texts]]
    return vectors


def _nearest(vectors: Vectors, asked: Vectors, items: NDArray[np.int64] | None = None) -> Candidates:
    """The items nearest to each question, best first."""
    number = np.arange(len(vectors)) if items is None else items
    score = asked @ vectors.T
    order = np.argsort(-score, axis=1, kind="stable")[:, :NEAREST]
    return Candidates.of_lists([number[row] for row in order], [score[at][row] for at, row in enumerate(order)])


def _told(report: Mapping[str, Any]) -> dict[str, Any]:
    """What of a report a table shows."""
    shown = {name: report[name] for name in ("minutes", "cutoff", "before", "after", "parity")}
    return shown | {"steps": report["curve"][-1]["step"], "pairs": json.dumps(report["pairs"])}
