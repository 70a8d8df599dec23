"""Half precision, where the device multiplies it faster: bfloat16, or float16 with scaled losses."""

from typing import Any

import torch

FIRST = 1024.0  # how often the loss counts at first; the gradient of a mean cross-entropy is then far below 65,504
VOLTA = 7  # the first generation of CUDA devices whose float16 is fast


def half_of(device: torch.device) -> torch.dtype | None:
    """The narrow type in which a network is computed there; None = float32 throughout."""
    if device.type != "cuda":
        return torch.bfloat16 if getattr(torch.cpu, "_is_amx_tile_supported", lambda: False)() else None
    if torch.cuda.is_bf16_supported(including_emulation=False):
        return torch.bfloat16
    return torch.float16 if torch.cuda.get_device_capability(device)[0] >= VOLTA else None


def scaler_of(device: torch.device, half: torch.dtype | None) -> Any:
    """What scales losses before gradients and steps after; does nothing but for float16, whose smallest number is 6e-8."""
    return torch.amp.GradScaler(device.type, init_scale=FIRST, enabled=half is torch.float16)
