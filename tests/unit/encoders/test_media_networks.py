"""The networks of pictures and sounds: weights read without running anything, and features that tell things apart."""

import io
import pickle

import numpy as np
import pytest

from ronghe.core.errors import BadArtifact, NotReady
from ronghe.methods.encoders.media import torch_file
from ronghe.methods.encoders.media.efficientnet import SIDE
from ronghe.methods.encoders.media.features import (
    EFFICIENTNET,
    EFFICIENTNET_FILE,
    EFFICIENTNET_SHA256,
    PICTURES,
    SOUNDS,
    lacking,
    picture_features,
    sound_features,
)
from ronghe.methods.encoders.media.mel import RATE
from ronghe.methods.encoders.media.weights import weights_file

pictures = pytest.mark.skipif(bool(lacking(PICTURES)), reason=f"needs {lacking(PICTURES)}")
sounds = pytest.mark.skipif(bool(lacking(SOUNDS)), reason=f"needs {lacking(SOUNDS)}")


def weights():
    return weights_file(EFFICIENTNET, EFFICIENTNET_FILE, EFFICIENTNET_SHA256, "")


def nearest(features):
    """For each vector the number of the one most like it, after what all have in common is taken away."""
    held = np.array(features)
    held = (held - held.mean(axis=0)) / (held.std(axis=0) + 1e-6)
    held /= np.linalg.norm(held, axis=1, keepdims=True)
    alike = held @ held.T
    np.fill_diagonal(alike, -9)
    return alike.argmax(axis=1).tolist()


def drawn(kind, colour, shift):
    pixels = np.full((SIDE, SIDE, 3), 255, dtype=np.uint8)
    down, across = np.mgrid[:SIDE, :SIDE]
    if kind == "disc":
        pixels[(down - 110 - shift) ** 2 + (across - 110) ** 2 < 70**2] = colour
    else:
        pixels[:, (across[0] + shift) // 16 % 2 == 0] = colour
    return pixels


def tone(hertz, harmonics):
    time = np.arange(3 * RATE) / RATE
    wave = sum(np.sin(2 * np.pi * hertz * n * time) / n for n in harmonics)
    return (0.3 * wave * np.exp(-time)).astype(np.float32)


@pictures
def test_weights_are_read_as_torch_reads_them():
    torch = pytest.importorskip("torch", reason="torch is not installed: pip install 'ronghe[train]'")
    ours, theirs = torch_file.tensors(weights()), torch.load(weights(), weights_only=True)
    assert set(ours) == set(theirs)
    for name, tensor in theirs.items():
        np.testing.assert_array_equal(ours[name], tensor.numpy())


def test_nothing_that_a_file_names_is_run(tmp_path):
    class Trap:
        def __reduce__(self):
            return print, ("run",)

    held = io.BytesIO()
    for value in (0x1950A86A20F9469CFC6C, 1001, {}, Trap(), []):
        pickle.dump(value, held, protocol=2)
    (tmp_path / "trap.pth").write_bytes(held.getvalue())
    with pytest.raises(BadArtifact, match=r"trap\.pth"):
        torch_file.tensors(tmp_path / "trap.pth")


def test_a_package_that_is_absent_or_altered_is_named(tmp_path, monkeypatch):
    with pytest.raises(NotReady, match="pip install it"):
        weights_file("no_such_package_of_weights", "a", "b", "pip install it")
    (tmp_path / "altered_weights").mkdir()
    (tmp_path / "altered_weights" / "__init__.py").write_text("raise RuntimeError('run')")
    (tmp_path / "altered_weights" / "a").write_bytes(b"other")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(BadArtifact, match="SHA-256"):
        weights_file("altered_weights", "a", "b", "pip install it")


@pictures
def test_features_tell_shapes_and_colours_apart():
    things = [(kind, colour) for kind in ("disc", "stripes") for colour in ((200, 20, 20), (20, 60, 200))]
    features = [picture_features(drawn(*thing, shift)) for thing in things for shift in (0, 2)]
    assert features[0].shape == (2064,)
    assert nearest(features) == [at ^ 1 for at in range(8)]


@pictures
def test_a_mirrored_picture_has_the_same_features():
    pixels = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    np.testing.assert_allclose(picture_features(pixels), picture_features(pixels[:, ::-1]), rtol=1e-3, atol=1e-3)


@sounds
def test_features_tell_timbres_apart():
    timbres = [(1,), (1, 3, 5, 7), (1, 2, 3, 4, 5, 6)]
    features = [sound_features(tone(hertz, harmonics)) for harmonics in timbres for hertz in (220.0, 226.0)]
    assert features[0].shape == (3412,)
    assert nearest(features) == [1, 0, 3, 2, 5, 4]
