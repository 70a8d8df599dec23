"""Half precision: used where the hardware has it, and a network learns in it what it learns in full."""

import numpy as np
import pytest

from in_order import after, best, ring
from ronghe.compute.local import Local
from ronghe.methods.sequential.gru4rec import GRU4Rec
from ronghe.methods.sequential.hstu import HSTU
from ronghe.methods.sequential.sasrec import SASRec

torch = pytest.importorskip("torch")

SMALL = {"dim": 16, "dropout": 0.1, "rate": 0.01, "epochs": 30, "held": 0.0, "batch": 64}
CUDA, CPU = torch.device("cuda"), torch.device("cpu")


def chosen(device):
    from ronghe.methods.sequential.half import half_of

    return half_of(device)


@pytest.mark.parametrize(
    ("bfloat16", "generation", "half"), [(True, 8, torch.bfloat16), (False, 7, torch.float16), (False, 6, None)]
)
def test_a_gpu_computes_in_the_best_that_it_has(monkeypatch, bfloat16, generation, half):
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: bfloat16)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (generation, 0))
    assert chosen(CUDA) is half


@pytest.mark.parametrize(("tiles", "half"), [(True, torch.bfloat16), (False, None)])
def test_a_processor_computes_in_half_when_it_multiplies_tiles(monkeypatch, tiles, half):
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: tiles)
    assert chosen(CPU) is half


def test_only_float16_needs_its_loss_scaled():
    from ronghe.methods.sequential.half import scaler_of

    assert scaler_of(CPU, torch.float16).is_enabled()
    assert not scaler_of(CPU, torch.bfloat16).is_enabled()
    assert not scaler_of(CPU, None).is_enabled()


@pytest.mark.parametrize(("learner", "half"), [(SASRec, torch.bfloat16), (GRU4Rec, torch.bfloat16), (HSTU, torch.float16)])
def test_a_network_learns_in_half_what_it_learns_in_full(monkeypatch, learner, half):
    monkeypatch.setattr("ronghe.methods.sequential.fitting.half_of", lambda device: half)
    model = learner(**SMALL).fit(ring(), Local(seed=1))
    assert model.table.dtype == np.float32
    assert sum(best(model, after(n, n + 1)) == n + 2 for n in range(9)) >= 8
