"""Pictures and sounds by words, and by each other: recall among files that nobody learnt from, three draws of them.

A folder with products.csv is a shop of garments: 1,000 are held out, the text of each (name, category, colour, season, year, use,
gender) asks for its picture among their 1,000; then each picture asks for others of its type. A folder with clips.csv is a shop of
sounds: one clip of each instrument is held out; the instrument's name and family ask for it among those held out, and each
held-out clip asks all others for the one of the same instrument. Settings are chosen on a fourth of the other items.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.held_out import Clock
from benchmarks.machine import about
from benchmarks.options import Options
from ronghe.compute.local import Local
from ronghe.core.catalog import SCHEMA, Catalog
from ronghe.core.errors import BadData
from ronghe.core.media import MediaFiles
from ronghe.methods.encoders.multimodal.captions import fields_of, whole
from ronghe.methods.encoders.multimodal.gathering import Raw
from ronghe.methods.encoders.multimodal.heads import Head, unit
from ronghe.methods.encoders.multimodal.learning import refined, started
from ronghe.methods.encoders.multimodal.multimodal import Multimodal
from ronghe.methods.encoders.multimodal.senses import FILES, SENSES, files_of
from ronghe.methods.encoders.named import encoder_of
from ronghe.methods.encoders.text_rows import distinct
from ronghe.stores.sources import named

DEFAULT = Path(__file__).parents[2] / "shared" / "data" / "fashion"
KEPT = Path(__file__).parents[1] / "out" / "media"  # features of files, worked out once
DRAWS, HELD, VALID = 3, 1_000, 0.25
TRIES: Mapping[str, tuple[Any, ...]] = {
    "epochs": (0,),
    "width": (256,),
    "hidden": (1024,),
}  # beside the defaults, one after the other
K = (1, 5, 10)
Items = NDArray[np.int64]
Figures = dict[str, float]


@dataclass(frozen=True)
class Task:
    """source: of the items · sense: what is looked for · says: what asks · main: the figure by which settings are chosen."""

    source: str
    sense: str
    says: tuple[str, ...]
    main: str


FASHION = Task("fashion", "looks", ("title", "category", "attributes"), "text recall@10")
CLIPS = Task("clips", "sounds", ("title", "category"), "text recall@5")


def run(options: Options) -> dict[str, Any]:
    """A row a system, the mean over draws with its spread; `--out` gets the files found by the texts of the first draw."""
    clock, folder = Clock.started(), options.data or DEFAULT
    task = CLIPS if (folder / "clips.csv").is_file() else FASHION
    if options.blind:
        raise BadData("media has no blind form: what is right is in the file of the items")
    learner = Multimodal(says=task.says, factors=0)
    catalog = items_of(task, folder)
    raw = pairs_of(task, catalog, Local(options.seed))
    kinds = kinds_of(catalog, raw.items)
    rows: dict[str, list[Figures]] = {}
    chosen = []
    for draw in range(DRAWS):
        known, asked = cut(task, kinds, len(raw.items), np.random.default_rng([options.seed, draw]))
        best = tuned(task, learner, raw, kinds, known, options.seed + draw, clock, options.budget * 60 * (draw + 1) / (DRAWS + 1))
        chosen.append({name: getattr(best, name) for name in TRIES})
        for name, setting in {"features alone": None, "closed form": replace(best, epochs=0), "multimodal": best}.items():
            heads = None if setting is None else heads_of(setting, raw.take(known), options.seed + draw)
            rows.setdefault(name, []).append(scored(task, raw, kinds, heads, known, asked))
            if name == "multimodal" and draw == 0 and options.out and heads:
                write(options.out, raw, catalog, heads, task, asked)
    table = [{"system": name} | summary(figures) for name, figures in rows.items()]
    facts = {
        "items": len(raw.items),
        "held out": len(asked),
        "draws": DRAWS,
        "unread files": sum(missed for missed, _ in raw.unread.values()),
        "chosen": str(chosen),
    }
    return facts | {"systems": table} | clock.figures() | about(options)


def items_of(task: Task, folder: Path) -> Catalog:
    """The items of a folder, whose files are read there."""
    [part] = named(task.source, folder).parts()
    table = pl.concat([pl.DataFrame(chunk.rows) for chunk in part.chunks(0)])
    blank = {
        "description": "",
        "brand": "",
        "image": "",
        "group": "",
        "deleted": False,
        "price": None,
        "stock": None,
        "created": None,
    }
    columns = [pl.col(n) if n in table.columns else pl.lit(blank[n]).alias(n) for n in SCHEMA]
    return Catalog(table.select(columns).cast(SCHEMA), MediaFiles(folder, KEPT))


def pairs_of(task: Task, catalog: Catalog, compute: Local) -> Raw:
    """Each item's file and its whole text, and nothing else of it: what is measured is how these two find each other."""
    items = np.arange(len(catalog))
    texts = [whole(fields) for fields in fields_of(catalog, items, task.says)]
    every, same = distinct(texts)
    vectors = encoder_of("minilm").encode(every, threads=compute.threads, track=compute.track)[same]
    files = files_of(catalog, items, task.sense, compute.track)
    none = np.full(len(items), -1, dtype=np.int64)
    raw = {name: np.zeros((0, vectors.shape[1]), dtype=np.float32) for name in SENSES} | {task.sense: files.read.features}
    row = dict.fromkeys(SENSES, none) | {task.sense: files.read.row}
    copies = {name: np.zeros((0, *raw[name].shape), dtype=np.float16) for name in FILES} | {task.sense: files.copies}
    nobody = np.zeros(len(items), dtype=np.int64)
    found = Raw(items, vectors[None], same, raw, row, copies, nobody, files.read.wrong, np.zeros((0, 2), dtype=np.int64))
    return found.take(np.flatnonzero(files.read.row >= 0))


def kinds_of(catalog: Catalog, items: Items) -> Items:
    """What counts as the same: a garment's type (its category path), a sound's instrument (its title)."""
    rows = catalog.table[items]
    sounds = rows["image"].str.len_chars().max() == 0
    return np.unique(rows["title" if sounds else "category"].to_numpy(), return_inverse=True)[1].reshape(-1)


def cut(task: Task, kinds: Items, size: int, rng: np.random.Generator, share: float | None = None) -> tuple[Items, Items]:
    """Places that are known, and places that are asked for: a share of all; else one of each instrument, or HELD garments."""
    order = rng.permutation(size)
    if share is not None:
        held = order[: int(share * size)]
    elif task is CLIPS:
        held = order[np.unique(kinds[order], return_index=True)[1]]
    else:
        held = order[:HELD]
    return np.setdiff1d(order, held), np.sort(held)


def tuned(task: Task, start: Multimodal, raw: Raw, kinds: Items, known: Items, seed: int, clock: Clock, until: float) -> Multimodal:
    """The settings with which a part of the known items is found best by what was learnt from the rest."""
    rest, held = cut(task, kinds[known], len(known), np.random.default_rng(seed), VALID)
    rest, held = known[rest], known[held]

    def quality(setting: Multimodal) -> float:
        return scored(task, raw, kinds, heads_of(setting, raw.take(rest), seed), rest, held)[task.main]

    if clock.seconds > until:
        return start
    best, top = start, quality(start)
    for name, values in TRIES.items():
        for value in values:
            if clock.seconds > until:
                return best
            if (now := quality(trial := replace(best, **{name: value}))) > top:
                best, top = trial, now
    return best


def heads_of(setting: Multimodal, raw: Raw, seed: int) -> dict[str, Head]:
    """Heads learnt from these items alone."""
    heads, across = started(raw, setting.width)
    return refined(raw, heads, across, setting.course, Local(seed))[0] if setting.epochs else heads


def scored(task: Task, raw: Raw, kinds: Items, heads: Mapping[str, Head] | None, known: Items, asked: Items) -> Figures:
    """Figures of one draw. heads: None compares the networks' features as they are, which know no words."""
    features = raw.raw[task.sense][raw.row[task.sense]].astype(np.float32)
    files = unit(features - features[known].mean(axis=0)) if heads is None else heads[task.sense](features)
    found = {} if heads is None else by_text(heads["typed"](raw.texts[0][asked]) @ files[asked].T, raw.same[asked])
    if task is CLIPS:
        return found | by_sound(files, kinds, asked)
    alike = files[asked] @ files[asked].T
    np.fill_diagonal(alike, -np.inf)
    best = np.argsort(-alike, axis=1, kind="stable")[:, :10]
    return found | {"picture precision@10": float((kinds[asked][best] == kinds[asked][:, None]).mean())}


def by_text(score: NDArray[np.float32], same: Items) -> Figures:
    """Recall of each text's own file, and of any file whose item says the same; a file as near as another stands behind it."""
    own = np.diag(score)[:, None]
    alike = same[:, None] == same[None]
    nearest = np.where(alike, score, -np.inf).max(axis=1)[:, None]
    strict = ((score >= own) & ~np.eye(len(score), dtype=bool)).sum(axis=1)
    equal = ((score >= nearest) & ~alike).sum(axis=1)
    found = {f"text recall@{k}": float((strict < k).mean()) for k in K}
    return found | {f"equal texts recall@{k}": float((equal < k).mean()) for k in K}


def by_sound(files: NDArray[np.float32], kinds: Items, asked: Items) -> Figures:
    """Recall of a sound of the same instrument among all sounds but the one that asks."""
    alike = files[asked] @ files.T
    alike[np.arange(len(asked)), asked] = -np.inf
    best = kinds[np.argsort(-alike, axis=1, kind="stable")]
    return {f"sound recall@{k}": float((best[:, :k] == kinds[asked][:, None]).any(axis=1).mean()) for k in K}


def summary(figures: list[Figures]) -> dict[str, Any]:
    """Mean over the draws and standard deviation."""
    means = {name: np.array([one[name] for one in figures]) for name in figures[0]}
    return {name: f"{values.mean():.3f} ± {values.std(ddof=1):.3f}" for name, values in means.items()}


def write(path: Path, raw: Raw, catalog: Catalog, heads: Mapping[str, Head], task: Task, asked: Items) -> None:
    """Rows "query item rank score": for the item whose text asks, the ten items whose files are nearest."""
    ids = catalog.table["id"].to_list()
    files = heads[task.sense](raw.raw[task.sense][raw.row[task.sense][asked]])
    score = heads["typed"](raw.texts[0][asked]) @ files.T
    with path.open("w", encoding="utf-8") as out:
        for at, best in enumerate(np.argsort(-score, axis=1, kind="stable")[:, :10]):
            for rank, one in enumerate(best):
                names = ids[raw.items[asked[at]]], ids[raw.items[asked[one]]]
                out.write(f"{names[0]}\t{names[1]}\t{rank + 1}\t{score[at, one]:.6g}\n")
