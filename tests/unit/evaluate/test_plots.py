"""Plots: well-formed, named for screen readers, escaped, without colours or styles that a page or its policy would fight."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise

import pytest

from reports import report
from ronghe.evaluate.plot_words import metric_name, note_in
from ronghe.evaluate.plots import accuracy, all_plots, slices
from ronghe.evaluate.report import MAIN, METRICS
from ronghe.evaluate.significance import Interval
from ronghe.evaluate.svg import spread, ticks
from ronghe.learn.evaluation import CONSTRUCTED

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ["accuracy", "recall", "slices", "coverage"])
def test_a_plot_is_a_drawing_with_a_name(name, language):
    drawn = ET.fromstring(all_plots(report(), language)[name])
    assert drawn.get("role") == "img"
    assert drawn.get("aria-labelledby").split() == [drawn.find(f"{SVG}title").get("id"), drawn.find(f"{SVG}desc").get("id")]
    assert drawn.find(f"{SVG}title").text
    assert not any("nan" in str(value) for element in drawn.iter() for value in element.attrib.values())


def test_names_are_said_as_they_are():
    said = {element.text for element in ET.fromstring(accuracy(report())).iter(f"{SVG}text")}
    assert {"a<b>&c", "final", "0.400"} <= said


def test_a_strict_policy_strips_nothing_and_ink_follows_the_page():
    for drawn in all_plots(report()).values():
        assert "style=" not in drawn
        assert "<style" not in drawn
        assert 'fill="currentColor"' in drawn
        assert not re.search(r'(fill|stroke)="#', drawn)


def test_the_best_bar_is_on_top_and_longest():
    bars = [float(bar.get("width")) for bar in ET.fromstring(accuracy(report())).iter(f"{SVG}rect")]
    assert bars == sorted(bars, reverse=True)
    assert bars[0] == pytest.approx(4 * bars[-1], rel=0.01)


def test_a_slice_of_nobody_is_left_out():
    said = [element.text for element in ET.fromstring(slices(report())).iter(f"{SVG}text")]
    assert "repeat purchases" in said
    assert not any(text.startswith("new shoppers") for text in said)


def test_all_zero_scores_still_draw():
    nothing = Interval(0.0, 0.0, 0.0)
    systems = tuple(
        replace(s, scores=dict.fromkeys(METRICS, nothing), beyond=dict.fromkeys(s.beyond, 0.0)) for s in report().systems
    )
    for drawn in all_plots(replace(report(), systems=systems)).values():
        ET.fromstring(drawn)


def test_no_dot_lies_on_another_ones_name():
    places = {"ease": (0.0250, 0.251), "fused": (0.0265, 0.25)}
    systems = tuple(
        replace(
            s, beyond={**s.beyond, "coverage": places[s.name][0]}, scores={**s.scores, MAIN: Interval(*[places[s.name][1]] * 3)}
        )
        if s.name in places
        else s
        for s in report().systems
    )
    drawn = ET.fromstring(all_plots(replace(report(), systems=systems))["coverage"])
    side = {element.text: element.get("text-anchor") for element in drawn.iter(f"{SVG}text")}
    assert (side["ease"], side["fused"], side["final"]) == ("end", "start", "start")


def test_metrics_and_notes_are_said_in_the_language_of_the_page():
    assert [metric_name(name, "zh") for name in ("coverage", "gini", "ndcg@10")] == ["覆盖率", "基尼系数", "ndcg@10"]
    assert metric_name("coverage", "en") == "coverage"
    assert note_in(CONSTRUCTED, "en") == CONSTRUCTED
    assert "构造" in note_in(CONSTRUCTED, "zh")
    assert note_in("A note.", "zh") == "A note."


def test_labels_keep_apart_and_inside():
    placed = spread([10, 11, 12, 99, 100], 5, 0, 100)
    assert all(b - a >= 5 - 1e-9 for a, b in pairwise(placed))
    assert max(placed) <= 100


@pytest.mark.parametrize(("top", "last"), [(0.36, 0.3), (1.0, 1.0), (7.0, 6.0), (0.0, 0.0), (1234.0, 1000.0)])
def test_ticks_are_round_and_reach_nearly_the_top(top, last):
    assert ticks(top)[0] == 0
    assert ticks(top)[-1] == pytest.approx(last)
