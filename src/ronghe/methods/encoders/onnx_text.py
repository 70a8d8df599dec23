"""Sentence vectors out of an ONNX transformer: mean of the last layer, unit length; equal texts, equal vectors."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

BATCH_TOKENS = 512  # tokens that go through the network together
Track = Callable[[Iterable[Any], str, int | None], Iterable[Any]]
Vectors = NDArray[np.float32]
Reader = Callable[[Sequence[str]], Vectors]  # what is typed, to unit vectors


@dataclass(frozen=True, eq=False)
class OnnxText:
    """session: an onnxruntime session · tokenizer: a tokenizers.Tokenizer that neither pads nor is without a limit."""

    session: Any
    tokenizer: Any

    def encode(self, texts: Sequence[str], threads: int = 1, track: Track | None = None) -> Vectors:
        """Unit vectors (texts, dim).

        Texts of equally many tokens go together, so nothing is padded: a row of a matrix product does not know the others.
        """
        distinct = list(dict.fromkeys(texts))
        tokens = [np.array(coded.ids, dtype=np.int64) for coded in self.tokenizer.encode_batch(distinct)]
        batches = list(_batches([len(ids) for ids in tokens]))
        found = np.zeros((len(distinct), self.dim), dtype=np.float32)
        with _mapper(threads) as run:
            done: Iterable[Vectors] = run(lambda batch: self._run(np.stack([tokens[at] for at in batch])), batches)
            if track is not None:
                done = track(done, "encoding texts", len(batches))
            for batch, vectors in zip(batches, done, strict=True):
                found[batch] = vectors
        place = {text: at for at, text in enumerate(distinct)}
        return found[[place[text] for text in texts]]

    def encode_each(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors (texts, dim), each text in a run of its own, for a network whose results depend on what runs together."""
        coded = [np.array([self.tokenizer.encode(text).ids], dtype=np.int64) for text in texts]
        return np.concatenate([np.zeros((0, self.dim), dtype=np.float32), *map(self._run, coded)])

    @cached_property
    def dim(self) -> int:
        """Width of the vectors."""
        return int(self.session.get_outputs()[0].shape[-1])

    @cached_property
    def _inputs(self) -> tuple[str, ...]:
        return tuple(given.name for given in self.session.get_inputs())

    def _run(self, ids: NDArray[np.int64]) -> Vectors:
        """ids (batch, tokens) to unit vectors (batch, dim)."""
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        hidden = self.session.run(None, {name: given[name] for name in self._inputs})[0]
        mean = np.asarray(hidden, dtype=np.float32).mean(axis=1)
        unit: Vectors = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return unit


@contextmanager
def _mapper(threads: int) -> Iterator[Callable[..., Iterable[Any]]]:
    """map, on so many threads."""
    if threads < 2:
        yield map
        return
    with ThreadPoolExecutor(max_workers=threads) as pool:
        yield pool.map


def session_of(model: Path | bytes, folded_into: Path | None = None) -> Any:
    """An onnxruntime session on one thread, which several threads may use.

    folded_into: also writes the network there, what is constant worked out; no processor's own shortcuts in it.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    if folded_into is not None:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.optimized_model_filepath = str(folded_into)
    given = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(given, options, providers=["CPUExecutionProvider"])


def _batches(lengths: Sequence[int]) -> Iterable[NDArray[np.int64]]:
    """Positions of texts of one length, at most BATCH_TOKENS tokens together."""
    order = np.argsort(lengths, kind="stable")
    cuts = np.flatnonzero(np.diff(np.asarray(lengths)[order])) + 1
    for same in np.split(order, cuts):
        if len(same):
            size = max(BATCH_TOKENS // max(lengths[same[0]], 1), 1)
            yield from np.split(same, range(size, len(same), size))
