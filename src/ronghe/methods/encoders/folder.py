"""An encoder out of a local folder: model.onnx beside tokenizer.json, as sentence-transformers exports them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from ronghe.core.errors import BadRecipe
from ronghe.methods.encoders.int8 import int8_of
from ronghe.methods.encoders.minilm import TOKENS
from ronghe.methods.encoders.onnx_text import OnnxText, Reader, Track, Vectors, session_of

MODELS = ("model.onnx", "onnx/model.onnx", "model_quantized.onnx", "onnx/model_quantized.onnx")


@dataclass(frozen=True)
class FolderEncoder:
    """path: the folder. Vectors are the mean of the last layer, of unit length."""

    path: str
    cutoff: float = 0.0

    def encode(self, texts: Sequence[str], threads: int = 1, track: Track | None = None) -> Vectors:
        """Unit vectors (texts, dim); equal texts, equal vectors, however they are batched."""
        return self._network.encode(texts, threads, track)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of what shoppers type (texts, dim); the same as of what items say."""
        return self.encode(texts)

    def small(self) -> bytes:
        """The network in int8, for what is typed."""
        return int8_of(self._files[0])

    def reader(self, small: bytes) -> Reader:
        """encode_queries through the network in int8."""
        return OnnxText(session_of(small), self._tokenizer).encode_each

    @property
    def dim(self) -> int:
        """Width of the vectors."""
        return self._network.dim

    @cached_property
    def _network(self) -> OnnxText:
        return OnnxText(session_of(self._files[0]), self._tokenizer)

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._files[1]))
        tokenizer.no_padding()
        tokenizer.enable_truncation(TOKENS)
        return tokenizer

    @property
    def _files(self) -> tuple[Path, Path]:
        """The network and its tokenizer."""
        folder = Path(self.path)
        model = next((folder / name for name in MODELS if (folder / name).is_file()), None)
        if model is None or not (folder / "tokenizer.json").is_file():
            raise BadRecipe(f"semantic.encoder: {self.path!r} lacks tokenizer.json or a model ({', '.join(MODELS)})")
        return model, folder / "tokenizer.json"
