"""A course of fine-tuning: steps over batches of pairs, looks at the judging pairs, the best state kept, the last one on disk."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ronghe.core.roles import Compute
from ronghe.methods.encoders.tuning.augment import put_otherwise
from ronghe.methods.encoders.tuning.checkpoint import Checkpoint
from ronghe.methods.encoders.tuning.course import Course
from ronghe.methods.encoders.tuning.judging import judged
from ronghe.methods.encoders.tuning.keeping import Kept, found, keep
from ronghe.methods.encoders.tuning.lesson import Lesson
from ronghe.methods.encoders.tuning.losses import both_ways, margins, nested
from ronghe.methods.encoders.tuning.mining import batches
from ronghe.methods.encoders.tuning.precision import device_of, half_of, mixed, scaler_of
from ronghe.methods.encoders.tuning.tower import Tower, coded, read, unit

WARM, LAST = 0.06, 0.05  # share of the course over which the rate rises; share of the rate that is left at the end
Curve = list[dict[str, float | None]]
CLIP = 1.0  # longest gradient
SEEN = 20  # steps whose mean loss is a point of the curve


class Training:
    """One process's part of a course; of several, all take the same steps on their shares of each batch."""

    def __init__(
        self, course: Course, checkpoint: Checkpoint, lesson: Lesson, compute: Compute, folder: Path | None = None,
        rank: int = 0, key: str = "",
    ) -> None:  # fmt: skip
        self.course, self.checkpoint, self.lesson, self.compute = course, checkpoint, lesson, compute
        self.folder, self.rank, self.key = folder, rank, key
        self.device = device_of(rank)
        self.half = half_of(self.device)
        self.tower = Tower(checkpoint.network).to(self.device)
        self.heads = nn.ModuleList(nn.Linear(checkpoint.dim, max(n, 1)) for n in lesson.labels).to(self.device)
        self.learns = [w for w in [*self.tower.parameters(), *self.heads.parameters()] if w.requires_grad]
        self.optimiser = torch.optim.AdamW(self.learns, lr=course.rate, weight_decay=0.01)
        self.scaler = scaler_of(self.device, self.half)
        self.steps = course.epochs * (len(lesson.pairs) // course.batch)
        self.step, self.seconds, self.best, self.since = 0, 0.0, -1.0, 0
        self.kept = self._weights()
        self.losses: list[float] = []
        self.curve: Curve = []

    def run(self) -> None:
        """Learns; leaves the best weights in the checkpoint's network."""
        self._resume()
        if not self.curve:
            self._look()
        start, done, checks = time.monotonic() - self.seconds, self._progress(), self.course.checks
        for rows in self.compute.track(self._batches(), "fine-tuning", self.steps - self.step):
            self._learn(rows, done)
            self.step, self.seconds, before = self.step + 1, time.monotonic() - start, done
            done = self._progress()
            if done >= 1 or int(done * checks) > int(before * checks):
                self._look()
                self._keep()
            if done >= 1 or self.since >= self.course.patience:
                break
        self._restore(self.kept)
        self.tower.eval()

    def _progress(self) -> float:
        """How much of the course lies behind, by steps or by time (0 to 1); processes agree, as rank 0 has the clock."""
        limit = 60 * self.course.minutes
        done = max(self.step / self.steps, self.seconds / limit if limit else 0.0)
        return _from_first(done, self.device) if self.course.workers > 1 and limit else done

    def _batches(self) -> Iterator[np.ndarray]:
        """The batches that are left."""
        each, course = len(self.lesson.pairs) // self.course.batch, self.course
        for epoch in range(self.step // each, course.epochs):
            rng = np.random.default_rng([self.compute.seed, 2, epoch])
            whole = list(batches(self.lesson.near, course.batch, course.near, rng))
            yield from whole[self.step - epoch * each :] if self.step > epoch * each else whole

    def _learn(self, rows: np.ndarray, done: float) -> None:
        """One step, when `done` of the course lies behind (0 to 1)."""
        self.tower.train()
        torch.manual_seed(
            self.compute.seed * 1_000_003 + self.step * 97 + self.rank
        )  # what dropout leaves out, the same after a stop
        for group in self.optimiser.param_groups:
            group["lr"] = self.course.rate * min(1.0, (done + 1e-4) / WARM) * (LAST + (1 - LAST) * 0.5 * (1 + np.cos(np.pi * done)))
        with mixed(self.device, self.half):
            loss = self._loss(rows[self.rank :: self.course.workers])
        self.optimiser.zero_grad(set_to_none=True)
        self.scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        self.scaler.unscale_(self.optimiser)
        if self.course.workers > 1:
            for weight in self.learns:
                weight.grad = torch.zeros_like(weight) if weight.grad is None else weight.grad
                torch.distributed.all_reduce(weight.grad)
                weight.grad /= self.course.workers
        nn.utils.clip_grad_norm_(self.learns, CLIP)
        self.scaler.step(self.optimiser)
        self.scaler.update()
        self.losses.append(float(loss.detach()))

    def _loss(self, rows: np.ndarray) -> Tensor:
        """What the pairs `rows` lose: contrast, a teacher's margins, foretelling category and brand."""
        course, lesson, at = self.course, self.lesson, rows.tolist()
        rng = np.random.default_rng([self.compute.seed, 3, self.step, self.rank])
        wrong = lesson.wrong[rows].T.ravel()
        others = [*at, *wrong[wrong >= 0].tolist()]
        asked = self._read([put_otherwise(lesson.pairs.asked[row], rng, course.augment) for row in at])
        answers = self._read([lesson.pairs.answer[row] for row in others])
        same = torch.from_numpy(lesson.alike.mask(at, others)).to(self.device)
        loss = nested(lambda a, b: both_ways(a, b, same, course.scale), asked, answers, course.widths)
        if course.teach and lesson.wrong.shape[1]:
            first = lesson.wrong[rows, 0] >= 0
            place = torch.from_numpy(np.flatnonzero(first)).to(self.device)
            behind = torch.arange(int(first.sum()), device=self.device) + len(at)
            margin = torch.from_numpy(lesson.margin[rows[first]]).to(self.device)
            loss = loss + course.teach * margins(
                unit(asked[place]), unit(answers[place]), unit(answers[behind]), margin, course.scale
            )
        if course.facts:
            loss = loss + course.facts * self._foretold(answers[: len(at)], torch.from_numpy(lesson.label[rows]).to(self.device))
        return loss

    def _foretold(self, answers: Tensor, label: Tensor) -> Tensor:
        """How badly category and brand of the answers are foretold."""
        parts = [
            nn.functional.cross_entropy(head(answers), label[:, at], ignore_index=-1, reduction="sum")
            for at, head in enumerate(self.heads)
        ]
        found: Tensor = torch.stack(parts).sum() / max(int((label >= 0).sum()), 1)
        return found

    def _read(self, texts: list[str]) -> Tensor:
        given = coded(self.checkpoint.tokenizer, texts, min(self.course.tokens, self.checkpoint.longest)).to(self.device)
        means: Tensor = self.tower(given.ids, given.mask)
        return means

    def _look(self) -> None:
        """Judges; keeps the weights when they are the best so far."""
        told = judged(self.lesson, lambda texts: read(self.checkpoint, texts, min(self.course.tokens, self.checkpoint.longest)))
        loss = float(np.mean(self.losses[-SEEN:])) if self.losses else None
        self.curve.append({"step": self.step, "seconds": round(self.seconds, 1), "loss": loss, **told})
        if not told or told["ndcg@10"] > self.best:
            self.kept, self.best, self.since = self._weights(), told.get("ndcg@10", 0.0), 0
        else:
            self.since += 1

    def _weights(self) -> list[Tensor]:
        return [weight.detach().clone() for weight in self.learns]

    def _restore(self, weights: list[Tensor]) -> None:
        with torch.no_grad():
            for mine, held in zip(self.learns, weights, strict=True):
                mine.copy_(held)

    def _keep(self) -> None:
        """Writes where the course is."""
        if self.folder is None or self.rank:
            return
        held = {f"now.{at}": weight.detach() for at, weight in enumerate(self.learns)}
        held |= {f"best.{at}": weight for at, weight in enumerate(self.kept)}
        told = {name: getattr(self, name) for name in ("step", "seconds", "best", "since", "losses", "curve")}
        for at, state in self.optimiser.state_dict()["state"].items():
            held |= {f"adam.{at}.{name}": value for name, value in state.items()}
        keep(self.folder, self.key, Kept(held, {**told, "scaler": self.scaler.state_dict()}))

    def _resume(self) -> None:
        """Goes on where a course with the same key was stopped."""
        held = found(self.folder, self.key) if self.folder is not None else None
        if held is None:
            return
        for name in ("step", "seconds", "best", "since", "losses", "curve"):
            setattr(self, name, held.told[name])
        self._restore([held.tensors[f"now.{at}"] for at in range(len(self.learns))])
        self.kept = [held.tensors[f"best.{at}"].to(self.device) for at in range(len(self.learns))]
        state: dict[int, dict[str, Any]] = {}
        for name, value in held.tensors.items():
            if name.startswith("adam."):
                _, at, what = name.split(".")
                state.setdefault(int(at), {})[what] = value
        self.optimiser.load_state_dict({**self.optimiser.state_dict(), "state": state})
        self.scaler.load_state_dict(held.told["scaler"])


def _from_first(value: float, device: torch.device) -> float:
    """The value that the first process has."""
    told = torch.tensor([value], dtype=torch.float64, device=device)
    torch.distributed.broadcast(told, 0)
    return float(told[0])
