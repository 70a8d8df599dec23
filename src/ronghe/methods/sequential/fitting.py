"""Trains any network over lines: packed batches, sampled or full softmax, early end by held-out steps. Needs torch."""

import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ronghe.core.roles import Compute
from ronghe.kernels.segments import place_of
from ronghe.methods.sequential.course import Course
from ronghe.methods.sequential.half import half_of, scaler_of
from ronghe.methods.sequential.lines import Lines
from ronghe.methods.sequential.loss import Drawn, lost
from ronghe.methods.sequential.networks.dropout import drawing
from ronghe.methods.sequential.windows import Batch, each, windows

Float32 = NDArray[np.float32]
WARM = 100  # steps over which the rate rises
LEAST = 0.05  # share of the rate that is left at the end
CLIP = 5.0  # longest gradient
HELD = 2000  # lines whose last step is held out, at most


@dataclass
class Pupil:
    """What learns: the network and the table of item vectors (n, dim), on one device, and where its chance comes from."""

    network: nn.Module
    table: nn.Parameter
    draw: torch.Generator

    @staticmethod
    def of(learner: Course, start: Float32, seed: int, rank: int = 0) -> "Pupil":
        """Fresh weights; seed decides them, rank only what dropout leaves out."""
        device = device_of(rank)
        network = learner.network()
        first = torch.Generator().manual_seed(seed)
        for part in network.modules():
            for name, weight in part.named_parameters(recurse=False) if isinstance(part, nn.Linear | nn.GRU) else ():
                nn.init.zeros_(weight) if name.startswith("bias") else nn.init.kaiming_uniform_(weight, a=5**0.5, generator=first)
        draw = torch.Generator(device).manual_seed(seed * 1000 + rank)
        drawing(network.to(device), draw)
        return Pupil(network, nn.Parameter(torch.from_numpy(start.copy()).to(device)), draw)

    def parameters(self) -> list[nn.Parameter]:
        """All that learns."""
        return [self.table, *self.network.parameters()]

    def foretell(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """What each real step foretells (steps, dim), and the column that came (steps,)."""
        device = self.table.device
        column, age = torch.from_numpy(batch.column).to(device), torch.from_numpy(batch.age).to(device)
        real = torch.from_numpy(batch.real).to(device)
        half = half_of(device)
        with torch.autocast(device.type, half, enabled=half is not None):
            out = self.network(nn.functional.embedding(column[:, :-1], self.table), age[:, :-1])
        return out[real].float(), column[:, 1:][real]


def device_of(rank: int) -> torch.device:
    """Where a process learns: GPUs in turn, else the processor."""
    return torch.device("cuda", rank % torch.cuda.device_count()) if torch.cuda.is_available() else torch.device("cpu")


class Training:
    """One course: epochs over all windows until nothing is gained; the best state is kept."""

    def __init__(self, learner: Course, pupil: Pupil, lines: Lines, compute: Compute, rank: int = 0, of: int = 1) -> None:
        self.learner, self.pupil, self.compute, self.rank, self.of = learner, pupil, compute, rank, of
        self.kept, self.held = hold_out(lines, learner.held, np.random.default_rng(compute.seed))
        self.held = self.held.last(learner.longest + 1)
        self.pieces = windows(self.kept, learner.longest)
        self.rng = np.random.default_rng(compute.seed)
        share = np.bincount(self.kept.column, minlength=len(pupil.table)) + 1.0
        self.drawn = Drawn(share / share.sum(), learner.negatives, np.random.default_rng([compute.seed, rank]))
        self.steps = learner.epochs * max(-(-int((self.pieces.counts - 1).sum()) // (learner.batch * of)), 1)
        self.optimiser = torch.optim.AdamW(pupil.parameters(), lr=learner.rate, weight_decay=0.0)
        device = pupil.table.device
        self.scale = scaler_of(device, half_of(device))
        self.pace = torch.optim.lr_scheduler.LambdaLR(self.optimiser, self._pace)

    def _pace(self, step: int) -> float:
        rise = min(1.0, (step + 1) / WARM)
        return float(rise * (LEAST + (1 - LEAST) * 0.5 * (1 + np.cos(np.pi * min(step / self.steps, 1.0)))))

    def run(self) -> None:
        """Learns; leaves the best state in the pupil."""
        best, top, since = self._state(), -1.0, 0
        for _ in self.compute.track(range(self.learner.epochs), type(self.learner).__name__.lower(), self.learner.epochs):
            self._epoch()
            score = self._judged()
            if score > top:
                best, top, since = self._state(), score, 0
            else:
                since += 1
            if since >= self.learner.patience:
                break
        self.pupil.network.load_state_dict(best["network"])
        self.pupil.table.data = best["table"]

    def _epoch(self) -> None:
        self.pupil.network.train()
        for batch in each(self.pieces, self.learner.batch, self.rng, self.rank, self.of):
            out, came = self.pupil.foretell(batch)
            loss = lost(out, came, self.pupil.table, self.drawn)
            self.optimiser.zero_grad(set_to_none=True)
            self.scale.scale(loss).backward()
            self._agree()
            self.scale.unscale_(self.optimiser)
            nn.utils.clip_grad_norm_(self.pupil.parameters(), CLIP)
            self.scale.step(self.optimiser)
            self.scale.update()
            self.pace.step()

    def _agree(self) -> None:
        """With other processes: the mean of all gradients."""
        if self.of > 1:
            for weight in self.pupil.parameters():
                weight.grad = torch.zeros_like(weight) if weight.grad is None else weight.grad
                torch.distributed.all_reduce(weight.grad)
                weight.grad /= self.of

    def _judged(self) -> float:
        """Mean of 1 / place of the held-out steps among all items; rises for ever where none is held out."""
        self.pupil.network.eval()
        if not len(self.held.splits) - 1:
            return float(self.optimiser.state[self.pupil.table]["step"])
        total = 0.0
        with torch.no_grad():
            for batch in each(windows(self.held, self.learner.longest), 4 * self.learner.batch, np.random.default_rng(0)):
                out, came = self.pupil.foretell(batch)
                last = torch.from_numpy(np.cumsum(batch.real.sum(axis=1)) - 1)
                logit = out[last] @ self.pupil.table.T
                right = logit.gather(1, came[last, None])
                total += float((1.0 / (1 + (logit > right).sum(dim=1))).sum())
        return total / len(self.held)

    def _state(self) -> dict[str, Any]:
        return {"network": copy.deepcopy(self.pupil.network.state_dict()), "table": self.pupil.table.detach().clone()}


def hold_out(lines: Lines, share: float, rng: np.random.Generator) -> tuple[Lines, Lines]:
    """The lines without the last step of a share of them, and these in full (their newest steps)."""
    long = np.flatnonzero(lines.counts >= 3)
    chosen = np.sort(rng.permutation(long)[: min(int(np.ceil(share * len(long))), HELD)])
    last = np.zeros(len(lines), dtype=bool)
    last[chosen] = True
    line = np.repeat(np.arange(len(lines)), lines.counts)
    ends = place_of(lines.splits) == lines.counts[line] - 1
    return lines.where(~(ends & last[line])), lines.take(chosen)
