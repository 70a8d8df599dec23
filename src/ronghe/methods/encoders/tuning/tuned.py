"""Fine-tuning from end to end: pairs, lesson, adapting, course; an encoder and a report of how it went."""

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from ronghe.core.dataset import Dataset
from ronghe.core.roles import Compute
from ronghe.methods.encoders.tuning.adapting import adapted
from ronghe.methods.encoders.tuning.checkpoint import Checkpoint, opened
from ronghe.methods.encoders.tuning.course import Course
from ronghe.methods.encoders.tuning.judging import judged
from ronghe.methods.encoders.tuning.keeping import Kept, found, keep
from ronghe.methods.encoders.tuning.lesson import Lesson, Teacher, lesson_of
from ronghe.methods.encoders.tuning.pairs import KINDS, Pairs, pairs_of
from ronghe.methods.encoders.tuning.shaping import shaped
from ronghe.methods.encoders.tuning.together import trained
from ronghe.methods.encoders.tuning.tower import read

Typed = Mapping[str, Sequence[int]]


@dataclass(frozen=True, eq=False)
class Tuned:
    """checkpoint: what was learnt · report: settings, counts, curve, figures before and after, times."""

    checkpoint: Checkpoint
    report: dict[str, Any]


def tune(
    data: Dataset,
    course: Course,
    compute: Compute,
    typed: Typed | None = None,
    teacher: Teacher | None = None,
    state: Path | None = None,
) -> Tuned:
    """An encoder tuned on a shop.

    typed: what shoppers typed and the items that answered it · teacher: scores of texts and items whose margins are learnt ·
    state: folder in which the course keeps where it is; a course of the same settings, pairs and seed goes on there.
    """
    clock = time.monotonic()
    torch.set_num_threads(compute.threads)
    checkpoint = opened(course.checkpoint)
    pairs = pairs_of(data, course.kinds, course.says, course.most, compute.seed, typed)
    key = _key(course, pairs, compute.seed)
    width = min(course.tokens, checkpoint.longest)
    lesson = lesson_of(
        pairs, data.catalog, course, compute.seed, teacher, lambda texts: read(checkpoint, texts, width, track=compute.track)
    )
    start = judged(lesson, lambda texts: read(checkpoint, texts, width)) if course.adapt else {}
    checkpoint, hidden = _adapted(course, checkpoint, lesson, compute, state, key)
    learnt, curve = trained(course, checkpoint, lesson, compute, state, key)
    best = max(curve, key=lambda point: point.get("ndcg@10") or 0.0)
    report = {
        "course": course.told(), "seed": compute.seed, "pairs": _counts(lesson.pairs), "judging pairs": _counts(lesson.judged),
        "items": len(data.catalog), "before": _figures(start or curve[0]), "after": _figures(best),
        "adapting": hidden, "curve": curve,
        "cutoff": best.get("cutoff", 0.0), "minutes": round((time.monotonic() - clock) / 60, 2),
        "device": "cuda" if torch.cuda.is_available() else "cpu",
    }  # fmt: skip
    return Tuned(learnt, report)


def _adapted(
    course: Course, checkpoint: Checkpoint, lesson: Lesson, compute: Compute, state: Path | None, key: str
) -> tuple[Checkpoint, list[float]]:
    """The checkpoint after reading the shop's texts, and what it lost by steps; taken from `state` where that was done before."""
    if not course.adapt:
        return checkpoint, []
    place = state / "adapted" if state is not None else None
    held = found(place, key) if place is not None else None
    if held is not None:
        checkpoint.network.load_state_dict(held.tensors)
        return checkpoint, list(held.told["losses"])
    texts = list(dict.fromkeys(lesson.pairs.answer))
    shaped(checkpoint, course.freeze, 0)
    losses = adapted(checkpoint, texts, course.adapt, course.batch, course.tokens, course.rate, compute)
    if place is not None:
        keep(place, key, Kept(dict(checkpoint.network.state_dict()), {"step": course.adapt, "losses": losses}))
    return checkpoint, losses


def _figures(point: Mapping[str, float | None]) -> dict[str, float]:
    """How well right answers were found then."""
    return {name: float(value) for name in ("recall@10", "ndcg@10") if (value := point.get(name)) is not None}


def _counts(pairs: Pairs) -> dict[str, int]:
    """How many pairs of each kind there are."""
    return {kind: int((pairs.kind == at).sum()) for at, kind in enumerate(KINDS) if (pairs.kind == at).any()}


def _key(course: Course, pairs: Pairs, seed: int) -> str:
    """Changes when settings, pairs or seed do; how long it may take, and by how many processes, is free."""
    told = {**course.told(), "minutes": 0, "workers": 0, "seed": seed}
    digest = hashlib.sha256(json.dumps([told, pairs.asked, pairs.answer], ensure_ascii=False).encode())
    return digest.hexdigest()[:24]
