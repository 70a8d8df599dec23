"""Heads and gate learn together: what an item says, and how it looks, sounds and sells, must find each other (InfoNCE)."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ronghe.core.roles import Compute
from ronghe.methods.encoders.multimodal.heads import Basis, Head, told
from ronghe.methods.encoders.multimodal.lessons import Course, Lessons, head_of
from ronghe.methods.encoders.multimodal.networks import GateNet, HeadNet

Float32 = NDArray[np.float32]
SMOOTH = 0.98  # of the running mean of the weights, which is what serves (Polyak & Juditsky 1992)
WARMTH = 10.0  # one over the temperature at the start; it learns
HOTTEST = 100.0
DECAY = 0.01
SLOW = 0.5  # of the rate: what the closed form gave moves less than what is added to it
LOST = 0.5  # odds that a sense is taken away from an item: others must make up for it
STEPS, FEWEST = 8, 32  # steps of an epoch at least, where each has so many items
LEAST = 24  # items of a kind that are held out, or quality is not judged by it


class Pupil(nn.Module):
    """All that learns."""

    def __init__(self, lessons: Lessons, course: Course, draw: torch.Generator) -> None:
        super().__init__()
        self.heads = nn.ModuleDict({name: HeadNet(across, course.hidden, draw) for name, across in lessons.across.items()})
        self.gate = GateNet(len(lessons.senses))
        self.warmth = nn.Parameter(torch.tensor(float(np.log(WARMTH))))

    def alike(self, one: Tensor, other: Tensor) -> Tensor:
        """Scores of all pairs (rows, rows)."""
        return one @ other.T * self.warmth.exp().clamp(max=HOTTEST)

    def learnt(self, basis: Mapping[str, Basis]) -> dict[str, Head]:
        """The heads as plain arrays."""
        return {name: net.head(basis[name]) for name, net in self.heads.items() if isinstance(net, HeadNet)}


class Training:
    """One course over some of the items."""

    def __init__(self, lessons: Lessons, course: Course, items: NDArray[np.int64], seed: int) -> None:
        self.lessons, self.course, self.items = lessons, course, items
        self.rng = np.random.default_rng(seed)
        self.draw = torch.Generator().manual_seed(seed)
        self.pupil = Pupil(lessons, course, self.draw)
        self.mean = [weight.detach().clone() for weight in self.pupil.parameters()]
        slow = [weight for name, weight in self.pupil.named_parameters() if name.endswith(".across")]
        fast = [weight for name, weight in self.pupil.named_parameters() if not name.endswith(".across")]
        groups = [{"params": slow, "lr": SLOW * course.rate}, {"params": fast, "lr": course.rate}]
        self.optimiser = torch.optim.AdamW(groups, weight_decay=DECAY)
        self.typed = torch.from_numpy(lessons.typed)
        self.seen = {name: torch.from_numpy(z) for name, z in lessons.seen.items()}
        self.same = torch.from_numpy(lessons.same)
        known = np.stack([row >= 0 for row in lessons.row.values()], axis=1)
        self.known, self.told = torch.from_numpy(known), torch.from_numpy(told(known, lessons.events))
        inside = np.isin(lessons.pairs, items).all(axis=1)
        self.pairs = lessons.pairs[inside]
        self.steps = 0

    def epoch(self) -> None:
        """All items once, in batches."""
        self.pupil.train()
        order = self.rng.permutation(self.items)
        steps = max(round(len(order) / self.course.batch), min(STEPS, len(order) // FEWEST), 1)
        for batch in np.array_split(order, steps):
            loss = self._loss(torch.from_numpy(batch))
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            self.optimiser.step()
            self._smooth()

    def smoothed(self) -> Pupil:
        """The pupil with the running mean of its weights."""
        with torch.no_grad():
            for weight, mean in zip(self.pupil.parameters(), self.mean, strict=True):
                weight.data, mean.data = mean.data, weight.data
        return self.pupil.eval()

    def restless(self) -> None:
        """Undoes `smoothed`, to learn on."""
        self.smoothed().train()

    def vectors(self, name: str, items: Tensor, copy: bool = False) -> Tensor:
        """What one sense says of items that it knows (rows, dim). copy: of any copy of the file."""
        row = torch.from_numpy(self.lessons.row[name])[items]
        z = self.seen[name]
        which = torch.zeros(len(items), dtype=torch.long)
        if copy and len(z) > 1:
            which = torch.randint(len(z), (len(items),), generator=self.draw)
        found: Tensor = self.pupil.heads[head_of(name)](z[which, row])
        return found

    def fused(self, items: Tensor, without: Sequence[str] = (), lost: float = 0.0) -> Tensor:
        """One vector an item (rows, dim). without: senses that are not asked · lost: odds that others are not, one at least is."""
        known = self.known[items].clone()
        for name in without:
            known[:, self.lessons.senses.index(name)] = False
        if lost:
            score = torch.rand(known.shape, generator=self.draw).masked_fill(~known, 2.0)
            known &= (score >= lost) | (score == score.min(dim=1, keepdim=True).values)
        share = self.pupil.gate(torch.cat([known.float(), self.told[items][:, -1:]], dim=1), known)
        total = torch.zeros(len(items), self.lessons.across["typed"].shape[1])
        for at, name in enumerate(self.lessons.senses):
            here = known[:, at].nonzero()[:, 0]
            if len(here):
                total = total.index_add(0, here, share[here, at : at + 1] * self.vectors(name, items[here], copy=lost > 0))
        return nn.functional.normalize(total, dim=-1)

    def _loss(self, batch: Tensor) -> Tensor:
        kind = int(self.rng.integers(len(self.typed)))
        typed = self.pupil.heads["typed"](self.typed[kind, batch])
        total = torch.zeros(())
        for at, name in enumerate(self.lessons.senses):
            here = self.known[batch, at].nonzero()[:, 0]
            if name in self.lessons.across and len(here) > 1:
                shown = self.vectors(name, batch[here], copy=True)
                total = total + self._found(typed[here], shown, batch[here])
                if len(self.seen[name]) > 1:
                    total = total + self._found(shown, self.vectors(name, batch[here], copy=True), batch[here])
        able = self.known[batch].any(dim=1).nonzero()[:, 0]
        if len(able) > 1:
            total = total + self._found(typed[able], self.fused(batch[able], lost=LOST), batch[able])
        if len(self.pairs):
            drawn = torch.from_numpy(self.pairs[self.rng.integers(len(self.pairs), size=min(len(batch), len(self.pairs)))])
            total = total + self._found(self.fused(drawn[:, 0], lost=LOST), self.fused(drawn[:, 1], lost=LOST), drawn[:, 0])
        return total

    def _found(self, one: Tensor, other: Tensor, items: Tensor) -> Tensor:
        """Mean of -ln of the share that the right one has, both ways; those that say the same are no wrong answers."""
        alike = (self.same[items][:, None] == self.same[items][None]) & ~torch.eye(len(items), dtype=torch.bool)
        score = self.pupil.alike(one, other).masked_fill(alike, -1e9)
        right = torch.arange(len(items))
        return (nn.functional.cross_entropy(score, right) + nn.functional.cross_entropy(score.T, right)) / 2

    def _smooth(self) -> None:
        self.steps += 1
        keep = min(SMOOTH, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            for mean, weight in zip(self.mean, self.pupil.parameters(), strict=True):
                mean.mul_(keep).add_(weight, alpha=1 - keep)


def trained(lessons: Lessons, trial: Lessons, held: NDArray[np.int64], course: Course, compute: Compute) -> Pupil:
    """The pupil after as many epochs as judged best on items held out, having learnt from all of them.

    trial: the same lessons as they are where the `held` items are not known, not even to what heads start from.
    """
    epochs = _longest_good(trial, course, held, compute) if judged(trial, held) else course.epochs
    final = Training(lessons, course, np.arange(len(lessons.same)), compute.seed)
    for _ in compute.track(range(epochs), "multimodal: all items", epochs):
        final.epoch()
    return final.smoothed()


def judged(lessons: Lessons, held: NDArray[np.int64]) -> list[str]:
    """The senses of which enough items are held out to judge by."""
    return [name for name in lessons.senses if name in lessons.across and (lessons.row[name][held] >= 0).sum() >= LEAST]


def _longest_good(lessons: Lessons, course: Course, held: NDArray[np.int64], compute: Compute) -> int:
    """The number of epochs after which held-out files are found best by what their items say."""
    trial = Training(lessons, course, np.setdiff1d(np.arange(len(lessons.same)), held), compute.seed)
    best, top = 0, -1.0
    for epoch in compute.track(range(course.epochs + 1), "multimodal: how long", course.epochs + 1):
        if epoch:
            trial.epoch()
        trial.smoothed()
        score = float(np.mean([found(trial, name, held) for name in judged(lessons, held)]))
        trial.restless()
        if score > top:
            best, top = epoch, score
    return best


@torch.no_grad()
def found(trial: Training, name: str, held: NDArray[np.int64]) -> float:
    """Mean of 1 / place at which the texts of an item, of each length, find its file among the held-out ones."""
    items = torch.from_numpy(held[trial.lessons.row[name][held] >= 0])
    shown = trial.vectors(name, items)
    scores = [trial.pupil.heads["typed"](texts[items]) @ shown.T for texts in trial.typed]
    return float(np.mean([(1.0 / (1 + (one > one.diagonal()[:, None]).sum(dim=1))).mean() for one in scores]))
