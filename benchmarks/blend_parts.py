"""The parts of graph-blend fitted apart, and what each says of every item to users by their rows."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from ronghe.core.roles import Compute
from ronghe.kernels.top import strongest
from ronghe.methods.collaborative.bspm import BSPM
from ronghe.methods.collaborative.degrees import row_length, scaled, sums
from ronghe.methods.collaborative.graph_blend import GraphBlend
from ronghe.methods.collaborative.one_hop import one_hop
from ronghe.methods.collaborative.spectral import low_pass, smooth_length

Float32 = NDArray[np.float32]
PEOPLE, BUSY, SOLD = 200, 0.5, 0.2  # neighbours of a user; exponents that hold down busy users and bestsellers among them


@dataclass(frozen=True, eq=False)
class Parts:
    """regression and hop (n, n), into and onto (n, f), each of average length 1 · sharp: weight, into and onto of bspm ·
    table (users, n): who likes what.
    """

    regression: sp.csr_matrix
    hop: sp.csr_matrix
    into: Float32
    onto: Float32
    sharp: tuple[sp.csr_matrix, Float32, Float32]
    table: sp.csr_matrix

    @cached_property
    def across(self) -> sp.csr_matrix:
        """Who likes each item (n, users)."""
        return self.table.T.tocsr()

    @cached_property
    def _near(self) -> tuple[sp.csr_matrix, sp.csr_matrix]:
        by_item = sp.diags_array(sums(self.table, 0) ** np.float32(-SOLD))
        into = by_item @ scaled(self.table, BUSY, SOLD).T.tocsr()
        return sp.csr_matrix(into), sp.csr_matrix(self.table @ by_item)

    @staticmethod
    def of(table: sp.csr_matrix, learner: GraphBlend, compute: Compute) -> "Parts":
        """The parts with these settings, fitted on `table`."""
        views = (regression(table, learner, compute), hop(table, learner, compute), *smooth(table, learner, compute))
        return Parts(*views, BSPM().filtered(table, compute), table)

    def say(self, liked: sp.csr_matrix) -> Float32:
        """What regression, one hop, low-pass filter say of each item (3, users, n)."""
        across = np.ascontiguousarray(self.onto.T)
        return np.stack([(liked @ self.regression).toarray(), (liked @ self.hop).toarray(), (liked @ self.into) @ across])

    def sharpened(self, liked: sp.csr_matrix) -> Float32:
        """What bspm, the graph blurred and sharpened, says of each item (users, n)."""
        weight, into, onto = self.sharp
        said: Float32 = (liked @ weight).toarray() + (liked @ into) @ np.ascontiguousarray(onto.T)
        return said

    def people(self, liked: sp.csr_matrix) -> Float32:
        """What the users nearest to these like, who they are themselves or not (users, n)."""
        into, onto = self._near
        said: Float32 = (strongest(sp.csr_matrix(liked @ into), PEOPLE) @ onto).toarray()
        return said


def regression(table: sp.csr_matrix, learner: GraphBlend, compute: Compute) -> sp.csr_matrix:
    """Weights of the regression, rows of average length 1."""
    weight = learner.regression.weight(table, compute)
    return sp.csr_matrix(weight / row_length(weight))


def hop(table: sp.csr_matrix, learner: GraphBlend, compute: Compute) -> sp.csr_matrix:
    """Weights of the one hop, rows of average length 1."""
    weight = one_hop(table, learner.shopper_damp, learner.hop_damp, 1.0, learner.keep, compute, "graph-blend: one hop")
    return sp.csr_matrix(weight / row_length(weight))


def smooth(table: sp.csr_matrix, learner: GraphBlend, compute: Compute) -> tuple[Float32, Float32]:
    """The low-pass filter as two factors (n, f), rows of average length 1."""
    into, onto = low_pass(table, learner.rank, np.random.default_rng(compute.seed))
    return into / np.float32(smooth_length(into, onto)), onto
