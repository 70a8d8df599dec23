"""Networks that read a line and say what comes next: how they are learnt, and the model that serves all of them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.dataset import Dataset
from ronghe.core.errors import NotReady
from ronghe.core.events import DAY
from ronghe.core.queries import Queries
from ronghe.core.roles import Compute
from ronghe.methods.alike import vectors_of
from ronghe.methods.scoring import Float32, silenced
from ronghe.methods.sequential.course import Course
from ronghe.methods.sequential.lines import Known, Lines, learnt
from ronghe.methods.sequential.vectors import starting_vectors
from ronghe.methods.sequential.whole import LineModel

TOGETHER = 2048  # steps that go through the network together when it serves


@dataclass(frozen=True)
class Neural(Course):
    """A learner of such a network, with the settings of Course."""

    def fit(self, data: Dataset, compute: Compute) -> "NeuralModel":
        """The model of these settings, from what `data` may see. NotReady without torch."""
        known, lines = learnt(data, self.items, self.least)
        if not len(known.items) or lines.counts.max(initial=0) < 2:
            return NeuralModel(known, np.zeros((len(known.items), self.dim), np.float32), np.zeros(0, np.uint8), self.longest)
        try:
            from ronghe.methods.sequential.training import trained
        except ImportError as error:
            raise NotReady(f"{type(self).__name__} learns with torch ({error}); pip install 'ronghe[train]'") from error
        rng = np.random.default_rng(compute.seed)
        more = vectors_of(self.vectors, data, known.items, compute) if self.vectors else None
        start = starting_vectors(data, known, lines, self.dim, self.traits, rng, more)
        table, graph = trained(self, start, lines, compute)
        return NeuralModel(known, table, np.frombuffer(graph, dtype=np.uint8), self.longest)


@dataclass(frozen=True, eq=False)
class NeuralModel(LineModel):
    """score = odds that an item comes next: softmax of (what the network makes of the line) . (item vector).

    table item vectors (n, dim) · graph the network as ONNX, uint8; empty when nothing could be learnt · longest: newest steps read.
    """

    known: Known
    table: Float32
    graph: NDArray[np.uint8]
    longest: int

    def _scores(self, queries: Queries) -> Float32:
        score = np.zeros((len(queries), len(self.known.items)), dtype=np.float32)
        lines = self.known.asked(queries).last(self.longest)
        speaks = np.flatnonzero(lines.counts) if len(self.graph) else np.zeros(0, dtype=np.int64)
        logit = self.foretold(lines.take(speaks)) @ self.table.T
        np.exp(logit - logit.max(axis=1, keepdims=True, initial=-np.inf), out=logit)
        score[speaks] = logit / logit.sum(axis=1, keepdims=True)
        return silenced(score, self.known, queries)

    def foretold(self, lines: Lines) -> Float32:
        """What the network makes of each line (lines, dim). Lines of one length go together, so nothing is padded."""
        found = np.zeros((len(lines), self.table.shape[1]), dtype=np.float32)
        for length in np.unique(lines.counts):
            same = np.flatnonzero(lines.counts == length)
            for at in range(0, len(same), max(TOGETHER // int(length), 1)):
                some = same[at : at + max(TOGETHER // int(length), 1)]
                found[some] = self._run(lines.take(some), int(length))
        return found

    def _run(self, lines: Lines, length: int) -> Float32:
        seen = self.table[lines.column.reshape(-1, length)]  # (lines, length, dim)
        given = {"seen": seen, "age": ages(lines.time.reshape(-1, length))}
        names = [wanted.name for wanted in self._session.get_inputs()]
        out: Float32 = self._session.run(None, {name: given[name] for name in names})[0]
        return out

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(self.graph.tobytes(), options, providers=["CPUExecutionProvider"])


def ages(time: NDArray[np.float64]) -> Float32:
    """Days between each step and the newest of its line; time (lines, steps), epoch seconds."""
    return ((time[:, -1:] - time) / DAY).astype(np.float32)
