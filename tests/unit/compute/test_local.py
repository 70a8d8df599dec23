"""Local compute: what it refuses, and who watches."""

import io
from threading import Thread

import pytest
from rich.console import Console

from ronghe.compute.local import Local
from ronghe.compute.watch import Bars
from ronghe.core.errors import BadRecipe


def test_without_a_watch_work_is_handed_back_as_it_is():
    work = [1, 2, 3]
    assert Local().track(work, "nothing to see") is work


@pytest.mark.parametrize("wrong", [{"threads": 0}, {"seed": -1}])
def test_what_cannot_be_is_refused_by_name(wrong):
    with pytest.raises(BadRecipe, match=next(iter(wrong))):
        Local(**wrong)


def drawn() -> tuple[Bars, io.StringIO]:
    paper = io.StringIO()
    return Bars(Console(file=paper, force_terminal=True, width=100)), paper


def test_bars_hand_on_everything_and_say_what_runs():
    bars, paper = drawn()
    assert list(Local(watch=bars).track(range(5), "five steps", 5)) == [0, 1, 2, 3, 4]
    assert "five steps" in paper.getvalue()
    assert "5/5" in paper.getvalue()


def test_bars_nest_and_work_from_several_threads():
    bars, paper = drawn()

    def run(title: str) -> None:
        for _ in bars.track(range(3), title, 3):
            assert len(list(bars.track(iter("ab"), f"inside {title}", None))) == 2

    threads = [Thread(target=run, args=(f"part {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "inside part 3" in paper.getvalue()
    assert bars._progress is None


def test_a_bar_ends_when_its_work_is_left_early_or_fails():
    bars, _ = drawn()
    work = iter(bars.track(range(5), "left early", 5))
    next(work)
    work.close()
    assert bars._progress is None
    with pytest.raises(ZeroDivisionError):
        list(bars.track((1 // n for n in (1, 0)), "fails", 2))
    assert bars._progress is None
