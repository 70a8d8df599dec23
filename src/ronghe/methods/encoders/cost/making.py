"""Makes smaller variants of an encoder, taught back by it, each a folder that `semantic` reads. Needs torch."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ronghe.core.roles import Compute
from ronghe.methods.encoders.cost.choice import FIGURES, VARIANTS
from ronghe.methods.encoders.cost.distilling import Lesson, distilled
from ronghe.methods.encoders.cost.pruning import importance, with_layers, without_heads
from ronghe.methods.encoders.int8 import int8_of
from ronghe.methods.encoders.onnx_text import OnnxText, session_of
from ronghe.methods.encoders.tuning.checkpoint import Checkpoint
from ronghe.methods.encoders.tuning.export import LONGEST, onnx_of
from ronghe.methods.encoders.tuning.tower import read

LOOKED_AT = 256  # texts that the importance of heads is measured on
Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class Plan:
    """A variant: layers that are left, 0 = all · share of the heads that goes · width of its vectors, 0 = as they are."""

    layers: int = 0
    heads: float = 0.0
    width: int = 0

    @property
    def name(self) -> str:
        """Such as "3-layers-half-width"."""
        said = [f"{self.layers}-layers"] if self.layers else []
        said += [f"{round(100 * self.heads)}-percent-fewer-heads"] if self.heads else []
        return "-".join([*said, *([f"width-{self.width}"] if self.width else [])]) or "whole"


PLANS = (Plan(width=128), Plan(heads=0.5), Plan(layers=4), Plan(layers=3), Plan(layers=2))


@dataclass(frozen=True, eq=False)
class Variant:
    """plan · checkpoint: the network after it learnt · turn (dim, width): what makes its vectors narrow, None = they are not."""

    plan: Plan
    checkpoint: Checkpoint
    turn: Float32 | None = None

    def graph(self) -> bytes:
        """The network as ONNX, as onnx_text reads it."""
        return onnx_of(Turned(self.checkpoint.network, self.turn), {"input_ids": 2, "attention_mask": 2}, "last_hidden_state")

    def save(self, folder: Path, quality: float) -> None:
        """Writes the folder of this variant under `folder`/variants, in place of what was there."""
        place = folder / VARIANTS / self.plan.name
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        graph = self.graph()
        (place / "model.onnx").write_bytes(graph)
        (place / "model_quantized.onnx").write_bytes(int8_of(graph))
        self.checkpoint.tokenizer.enable_truncation(min(LONGEST, self.checkpoint.longest))
        self.checkpoint.tokenizer.save(str(place / "tokenizer.json"))
        (place / FIGURES).write_text(json.dumps({"quality": round(quality, 4)}), encoding="utf-8")


class Turned(nn.Module):
    """The network as onnx_text reads it, its vectors turned into a narrower space: linear, so it may stand before the mean."""

    def __init__(self, network: nn.Module, turn: Float32 | None) -> None:
        super().__init__()
        self.network = network
        self.turn = None if turn is None else nn.Parameter(torch.from_numpy(turn), requires_grad=False)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """(texts, tokens) twice to (texts, tokens, width)."""
        hidden: Tensor = self.network(input_ids=ids, attention_mask=mask).last_hidden_state
        return hidden if self.turn is None else hidden @ self.turn


def variant(teacher: Checkpoint, plan: Plan, texts: Sequence[str], said: Float32, lesson: Lesson, compute: Compute) -> Variant:
    """The teacher by this plan, taught back on texts of which the teacher says `said`, unit vectors (texts, dim)."""
    network = with_layers(teacher.network, plan.layers) if plan.layers else teacher.network
    if plan.heads:
        rng = np.random.default_rng(compute.seed)
        some = [texts[at] for at in rng.permutation(len(texts))[:LOOKED_AT]]
        network = without_heads(network, importance(replace(teacher, network=network), some, rng), plan.heads)
    student = replace(teacher, network=network)
    if plan.layers or plan.heads:
        student = distilled(student, texts, said, lesson, compute)
    return Variant(plan, student, narrow(said, plan.width) if plan.width else None)


def narrow(vectors: Float32, width: int) -> Float32:
    """The map (dim, width) onto the directions in which these vectors (texts, dim) lie most: their inner products change least
    (Eckart & Young 1936; not centred, as cosines are not).
    """
    _, directions = np.linalg.eigh((vectors.T @ vectors).astype(np.float64))
    return np.ascontiguousarray(directions[:, ::-1][:, :width], dtype=np.float32)


def parity(one: Variant, texts: Sequence[str], said: Float32) -> float:
    """How alike the cosines between texts are by this variant and by its teacher: 1 - mean absolute difference."""
    graph = OnnxText(session_of(one.graph()), one.checkpoint.tokenizer)
    ours = graph.encode(texts)
    return float(1 - np.abs(ours @ ours.T - said @ said.T).mean())


def make(
    teacher: Checkpoint, texts: Sequence[str], held: Sequence[str], plans: Sequence[Plan], folder: Path, lesson: Lesson,
    compute: Compute,
) -> dict[str, float]:  # fmt: skip
    """Makes these variants under `folder` and gives the quality of each: their parity on texts `held` out of the lessons."""
    said, told = read(teacher, texts), read(teacher, held)
    found = {}
    for plan in plans:
        one = variant(teacher, plan, texts, said, lesson, compute)
        found[plan.name] = parity(one, held, told)
        one.save(folder, found[plan.name])
    return found
