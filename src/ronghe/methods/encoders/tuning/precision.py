"""Where a course runs and with which numbers: bfloat16 or float16 where the device multiplies them faster, else float32."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch


def device_of(rank: int = 0) -> torch.device:
    """The device of one of the processes: a GPU of its own, or the processor."""
    return torch.device("cuda", rank % torch.cuda.device_count()) if torch.cuda.is_available() else torch.device("cpu")


def half_of(device: torch.device) -> torch.dtype | None:
    """The short kind of number that the device multiplies faster; None = none."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    tiles = getattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
    return torch.bfloat16 if tiles() else None


def mixed(device: torch.device, half: torch.dtype | None) -> AbstractContextManager[Any]:
    """A context in which products are taken in short numbers, where there are some."""
    return nullcontext() if half is None else torch.autocast(device.type, half)


def scaler_of(device: torch.device, half: torch.dtype | None) -> torch.amp.GradScaler:
    """What keeps gradients in float16 from vanishing; does nothing for other numbers."""
    return torch.amp.GradScaler(device.type, enabled=half == torch.float16)
