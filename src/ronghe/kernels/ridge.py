"""Many small weighted ridge regressions against one shared quadratic form: the inner step of alternating least squares."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.linalg import blas, lapack

from ronghe.kernels.together import blocks, padded

Float32 = NDArray[np.float32]
BLOCK = 1 << 18  # floats of gathered features in one block: what a core's cache holds
FEW = 64  # so few rows, the questions of one moment, are solved one by one: nothing is padded and no block is built
SHORT = 24  # rows up to this long are always solved exactly: it is as cheap as three steps


def principal(factors: Float32) -> tuple[Float32, Float32, Float32]:
    """The same points (n, f) turned so that their Gram matrix is diagonal, that diagonal (f,), and the turn (f, f)."""
    value, turn = np.linalg.eigh(factors.T.astype(np.float32) @ factors)
    return np.ascontiguousarray(factors @ turn), np.maximum(value, 0).astype(np.float32), turn


def ridge_rows(
    weight: sp.csr_matrix, features: Float32, spread: Float32, l2: Float32,
    start: Float32 | None = None, steps: int = 0, threads: int = 1,
) -> Float32:  # fmt: skip
    """x_r (rows, f) that minimise sum_c w_rc (x.v_c - 1)^2 + sum_f spread_f x_f^2 + l2_r |x|^2 for each row r.

    weight: CSR (rows, columns), entries above 0 · features v (columns, f) · spread (f,) >= 0 · l2 (rows,) > 0.
    Exact when steps is 0: a row of d entries costs min(d, f)^2 * max(d, f), short ones through a d x d
    system (matrix inversion lemma on the diagonal spread + l2), long ones through f x f. Otherwise rows longer than SHORT
    take that many steps of conjugate gradients from `start` (Takacs 2011, doi:10.1145/2043932.2043987), d * f each.
    """
    found = np.zeros((weight.shape[0], features.shape[1]), dtype=np.float32)
    if not steps and weight.shape[0] <= FEW:
        for row in np.flatnonzero(np.diff(weight.indptr)).tolist():
            at = slice(weight.indptr[row], weight.indptr[row + 1])
            found[row] = _alone(features.take(weight.indices[at], axis=0), np.sqrt(weight.data[at]), spread + l2[row])
        return found

    def solve(rows: NDArray[np.int64]) -> None:
        block = _Block.of(weight, rows, features, spread + l2[rows, None])
        if steps and start is not None and block.root.shape[1] > SHORT:
            found[rows] = block.stepped(start[rows], steps)
        else:
            found[rows] = block.exact()

    length, f = np.diff(weight.indptr), features.shape[1]
    _everywhere(solve, list(blocks(length, BLOCK, lambda longest: longest * f, spare=8)), threads)
    return found


def _alone(v: Float32, root: Float32, diagonal: Float32) -> Float32:
    """One row solved exactly (f,): features of its d entries v (d, f), root of their weights (d,), diagonal D (f,)."""
    v *= root[:, None]
    if len(root) <= len(diagonal):
        scaled = v / np.sqrt(diagonal)
        kernel = blas.ssyrk(1.0, scaled, trans=0)
        kernel[np.diag_indices(len(root))] += 1
        return np.asarray((v.T @ _positive(kernel, root)) / diagonal, dtype=np.float32)
    gram = blas.ssyrk(1.0, v.T)  # the upper triangle of v'v
    gram[np.diag_indices(len(diagonal))] += diagonal
    return _positive(gram, v.T @ root)


def _positive(upper: Float32, right: Float32) -> Float32:
    """x with M x = right, M positive definite by its upper triangle; where rounding undid that, by least squares."""
    _, x, info = lapack.sposv(upper, right)
    if info:
        whole = np.triu(upper).astype(np.float64)
        x = np.linalg.lstsq(whole + np.triu(whole, 1).T, right, rcond=None)[0]
    return np.asarray(x, dtype=np.float32)


def _everywhere(work: Callable[[NDArray[np.int64]], None], blocks: list[NDArray[np.int64]], threads: int) -> None:
    if threads == 1 or len(blocks) < 2:
        for block in blocks:
            work(block)
        return
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(work, blocks):
            pass


@dataclass(frozen=True, eq=False)
class _Block:
    """b rows of up to d entries: features v (b, d, f), root of the weights (b, d; 0 = padding), diagonal D (b, f)."""

    v: Float32
    root: Float32
    diagonal: Float32

    @staticmethod
    def of(weight: sp.csr_matrix, rows: NDArray[np.int64], features: Float32, diagonal: Float32) -> "_Block":
        at, real = padded(weight, rows)
        root = np.where(real, np.sqrt(weight.data[at]), np.float32(0))
        return _Block(features.take(weight.indices[at], axis=0), root, diagonal)

    def exact(self) -> Float32:
        v = self.v * self.root[:, :, None]  # rows of sqrt(W) V
        return self._dual(v) if v.shape[1] <= v.shape[2] else self._primal(v)

    def _dual(self, v: Float32) -> Float32:
        """x = D^-1 v' (I + v D^-1 v')^-1 root."""
        scaled = v / np.sqrt(self.diagonal)[:, None, :]
        kernel = scaled @ scaled.transpose(0, 2, 1)
        kernel[:, np.arange(v.shape[1]), np.arange(v.shape[1])] += 1
        z = np.linalg.solve(kernel, self.root[:, :, None])
        x = (v.transpose(0, 2, 1) @ z)[:, :, 0] / self.diagonal
        return x.astype(np.float32, copy=False)

    def _primal(self, v: Float32) -> Float32:
        """x = (D + v'v)^-1 v' root."""
        gram = v.transpose(0, 2, 1) @ v
        gram[:, np.arange(v.shape[2]), np.arange(v.shape[2])] += self.diagonal
        right = v.transpose(0, 2, 1) @ self.root[:, :, None]
        x: Float32 = np.linalg.solve(gram, right)[:, :, 0]
        return x

    def stepped(self, start: Float32, steps: int) -> Float32:
        """x after `steps` conjugate gradients on (D + V'WV) x = V'W1, preconditioned by D."""
        weight, x = self.root * self.root, start
        r = self._onto(weight - weight * self._along(x)) - self.diagonal * x
        z = p = np.divide(r, self.diagonal, dtype=np.float32)
        size = (r * z).sum(axis=1, keepdims=True)
        for step in range(steps):
            q = self._onto(weight * self._along(p)) + self.diagonal * p
            pace = size / np.maximum((p * q).sum(axis=1, keepdims=True), np.float32(1e-30))
            x = x + pace * p
            if step + 1 < steps:
                r = r - pace * q
                z = np.divide(r, self.diagonal, dtype=np.float32)
                before, size = size, (r * z).sum(axis=1, keepdims=True)
                p = z + size / np.maximum(before, np.float32(1e-30)) * p
        return x

    def _along(self, x: Float32) -> Float32:
        return (self.v @ x[:, :, None])[:, :, 0]  # (b, d)

    def _onto(self, weight: Float32) -> Float32:
        return (weight[:, None, :] @ self.v)[:, 0, :]  # (b, f)
