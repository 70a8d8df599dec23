"""Transformers of two layers, 32 wide, with random weights and a vocabulary of their own: what tests of fine-tuning begin with."""

import json
from pathlib import Path

import torch

WORDS = (
    *("red", "blue", "green", "black", "white", "small", "large", "usb", "cable", "mouse", "keyboard", "phone", "case", "lamp"),
    *("desk", "chair", "wireless", "gaming", "laptop", "bag", "printer", "ink", "toner", "stand", "camera", "lens", "tripod"),
    *("speaker", "headset", "charger", "plug", "for", "with", "and", "of", "the", "16", "gb"),
)
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def tiny_bert(folder: Path, seed: int = 0) -> Path:
    """A folder with a BERT as transformers writes them."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel

    pieces = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *WORDS,
        *(c for c in LETTERS if c not in WORDS),
        *("##" + c for c in LETTERS),
    ]
    number = {piece: at for at, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordPiece(number, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    ends = [("[CLS]", 2), ("[SEP]", 3)]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=ends
    )
    torch.manual_seed(seed)
    network = BertModel(BertConfig(
        vocab_size=len(pieces), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=128,
    ))  # fmt: skip
    network.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def tiny_gpt(folder: Path, seed: int = 0) -> Path:
    """A folder with a GPT as transformers writes them."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import GPT2Config, GPT2Model

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    number = {piece: at for at, piece in enumerate(["<|endoftext|>", *letters])}
    tokenizer = Tokenizer(models.BPE(number, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    torch.manual_seed(seed)
    config = GPT2Config(vocab_size=len(number), n_embd=32, n_layer=2, n_head=2, n_positions=128, bos_token_id=0, eos_token_id=0)
    GPT2Model(config).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def without(folder: Path, key: str) -> Path:
    """The folder with a weight taken out of its safetensors."""
    from safetensors.torch import load_file, save_file

    held = load_file(folder / "model.safetensors")
    save_file({name: value for name, value in held.items() if key not in name}, folder / "model.safetensors", {"format": "pt"})
    return folder


def with_setting(folder: Path, **settings: object) -> Path:
    """The folder with other words in its config.json."""
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | settings))
    return folder
