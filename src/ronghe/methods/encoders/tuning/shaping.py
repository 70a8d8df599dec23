"""Which weights of a transformer learn: its upper layers, or low-rank changes to them (LoRA, Hu 2021, arXiv:2106.09685)."""

import warnings
from typing import Any

from torch import nn

from ronghe.core.errors import BadRecipe
from ronghe.methods.encoders.tuning.checkpoint import Checkpoint

STRETCH = 2  # how much stronger low-rank changes act than their rank says


def layers_of(network: nn.Module) -> nn.ModuleList:
    """The layers that lie on each other, lowest first. BadRecipe where there are none."""
    lists = [part for part in network.modules() if isinstance(part, nn.ModuleList)]
    if not lists:
        raise BadRecipe(f"{type(network).__name__} has no layers; right would be a transformer of the BERT or the GPT kind")
    return max(lists, key=len)


def shaped(checkpoint: Checkpoint, freeze: int, lora: int) -> Checkpoint:
    """The checkpoint, of which only what should learn does. What stands for a piece never does: a shop's texts would only move
    the pieces that they say.
    """
    network = checkpoint.network
    layers = layers_of(network)
    if freeze >= len(layers):
        raise BadRecipe(f"freeze is {freeze}; right would be less than the {len(layers)} layers of {checkpoint.source}")
    still: list[nn.Module] = [part for part in network.modules() if isinstance(part, nn.Embedding)]
    still += [*layers[:freeze], *([network.embeddings] if freeze and hasattr(network, "embeddings") else [])]
    for weight in network.parameters():
        weight.requires_grad_(True)
    for weight in (weight for part in still for weight in part.parameters()):
        weight.requires_grad_(False)
    if not lora:
        return checkpoint
    from peft import LoraConfig, get_peft_model

    told: dict[str, Any] = {"layers_to_transform": list(range(freeze, len(layers)))} if freeze else {}
    config = LoraConfig(r=lora, lora_alpha=STRETCH * lora, target_modules="all-linear", lora_dropout=0.0, **told)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # peft asks transformers by a name that has a newer one
        return Checkpoint(get_peft_model(network, config), checkpoint.tokenizer, checkpoint.source)


def whole(checkpoint: Checkpoint) -> Checkpoint:
    """The checkpoint with low-rank changes added into its weights."""
    network = checkpoint.network
    return (
        Checkpoint(network.merge_and_unload(), checkpoint.tokenizer, checkpoint.source)
        if hasattr(network, "merge_and_unload")
        else checkpoint
    )
