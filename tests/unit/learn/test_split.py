"""The time split: whole days from the end, and a log that is too short says so."""

import numpy as np
import pytest

from ronghe.core.errors import NotReady
from ronghe.core.events import DAY, Events
from ronghe.learn.split import time_split


def log(days, start=1_483_228_800.0):
    time = start + np.arange(0, days * DAY, DAY / 4)
    return Events.of(time=time, user=np.zeros(len(time)), item=np.zeros(len(time)))


def test_the_end_of_the_log_is_held_out_in_whole_days():
    split = time_split(log(100), test_days=14, valid_days=7)
    assert (split.end - split.start) / DAY == 100
    assert (split.end - split.t2, split.t2 - split.t1) == (14 * DAY, 7 * DAY)


def test_every_event_is_in_exactly_one_part():
    events = log(60)
    split = time_split(events, 14, 14)
    parts = [events.before(split.t1), events.between(split.t1, split.t2), events.between(split.t2, split.end)]
    assert sum(map(len, parts)) == len(events)
    assert all(len(p) for p in parts)


def test_a_log_that_is_too_short_says_how_long_it_must_be():
    with pytest.raises(NotReady, match=r"spans 40\.0 days.*at least 56"):
        time_split(log(40), 14, 14)
    with pytest.raises(NotReady, match="no events"):
        time_split(Events.empty(), 14, 14)
