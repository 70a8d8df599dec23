"""What a training tells: that a surface which shows nothing twice cannot win where people buy again."""

from dataclasses import replace

from reports import report
from ronghe.cli.learning import _held_back
from ronghe.evaluate.report import MAIN, REPEAT
from ronghe.evaluate.significance import Interval


def judged(repeat: float, wanted: int, new: int):
    found = report()
    none = {REPEAT: {MAIN: Interval(repeat, repeat, repeat)}}
    systems = tuple(replace(one, slices=none) if one.role == "final" else one for one in found.systems)
    return replace(found, systems=systems, counts={"wanted": wanted, "wanted new": new})


def test_a_shop_of_repeats_whose_home_shows_none_gets_a_hint():
    assert "62% of what was wanted" in _held_back(judged(0.0, 100, 38))


def test_others_get_none():
    assert _held_back(judged(0.4, 100, 38)) == ""
    assert _held_back(judged(0.0, 100, 90)) == ""
    assert _held_back(judged(0.0, 0, 0)) == ""
