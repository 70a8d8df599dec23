"""The global time split: train < t1 <= valid < t2 <= test; nobody learns from what came after their moment."""

from dataclasses import dataclass
from math import ceil

from ronghe.core.errors import NotReady
from ronghe.core.events import DAY, Events


@dataclass(frozen=True)
class TimeSplit:
    """Moments in epoch seconds: first event >= start, train < t1 <= valid < t2 <= test < end."""

    start: float
    t1: float
    t2: float
    end: float


def time_split(events: Events, test_days: float, valid_days: float) -> TimeSplit:
    """The last `test_days` for the test, `valid_days` before them for validation, whole UTC days from the log's end.

    At least as long a time as both must be left to train on, else NotReady.
    """
    if not len(events):
        raise NotReady("there are no events to learn from; `ronghe ingest` brings them in")
    start, end = float(events.time.min()), ceil((float(events.time.max()) + 1e-3) / DAY) * DAY
    t2 = end - test_days * DAY
    t1 = t2 - valid_days * DAY
    if t1 - start < (test_days + valid_days) * DAY:
        days = (end - start) / DAY
        raise NotReady(
            f"the log spans {days:.1f} days; test_days {test_days:g} and valid_days {valid_days:g} need at least "
            f"{2 * (test_days + valid_days):g}; bring more events in, or make them smaller in [split]"
        )
    return TimeSplit(start, t1, t2, end)
