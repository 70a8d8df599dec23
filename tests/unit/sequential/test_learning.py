"""How networks learn: windows lose no step, drawn items do not bend the loss, processes agree, ONNX says what torch said."""

from dataclasses import fields, replace

import numpy as np
import pytest

from in_order import after, best, ring
from ronghe.compute.local import Local
from ronghe.core.errors import BadRecipe
from ronghe.core.events import DAY, KIND, Events
from ronghe.kernels.segments import splits_of
from ronghe.methods.sequential.bsarec import BSARec
from ronghe.methods.sequential.gru4rec import GRU4Rec
from ronghe.methods.sequential.hstu import HSTU
from ronghe.methods.sequential.lines import Lines, learnt
from ronghe.methods.sequential.sasrec import SASRec
from ronghe.methods.sequential.windows import batch_of, batches, windows

torch = pytest.importorskip("torch")

SMALL = {"dim": 16, "dropout": 0.1, "rate": 0.01, "epochs": 30, "held": 0.0, "batch": 64}
NETWORKS = {"sasrec": SASRec(**SMALL), "bsarec": BSARec(**SMALL), "hstu": HSTU(**SMALL), "gru4rec": GRU4Rec(**SMALL)}


def lines_of(*rows: list[int]) -> Lines:
    flat = np.array([item for row in rows for item in row], dtype=np.int64)
    return Lines(splits_of(np.array([len(row) for row in rows])), flat, np.arange(len(flat)) * 86_400.0)


def test_windows_foretell_every_step_but_the_first_once():
    lines = lines_of(list(range(10)), [3], [], [5, 6])
    pieces = windows(lines, longest=4)
    said = [pieces.column[a + 1 : b].tolist() for a, b in zip(pieces.splits, pieces.splits[1:], strict=False)]
    assert sorted(item for piece in said for item in piece) == [1, 2, 3, 4, 5, 6, 6, 7, 8, 9]
    assert pieces.counts.max() == 5


def test_stars_that_are_no_number_change_no_line():
    data = ring()
    odd = Events.of(time=[50 * DAY] * 3, user=[0, 1, 2], item=[6, 7, 0], kind=[KIND["rating"]] * 3, amount=[np.nan] * 3)
    joined = {f.name: np.concatenate([getattr(data.events, f.name), getattr(odd, f.name)]) for f in fields(Events)}
    known, lines = learnt(data, 100, 1)
    same_known, same = learnt(replace(data, events=Events(**joined).sorted()), 100, 1)
    assert known.items.tolist() == same_known.items.tolist()
    assert lines.column.tolist() == same.column.tolist()


def test_batches_hold_every_window_once_and_pad_little():
    pieces = windows(lines_of(*[[1] * int(n) for n in np.random.default_rng(0).integers(2, 12, 300)]), 50)
    found = batches(pieces, 64, np.random.default_rng(1))
    assert sorted(np.concatenate(found).tolist()) == list(range(300))
    real = np.mean([batch_of(pieces, some).real.mean() for some in found])
    assert real > 0.85


def test_a_batch_is_padded_at_its_end_and_ages_count_from_its_newest_step():
    batch = batch_of(windows(lines_of([1, 2, 3], [4, 5]), 50), np.array([0, 1]))
    assert batch.real.tolist() == [[True, True], [True, False]]
    assert batch.column[0].tolist() == [1, 2, 3]
    assert batch.age[0].tolist() == [2.0, 1.0, 0.0]


def test_the_sampled_loss_has_the_minimum_of_the_full_one():
    from ronghe.methods.sequential.loss import Drawn, lost

    share = np.array([0.4, 0.3, 0.1, 0.1, 0.05, 0.05])
    came = torch.from_numpy(np.random.default_rng(0).choice(6, 4000, p=share))
    out = torch.ones(4000, 1)
    found = []
    for negatives in (2, 0):
        table = torch.zeros(6, 1, requires_grad=True)
        optimiser = torch.optim.Adam([table], lr=0.05)
        drawn = Drawn(share, negatives, np.random.default_rng(1))
        for at in range(400):
            some = slice((at * 10) % 4000, (at * 10) % 4000 + 10) if negatives else slice(None)
            optimiser.zero_grad()
            lost(out[some], came[some], table, drawn).backward()
            optimiser.step()
        found.append(torch.softmax(table.detach().ravel(), 0).numpy())
    np.testing.assert_allclose(found[1], np.bincount(came.numpy(), minlength=6) / 4000, atol=0.01)
    np.testing.assert_allclose(found[0], found[1], atol=0.12)


@pytest.mark.parametrize(("items", "all_of_them"), [(1024, True), (1025, False)])
def test_a_small_catalogue_is_told_apart_whole_and_a_large_one_by_what_was_drawn(items, all_of_them):
    from ronghe.methods.sequential.loss import Drawn, lost

    rng = np.random.default_rng(0)
    out, table = (torch.from_numpy(rng.standard_normal((n, 4)).astype(np.float32)) for n in (5, items))
    came = torch.from_numpy(rng.integers(0, items, 5))
    whole = torch.nn.functional.cross_entropy(out @ table.T, came)
    said = lost(out, came, table, Drawn(np.full(items, 1 / items), SASRec().negatives, rng))
    assert (float(said) == float(whole)) is all_of_them


@pytest.mark.parametrize("name", NETWORKS)
def test_onnx_says_what_torch_says_for_any_number_of_lines_and_steps(name):
    from ronghe.methods.sequential.export import onnx_of
    from ronghe.methods.sequential.fitting import Pupil
    from ronghe.methods.sequential.neural import NeuralModel, ages

    known, _ = learnt(ring(), 100, 1)
    start = np.random.default_rng(0).standard_normal((12, 16)).astype(np.float32)
    network = Pupil.of(NETWORKS[name], start, seed=3).network.cpu().eval()
    model = NeuralModel(known, start, np.frombuffer(onnx_of(network, 16), dtype=np.uint8), 50)
    rng = np.random.default_rng(0)
    for steps, count in ((1, 1), (2, 3), (7, 2), (50, 1)):
        lines = lines_of(*rng.integers(0, 12, (count, steps)).tolist())
        seen = torch.from_numpy(start[lines.column.reshape(count, steps)])
        with torch.no_grad():
            want = network(seen, torch.from_numpy(ages(lines.time.reshape(count, steps))))[:, -1].numpy()
        np.testing.assert_allclose(model.foretold(lines), want, atol=2e-5)


@pytest.mark.parametrize("name", NETWORKS)
def test_no_step_sees_a_later_one(name):
    network = NETWORKS[name].network().eval()
    seen, age = torch.randn(1, 8, 16), torch.linspace(9, 0, 8)[None]
    other = seen.clone()
    other[:, 5:] += 1
    with torch.no_grad():
        np.testing.assert_allclose(network(seen, age)[:, :5], network(other, age)[:, :5], atol=1e-5)


@pytest.mark.slow
def test_two_processes_learn_one_model_together():
    learner = replace(NETWORKS["sasrec"], workers=2)
    model = learner.fit(ring(), Local(seed=1))
    assert [best(model, after(n, n + 1)) for n in range(6)] == [n + 2 for n in range(6)]


def test_learning_ends_early_and_keeps_the_best_state():
    from ronghe.methods.sequential.fitting import Pupil, Training
    from ronghe.methods.sequential.vectors import starting_vectors

    known, lines = learnt(ring(), 100, 1)
    learner = replace(NETWORKS["sasrec"], held=0.3, epochs=60, patience=2)
    start = starting_vectors(ring(), known, lines, 16, 0.0, np.random.default_rng(0))
    training = Training(learner, Pupil.of(learner, start, 0), lines, Local())
    scores: list[float] = []
    judged = training._judged
    training._judged = lambda: scores.append(judged()) or scores[-1]
    training.run()
    assert len(scores) < 60
    assert judged() == max(scores)


def test_settings_that_cannot_be_are_refused():
    with pytest.raises(BadRecipe, match="heads"):
        SASRec(dim=10, heads=4)
    with pytest.raises(BadRecipe, match="dropout"):
        SASRec(dropout=1.0)


def test_serving_loads_no_torch(tmp_path):
    import subprocess
    import sys

    from ronghe.engine.artifacts import save_model

    save_model(NETWORKS["sasrec"].fit(ring(), Local()), tmp_path / "model")
    ask = (
        "import sys; from pathlib import Path; from ronghe.engine.artifacts import load_model; from in_order import after\n"
        f"m = load_model(Path({str(tmp_path / 'model')!r})); assert len(m.retrieve(after(2, 3), 5).item) == 5\n"
        "assert 'torch' not in sys.modules and 'onnx' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=False, env={"PYTHONPATH": "tests"})
    assert done.returncode == 0, done.stderr
