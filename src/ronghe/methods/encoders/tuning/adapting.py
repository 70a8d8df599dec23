"""Adapting to a shop's language without labels: pieces of its texts are hidden and foretold (Devlin 2018, arXiv:1810.04805)."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from ronghe.core.roles import Compute
from ronghe.methods.encoders.tuning.checkpoint import Checkpoint
from ronghe.methods.encoders.tuning.precision import device_of, half_of, mixed
from ronghe.methods.encoders.tuning.tower import Coded, Tower, coded

HIDDEN = 0.15  # share of the pieces that are foretold
PLAIN = -100  # what stands where nothing is foretold


def adapted(
    checkpoint: Checkpoint, texts: Sequence[str], steps: int, batch: int, tokens: int, rate: float, compute: Compute
) -> list[float]:
    """Reads `steps` batches of texts and learns what was hidden in them; the loss of each step. Of the GPT kind, which reads
    forwards, each piece is foretold by those before it.
    """
    device = device_of()
    half = half_of(device)
    tower = Tower(checkpoint.network).to(device).train()
    learns = [weight for weight in tower.parameters() if weight.requires_grad]
    optimiser = torch.optim.AdamW(learns, lr=rate)
    rng = np.random.default_rng([compute.seed, 4])
    losses: list[float] = []
    for step in compute.track(range(steps), "adapting", steps):
        torch.manual_seed(compute.seed * 1_000_003 + step)
        for group in optimiser.param_groups:
            group["lr"] = rate * (1 - step / steps)
        picked = [texts[at] for at in rng.integers(len(texts), size=batch).tolist()]
        given = coded(checkpoint.tokenizer, picked, min(tokens, checkpoint.longest)).to(device)
        with mixed(device, half):
            loss = foretold(tower, checkpoint, given, rng)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(learns, 1.0)
        optimiser.step()
        losses.append(float(loss.detach()))
    tower.eval()
    return losses


def foretold(tower: Tower, checkpoint: Checkpoint, given: Coded, rng: np.random.Generator) -> Tensor:
    """How badly hidden pieces, or, reading forwards, the next ones, are foretold, by likeness with what stands for a piece."""
    table = checkpoint.network.get_input_embeddings().weight
    hidden = checkpoint.tokenizer.token_to_id("[MASK]")
    hidden = checkpoint.tokenizer.token_to_id("<mask>") if hidden is None else hidden
    if hidden is None:
        right = given.ids[:, 1:].masked_fill(given.mask[:, 1:] == 0, PLAIN)
        out = tower.hidden(given.ids, given.mask)[:, :-1]
    else:
        right, shown = _hide(given, hidden, rng)
        out = tower.hidden(shown, given.mask)
    at = right != PLAIN
    if not bool(at.any()):
        return out.sum() * 0.0
    logit = out[at].float() @ table.T / float(np.sqrt(table.shape[1]) * table.std().item())
    return nn.functional.cross_entropy(logit, right[at])


def _hide(given: Coded, hidden: int, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """What is to be foretold at each place, PLAIN = nothing, and the pieces with those hidden; first and last pieces never are."""
    place = torch.arange(given.ids.shape[1], device=given.ids.device)[None]
    inner = (place > 0) & (place < given.mask.sum(dim=1, keepdim=True) - 1)
    drawn = torch.from_numpy(rng.random(given.ids.shape)).to(given.ids.device) < HIDDEN
    chosen = inner & drawn
    return given.ids.masked_fill(~chosen, PLAIN), given.ids.masked_fill(chosen, hidden)
