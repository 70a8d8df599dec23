"""An encoder out of a local folder: model.onnx beside tokenizer.json, as sentence-transformers exports them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ronghe.core.errors import BadRecipe
from ronghe.methods.encoders.int8 import int8_of
from ronghe.methods.encoders.minilm import TOKENS
from ronghe.methods.encoders.onnx_text import OnnxText, Reader, Track, Vectors, session_of

REPORT = "report.json"
MODELS = ("model.onnx", "onnx/model.onnx", "model_quantized.onnx", "onnx/model_quantized.onnx")


@dataclass(frozen=True)
class FolderEncoder:
    """path: the folder. Vectors are the mean of the last layer, of unit length."""

    path: str

    @cached_property
    def cutoff(self) -> float:
        """Cosine below which texts are strangers, as report.json beside the network says (fine-tuning writes it); else 0."""
        try:
            held = json.loads((Path(self.path) / REPORT).read_text(encoding="utf-8"))
            return float(held.get("cutoff", 0.0))
        except (OSError, ValueError, AttributeError, TypeError):
            return 0.0

    def encode(self, texts: Sequence[str], threads: int = 1, track: Track | None = None) -> Vectors:
        """Unit vectors (texts, dim); equal texts, equal vectors, however they are batched."""
        return self._network.encode(texts, threads, track)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of what shoppers type (texts, dim); the same as of what items say."""
        return self.encode(texts)

    def small(self) -> bytes:
        """The network in int8, for what is typed."""
        return int8_of(self._files[0])

    def network(self) -> bytes:
        """The network as it lies there."""
        return self._files[0].read_bytes()

    def reader(self, small: bytes) -> Reader:
        """encode_queries through the network in int8."""
        return OnnxText(session_of(small), self._tokenizer).encode_each

    @property
    def tokens(self) -> str:
        """The tokenizer as text, which is enough to read with the network in int8 when the folder is gone."""
        return self._files[1].read_text(encoding="utf-8")

    @property
    def dim(self) -> int:
        """Width of the vectors."""
        return self._network.dim

    @cached_property
    def _network(self) -> OnnxText:
        return OnnxText(session_of(self._files[0]), self._tokenizer)

    @cached_property
    def _tokenizer(self) -> Any:
        return tokenizer_of(self.tokens)

    @property
    def _files(self) -> tuple[Path, Path]:
        """The network and its tokenizer."""
        folder = Path(self.path)
        model = model_in(folder)
        if model is None or not (folder / "tokenizer.json").is_file():
            raise BadRecipe(f"semantic.encoder: {self.path!r} lacks tokenizer.json or a model ({', '.join(MODELS)})")
        return model, folder / "tokenizer.json"


def model_in(folder: Path) -> Path | None:
    """The network's file in a folder; None where there is none."""
    return next((folder / name for name in MODELS if (folder / name).is_file()), None)


def stamp_of(path: str) -> str:
    """Changes when the network in that folder does; "" where there is none."""
    model = model_in(Path(path))
    return f"{model.stat().st_size} {model.stat().st_mtime_ns}" if model is not None else ""


def tokenizer_of(text: str) -> Any:
    """The tokenizer that tokenizer.json says, cut at TOKENS, or where it says itself if that is sooner."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(text)
    tokenizer.no_padding()
    tokenizer.enable_truncation(min(TOKENS, (tokenizer.truncation or {}).get("max_length", TOKENS)))
    return tokenizer
