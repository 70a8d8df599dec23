"""Encoder cost: size, speed and quality of smaller MiniLMs, and of quantised vectors, on products of icecat_search."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks import icecat
from benchmarks.machine import about
from benchmarks.options import Options
from ronghe.compute.local import Local
from ronghe.core.candidates import Candidates
from ronghe.evaluate.ranking import Judged, ndcg
from ronghe.evaluate.wanted import Wanted
from ronghe.methods.encoders.cost.choice import Measured, chosen
from ronghe.methods.encoders.cost.distilling import Lesson
from ronghe.methods.encoders.cost.making import Plan, Variant, narrow, variant
from ronghe.methods.encoders.int8 import int8_of
from ronghe.methods.encoders.item_text import item_texts
from ronghe.methods.encoders.onnx_text import OnnxText, session_of
from ronghe.methods.encoders.tuning.checkpoint import Checkpoint, opened
from ronghe.methods.encoders.tuning.tower import read

DEFAULT = Path(__file__).parents[2] / "shared" / "data" / "icecat_search"
OTHERS = 500  # products that nobody judged, drawn, beside all that somebody did
PLANS = (Plan(), Plan(width=128), Plan(heads=0.5), Plan(layers=3), Plan(layers=2))
WHOLE = PLANS[:2]
LESSON = Lesson()
TURNS, TIMED = 3, 64  # how often times are taken, in turn · products that are timed
LONGEST = 96
Vectors = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Shop:
    """texts of the products · queries, and what is wanted by place in `texts`."""

    texts: list[str]
    queries: tuple[str, ...]
    wanted: Wanted

    @staticmethod
    def of(folder: Path, seed: int) -> "Shop":
        """All judged products and OTHERS more. No query and no grade is learnt from."""
        held = icecat.load(folder)
        judged = {item for of in held.grades.values() for item in of if item >= 0}
        rest = np.setdiff1d(np.arange(len(held.catalog)), np.array(sorted(judged)))
        drawn = np.random.default_rng(seed).choice(rest, min(OTHERS, len(rest)), replace=False)
        items = np.array(sorted({*judged, *drawn.tolist()}))
        place = {int(item): at for at, item in enumerate(items)}
        good = [{place[item]: grade for item, grade in held.grades[q].items() if grade > 0 and item >= 0} for q in held.queries]
        wanted = Wanted.of_lists([list(g) for g in good], [list(g.values()) for g in good])
        return Shop(item_texts(held.catalog, items, ("title", "category")), held.queries, wanted)

    def ndcg(self, items: Vectors, queries: Vectors) -> float:
        """NDCG@10 of the exact nearest products."""
        return self.listed(queries @ items.T)

    def listed(self, score: Vectors) -> float:
        """NDCG@10 of the best by score (queries, products)."""
        best = np.argsort(-score, axis=1, kind="stable")[:, :10]
        found = Candidates.of_lists(list(best), [row[at] for row, at in zip(score, best, strict=True)])
        return float(ndcg(Judged.of(found, self.wanted), 10).mean())


def run(options: Options) -> dict[str, Any]:
    """A row a variant, the whole network by torch in single precision first, then through ONNX Runtime; what quantised vectors
    keep; what each latency budget would choose. Times are of one thread's processor, in turn, in one run. `--only whole` leaves
    the smaller networks out, `--only 3-layers` takes that one alone beside torch.
    """
    torch.set_num_threads(1)
    shop, compute = Shop.of(options.data or DEFAULT, options.seed), Local(options.seed)
    teacher = opened("minilm")
    said = read(teacher, shop.texts)
    plans = WHOLE if options.only == "whole" else tuple(plan for plan in PLANS if options.only in (None, plan.name))
    torch_itself = Torch(teacher).each
    size = sum(4 * weight.numel() for weight in teacher.network.parameters())
    found = [Read("torch fp32", size, torch_itself, said, torch_itself(shop.queries))]
    for plan in plans:
        found += both(variant(teacher, plan, shop.texts, said, LESSON, compute), shop, said)
    rows = table(found, shop)
    figures: dict[str, Any] = {"products": len(shop.texts), "queries": len(shop.queries), "encoders": rows}
    figures["vectors"] = quantised(shop, said, found[0].asked)
    small = [Measured(row["variant"], row["ndcg@10"], row["ms a query"]) for row in rows if row["variant"].endswith("int8")]
    figures["budgets"] = [{"ms": ms, "chosen": chosen(small, ms).name} for ms in (8.0, 4.0, 2.0, 1.0)]
    return figures | about(options)


@dataclass(frozen=True, eq=False)
class Read:
    """A way to read texts: its name, bytes of its weights, what reads one by one, vectors of the products and of the queries."""

    name: str
    size: int
    each: Callable[[Sequence[str]], Vectors]
    products: Vectors
    asked: Vectors


def both(one: Variant, shop: Shop, said: Vectors) -> list[Read]:
    """A variant through ONNX Runtime, in single precision and in int8; products are read in single precision, as a shop does."""
    graph = one.graph()
    plain, tiny = text_of(one, graph), int8_of(graph)
    small = text_of(one, tiny)
    same = not (one.plan.layers or one.plan.heads)
    products = plain.encode(shop.texts) if not same else said if one.turn is None else unit(said @ one.turn)
    return [
        Read(f"{one.plan.name} fp32", len(graph), plain.encode_each, products, plain.encode(shop.queries)),
        Read(f"{one.plan.name} int8", len(tiny), small.encode_each, products, small.encode_each(shop.queries)),
    ]


def table(found: Sequence[Read], shop: Shop) -> list[dict[str, Any]]:
    """A row each; times and losses against the first."""
    readers = {one.name: one.each for one in found}
    typed, long = milliseconds(readers, shop.queries), milliseconds(readers, shop.texts[:: max(len(shop.texts) // TIMED, 1)])
    first, rows = found[0].name, []
    for one in found:
        quality, too = shop.ndcg(one.products, one.asked), shop.ndcg(*whole_in_int8(one, shop))
        rows.append({
            "variant": one.name, "MB": round(one.size / 1e6, 1), "ms a query": round(typed[one.name], 2),
            "products/s": round(1000 / long[one.name]), "queries, times torch": round(typed[first] / typed[one.name], 2),
            "products, times torch": round(long[first] / long[one.name], 2), "ndcg@10": round(quality, 4),
            "loss %": round(100 * (1 - quality / shop.ndcg(found[0].products, found[0].asked)), 2),
            "ndcg@10, products in int8 too": round(too, 4),
        })  # fmt: skip
    return rows


def whole_in_int8(one: Read, shop: Shop) -> tuple[Vectors, Vectors]:
    """Vectors of products and queries where products, too, are read as queries are; the same as before unless that is in int8."""
    return (one.each(shop.texts) if one.name.endswith("int8") else one.products), one.asked


@dataclass(frozen=True, eq=False)
class Torch:
    """The checkpoint as transformers runs it."""

    checkpoint: Checkpoint

    def each(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors (texts, dim), one text after the other."""
        return np.concatenate([read(self.checkpoint, [text], LONGEST) for text in texts])


def text_of(one: Variant, graph: bytes) -> OnnxText:
    """The graph of a variant, ready to read."""
    tokenizer = one.checkpoint.tokenizer
    tokenizer.enable_truncation(LONGEST)
    return OnnxText(session_of(graph), tokenizer)


def milliseconds(readers: dict[str, Callable[[Sequence[str]], Vectors]], texts: Sequence[str]) -> dict[str, float]:
    """Milliseconds of processor a text, one by one: the median over texts of the quickest of TURNS; readers take turns."""
    taken = {name: np.full((TURNS, len(texts)), np.inf) for name in readers}
    for turn in range(TURNS):
        for name, each in readers.items():
            for at, text in enumerate(texts):
                begun = time.thread_time()
                each([text])
                taken[name][turn, at] = 1000 * (time.thread_time() - begun)
    return {name: float(np.median(times.min(axis=0))) for name, times in taken.items()}


def quantised(shop: Shop, items: Vectors, queries: Vectors) -> list[dict[str, Any]]:
    """What is left of the exact ten nearest, and of NDCG@10, when candidates come from small vectors: as they are, and rescored."""
    exact = queries @ items.T
    turn = narrow(items, 128)
    short, asked = unit(items @ turn), unit(queries @ turn)
    scale = np.abs(items).max(axis=0)
    bits = np.where(items > 0, 1.0, -1.0) @ np.where(queries > 0, 1.0, -1.0).T
    rough: dict[str, tuple[float, Vectors]] = {
        "single precision": (4.0 * items.shape[1], exact),
        "half precision": (2.0 * items.shape[1], queries @ items.astype(np.float16).astype(np.float32).T),
        "int8": (1.0 * items.shape[1], queries @ (np.round(items / scale * 127) * scale / 127).T),
        "width 128, half precision": (256.0, asked @ short.T),
        "width 128, int8": (128.0, asked @ (np.round(short * 127) / 127).T),
        "binary": (items.shape[1] / 8, bits.T),
    }
    return [
        {
            "vectors": name, "bytes": round(size), "kept of the ten nearest": round(kept(exact, score, 10), 3),
            "ndcg@10": round(shop.listed(score), 4), "kept, 40 rescored": round(kept(exact, score, 40), 3),
            "ndcg@10, 40 rescored": round(shop.listed(rescored(exact, score, 40)), 4),
        }
        for name, (size, score) in rough.items()
    ]  # fmt: skip


def kept(exact: Vectors, rough: Vectors, among: int) -> float:
    """Share of the exact ten nearest that are `among` the best of the rough scores."""
    ten = np.argsort(-exact, axis=1, kind="stable")[:, :10]
    best = np.argsort(-rough, axis=1, kind="stable")[:, :among]
    return float(np.mean([np.isin(a, b).mean() for a, b in zip(ten, best, strict=True)]))


def rescored(exact: Vectors, rough: Vectors, among: int) -> Vectors:
    """Exact scores of the `among` best of the rough ones, none of the others."""
    score = np.full(exact.shape, -np.inf, dtype=np.float32)
    best = np.argsort(-rough, axis=1, kind="stable")[:, :among]
    np.put_along_axis(score, best, np.take_along_axis(exact, best, axis=1), axis=1)
    return score


def unit(vectors: Vectors) -> Vectors:
    """The same directions, of length 1."""
    length: Vectors = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / length
