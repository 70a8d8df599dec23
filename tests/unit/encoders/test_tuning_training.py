"""A course: it learns, goes on where it was killed, by several processes as by one, and what it makes serves."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from ronghe.compute.local import Local
from ronghe.core.errors import BadRecipe
from ronghe.methods.encoders.tuning import keeping
from ronghe.methods.encoders.tuning.checkpoint import opened
from ronghe.methods.encoders.tuning.course import Course
from ronghe.methods.encoders.tuning.lesson import Lesson, lesson_of
from ronghe.methods.encoders.tuning.losses import contrast, margins, nested
from ronghe.methods.encoders.tuning.pairs import pairs_of
from ronghe.methods.encoders.tuning.shaping import shaped, whole
from ronghe.methods.encoders.tuning.together import trained
from ronghe.methods.encoders.tuning.tower import read
from ronghe.methods.encoders.tuning.tuned import tune
from tiny_shop import tiny_shop
from tiny_transformer import tiny_bert, tiny_gpt

TEXTS = ["red lamp", "blue chair", "white camera 16 gb"]


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tiny_bert(tmp_path_factory.mktemp("bert")))


def course(start: str, **given) -> Course:
    told = {
        "kinds": ("made", "facts"),
        "batch": 16,
        "epochs": 2,
        "rate": 3e-3,
        "held": 0.2,
        "patience": 9,
        "tokens": 24,
        "checks": 4,
        "most": 250,
    }
    return Course(**{"checkpoint": start, **told, **given})


def lesson(given: Course) -> Lesson:
    data = tiny_shop()
    return lesson_of(pairs_of(data, given.kinds, given.says, given.most, 0), data.catalog, given, 0)


@pytest.mark.parametrize(
    "settings",
    [{}, {"lora": 4, "rate": 1e-2}, {"widths": (8,), "negatives": 1, "facts": 0.5, "augment": 0.5}, {"adapt": 4, "freeze": 1}],
    ids=["full", "lora", "widths, negatives, facts", "adapt, freeze"],
)
def test_it_learns_to_find_the_right_answers(bert: str, settings):
    made = tune(tiny_shop(), course(bert, **settings), Local(0))
    before, after = made.report["before"], made.report["after"]
    assert after["ndcg@10"] > before["ndcg@10"] + 0.05
    assert made.report["curve"][0]["step"] == 0
    assert made.report["curve"][-1]["loss"] > 0
    assert len(made.report["adapting"]) == settings.get("adapt", 0)
    assert 0 < made.report["cutoff"] < 1
    json.dumps(made.report, allow_nan=False)
    assert read(made.checkpoint, TEXTS).shape == (3, 32)


def test_a_model_that_reads_forwards_learns_too(tmp_path: Path):
    made = tune(tiny_shop(), course(str(tiny_gpt(tmp_path)), adapt=2, epochs=1), Local(0))
    assert np.isfinite(read(made.checkpoint, TEXTS)).all()
    assert all(np.isfinite(made.report["adapting"]))


def test_a_teacher_is_followed(bert: str):
    def teacher(texts, item):
        return np.array([float(len(text)) for text in texts], dtype=np.float32) + item

    made = tune(tiny_shop(), course(bert, teach=0.2, negatives=1, epochs=1), Local(0), teacher=teacher)
    assert made.report["curve"][-1]["loss"] > 0


def test_it_ends_early_when_nothing_is_gained_and_keeps_the_best(bert: str):
    given = course(bert, rate=0.5, epochs=8, checks=32, patience=2)
    learnt, curve = trained(given, opened(bert), lesson(given), Local(0))
    assert curve[-1]["step"] < 8 * (len(lesson(given).pairs) // 16)
    best = max(point["ndcg@10"] for point in curve)
    if best == curve[0]["ndcg@10"]:  # nothing was better than the start, so the start is what is kept
        assert np.allclose(read(learnt, TEXTS), read(opened(bert), TEXTS), atol=1e-6)


def test_the_same_seed_learns_the_same(bert: str):
    given = course(bert, epochs=1)
    one, other = (trained(given, opened(bert), lesson(given), Local(0))[0] for _ in range(2))
    assert np.array_equal(read(one, TEXTS), read(other, TEXTS))


def test_what_is_stopped_goes_on_as_if_it_had_not_been(bert: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from ronghe.methods.encoders.tuning.training import Training

    given = course(bert)
    straight, curve = trained(given, opened(bert), lesson(given), Local(0))
    learn, steps = Training._learn, []

    def dies(self, rows, done):
        if len(steps) == 9:
            raise KeyboardInterrupt
        steps.append(self.step)
        learn(self, rows, done)

    monkeypatch.setattr(Training, "_learn", dies)
    with pytest.raises(KeyboardInterrupt):
        trained(given, opened(bert), lesson(given), Local(0), tmp_path, "key")
    monkeypatch.undo()
    assert len(list(tmp_path.glob("state-*"))) == 1
    again, other = trained(given, opened(bert), lesson(given), Local(0), tmp_path, "key")
    assert np.allclose(read(straight, TEXTS), read(again, TEXTS), atol=1e-6)
    assert [point["ndcg@10"] for point in curve] == pytest.approx([point["ndcg@10"] for point in other])


@pytest.mark.slow
def test_what_was_killed_goes_on(bert: str, tmp_path: Path):
    state = tmp_path / "state"
    code = (
        "import sys; sys.path[:0] = [sys.argv[3]]\n"
        "from pathlib import Path; from ronghe.compute.local import Local\n"
        "from ronghe.methods.encoders.tuning.course import Course\n"
        "from ronghe.methods.encoders.tuning.tuned import tune; from tiny_shop import tiny_shop\n"
        "made = tune(tiny_shop(), Course(checkpoint=sys.argv[1], kinds=('made', 'facts'), batch=8, epochs=60, held=.2, most=250,\n"
        "    checks=600, patience=9999, tokens=24), Local(0), state=Path(sys.argv[2]))\n"
    )
    tests = str(Path(__file__).parents[2])
    one = {**os.environ, "OMP_NUM_THREADS": "1"}
    running = subprocess.Popen([sys.executable, "-c", code, bert, str(state), tests], env=one)
    for _ in range(4000):
        if list(state.glob("state-*")):
            break
        time.sleep(0.05)
    running.send_signal(signal.SIGKILL)
    running.wait()
    [kept] = [path for path in state.glob("state-*") if (path / "state.json").is_file()][-1:]
    step = json.loads((kept / "state.json").read_text())["step"]
    data, given = tiny_shop(), course(bert, batch=8, epochs=60, checks=600, patience=9999, kinds=("made", "facts"), rate=5e-5)
    made = tune(data, dataclasses.replace(given, minutes=1e-6), Local(0), state=state)
    assert step <= made.report["curve"][-1]["step"] <= step + 1
    assert len(made.report["curve"]) > 1


@pytest.mark.parametrize("spoil", ["cut", "flip", "half"])
def test_a_state_that_is_not_whole_is_not_used(spoil: str, tmp_path: Path):
    kept = keeping.Kept({"a": torch.arange(9.0)}, {"step": 3})
    keeping.keep(tmp_path, "key", kept)
    assert keeping.found(tmp_path, "other") is None
    assert torch.equal(keeping.found(tmp_path, "key").tensors["a"], kept.tensors["a"])
    path = tmp_path / "state-00000003" / "state.safetensors"
    content = bytearray(path.read_bytes())
    if spoil == "half":
        (tmp_path / "state-00000003" / "state.json").unlink()
    else:
        content[-1] ^= 1
        path.write_bytes(content[: -4 if spoil == "cut" else None])
    assert keeping.found(tmp_path, "key") is None
    keeping.forget(tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_two_processes_agree_on_every_step_and_learn(bert: str):
    given = course(bert, workers=2, epochs=2, augment=0.0)
    learnt, curve = trained(given, opened(bert), lesson(given), Local(0))
    assert max(point["ndcg@10"] for point in curve) > curve[0]["ndcg@10"] + 0.05
    assert np.isfinite(read(learnt, TEXTS)).all()


def test_low_rank_changes_are_added_into_the_weights(bert: str):
    held = shaped(opened(bert), 0, 4)
    learns = [name for name, weight in held.network.named_parameters() if weight.requires_grad]
    assert learns
    assert all("lora" in name for name in learns)
    with torch.no_grad():
        for name, weight in held.network.named_parameters():
            if "lora_B" in name:
                weight.normal_()
    before = read(held, TEXTS)
    merged = whole(held)
    assert np.allclose(before, read(merged, TEXTS), atol=1e-4)
    assert not any("lora" in name for name, _ in merged.network.named_parameters())


def test_lower_layers_and_what_stands_for_a_piece_stay(bert: str):
    held = shaped(opened(bert), 1, 0)
    learns = {name for name, weight in held.network.named_parameters() if weight.requires_grad}
    assert learns
    assert all(".layer.1." in name for name in learns)
    with pytest.raises(BadRecipe, match="freeze is 2"):
        shaped(opened(bert), 2, 0)


def test_losses_come_to_known_numbers():
    asked, answers = torch.eye(2), torch.eye(2)
    nothing = torch.zeros((2, 2), dtype=torch.bool)
    assert float(contrast(asked, answers, nothing, 1.0)) == pytest.approx(np.log(1 + np.exp(-1)))
    assert float(contrast(asked, answers, ~nothing, 1.0)) == 0.0  # what may be right does not count as wrong
    assert float(margins(asked, answers, answers.flip(0), torch.tensor([1.0, float("nan")]), 2.0)) == pytest.approx(1.0)
    assert float(margins(asked, answers, answers, torch.full((2,), float("nan")), 1.0)) == 0.0
    widths: list[int] = []
    nested(lambda a, b: widths.append(a.shape[1]) or a.sum(), torch.ones(2, 8), torch.ones(2, 8), (2, 4))
    assert widths == [8, 2, 4]


def test_settings_out_of_range_are_told():
    for wrong in ({"rate": 0.0}, {"batch": 1}, {"mine": "luck"}, {"widths": (0,)}, {"says": ("price",)}, {"held": 0.9}):
        with pytest.raises(BadRecipe, match=next(iter(wrong))):
            Course(**wrong)
