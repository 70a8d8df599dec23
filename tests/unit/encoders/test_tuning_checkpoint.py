"""Checkpoints: what may be opened, what is refused, and that what is exported reads texts as torch does."""

from pathlib import Path

import numpy as np
import pytest
import torch

from ronghe.core.errors import BadArtifact, BadRecipe, NotReady
from ronghe.methods.encoders.folder import FolderEncoder
from ronghe.methods.encoders.tuning import checkpoint as file
from ronghe.methods.encoders.tuning.checkpoint import opened
from ronghe.methods.encoders.tuning.export import exported
from ronghe.methods.encoders.tuning.tower import read
from tiny_transformer import tiny_bert, tiny_gpt, with_setting, without

TEXTS = ["red usb cable", "wireless mouse for a gaming laptop", "", "lamp", "toner for the printer 16 gb zzz"]


@pytest.mark.parametrize("made", [tiny_bert, tiny_gpt])
def test_what_is_exported_reads_as_torch_does(made, tmp_path: Path):
    checkpoint = opened(str(made(tmp_path / "from")))
    told = exported(checkpoint, tmp_path / "to")
    wanted = read(checkpoint, TEXTS)
    found = FolderEncoder(str(tmp_path / "to")).encode(TEXTS)
    assert (wanted * found).sum(axis=1).min() > 0.9999
    assert told.onnx > 0.9999
    assert told.int8 > 0.9
    assert told.int8_bytes < told.onnx_bytes
    assert FolderEncoder(str(tmp_path / "to")).dim == 32


def test_an_export_may_keep_the_first_numbers_only(tmp_path: Path):
    checkpoint = opened(str(tiny_bert(tmp_path / "from")))
    exported(checkpoint, tmp_path / "to", width=8)
    encoder = FolderEncoder(str(tmp_path / "to"))
    cut = read(checkpoint, TEXTS)[:, :8]
    assert encoder.dim == 8
    assert np.allclose(encoder.encode(TEXTS), cut / np.linalg.norm(cut, axis=1, keepdims=True), atol=1e-5)


def test_a_graph_that_says_anything_else_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    checkpoint = opened(str(tiny_bert(tmp_path / "from")))
    monkeypatch.setattr(
        "ronghe.methods.encoders.tuning.export.read", lambda _, texts, __: np.eye(32, dtype=np.float32)[: len(texts)]
    )
    with pytest.raises(BadArtifact, match="cosine"):
        exported(checkpoint, tmp_path / "to")
    assert not (tmp_path / "to").exists()


def test_saved_and_opened_again_it_is_the_same(tmp_path: Path):
    checkpoint = opened(str(tiny_bert(tmp_path / "from")))
    checkpoint.save(tmp_path / "again")
    again = opened(str(tmp_path / "again"))
    assert np.array_equal(read(checkpoint, TEXTS), read(again, TEXTS))


def test_a_text_reads_the_same_in_any_batch(tmp_path: Path):
    checkpoint = opened(str(tiny_bert(tmp_path)))
    together, alone = read(checkpoint, TEXTS), np.concatenate([read(checkpoint, [text]) for text in TEXTS])
    assert np.allclose(together, alone, atol=1e-5)


def test_weights_that_could_run_code_are_refused(tmp_path: Path):
    tiny_bert(tmp_path)
    torch.save({}, tmp_path / "pytorch_model.bin")
    (tmp_path / "model.safetensors").unlink()
    with pytest.raises(BadArtifact, match="safetensors"):
        opened(str(tmp_path))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda folder: without(folder, "layer.1.attention"), "lacks the weights"),
        (lambda folder: with_setting(folder, model_type="no such thing"), "no model that can be read"),
        (lambda folder: with_setting(folder, vocab_size=10), "no model that can be read|pieces"),
        (lambda folder: (folder / "config.json").unlink(), "lacks config.json"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"no"), "no model that can be read"),
    ],
)
def test_half_a_model_is_refused(spoil, says: str, tmp_path: Path):
    spoil(tiny_bert(tmp_path))
    with pytest.raises(BadArtifact, match=says):
        opened(str(tmp_path))


def test_only_what_looks_like_a_hub_id_is_asked_of_a_hub(monkeypatch: pytest.MonkeyPatch):
    asked = []

    def refused(name: str, **_: object) -> str:
        asked.append(name)
        raise OSError("no network")

    monkeypatch.setattr("huggingface_hub.snapshot_download", refused)
    for name in ("nowhere", "../etc/passwd/x", "a/b/c", "./x"):
        with pytest.raises(BadRecipe, match="owner/model"):
            opened(name)
    assert asked == []
    with pytest.raises(NotReady, match="no network"):
        opened("owner/model")
    assert asked == ["owner/model"]


def test_minilm_opens_and_its_digest_is_checked(monkeypatch: pytest.MonkeyPatch):
    checkpoint = opened("minilm")
    cat, kitten, tax = read(checkpoint, ["a cat", "a kitten", "income tax"])
    assert checkpoint.dim == 384
    assert cat @ kitten > 0.5 > 0.3 > cat @ tax
    monkeypatch.setattr(file, "SHA256", "0" * 64)
    with pytest.raises(BadArtifact, match="SHA-256"):
        opened("minilm")
