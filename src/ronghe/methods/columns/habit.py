"""What a shopper does again and again: how often they bought an item, how long ago, and how long it usually lasts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.candidates import Candidates
from ronghe.core.dataset import Dataset
from ronghe.core.errors import BadRecipe
from ronghe.core.events import DAY, KIND
from ronghe.core.queries import Queries
from ronghe.core.roles import Compute
from ronghe.methods.columns.habits import COLUMNS, Habits
from ronghe.methods.looking import asked


@dataclass(frozen=True)
class Habit:
    """Learns HabitModel: the usual time between two purchases of an item by one shopper.

    kinds: events that count as having it · visit_hours: purchases closer than this are one visit · prior: how many
    gaps of one's own the item's usual gap is worth · half_life: days after which a purchase counts half in pair:recent_buys.
    """

    kinds: tuple[str, ...] = ("purchase",)
    visit_hours: float = 6.0
    prior: float = 1.0
    half_life: float = 30.0

    def __post_init__(self) -> None:
        for name in ("visit_hours", "prior", "half_life"):
            if not 0 < getattr(self, name) < np.inf:
                raise BadRecipe(f"{name} is {getattr(self, name)}; right would be a number above 0")
        for kind in self.kinds:
            if kind not in KIND:
                raise BadRecipe(f"kinds names {kind!r}; right would be some of {', '.join(KIND)}")

    def fit(self, data: Dataset, compute: Compute) -> "HabitModel":
        """Usual gaps as of `data.as_of`."""
        bought = data.signs.of_kind(*self.kinds)
        bought = bought.where(bought.item < len(data.catalog))
        gap, item = gaps_of(bought.user, bought.item, bought.time, self.visit_hours / 24)
        usual = usual_gap(np.log(gap), item, len(data.catalog))
        kinds = np.array([KIND[kind] for kind in self.kinds], dtype=np.uint8)
        return HabitModel(usual.astype(np.float32), kinds, self.visit_hours / 24, self.prior, self.half_life)


@dataclass(frozen=True, eq=False)
class HabitModel:
    """interval (items,): usual days between purchases of the item; the last entry stands for items not known ·
    kinds, gap (days), prior, half_life: see Habit.
    """

    interval: NDArray[np.float32]
    kinds: NDArray[np.uint8]
    gap: float
    prior: float
    half_life: float

    @property
    def provides(self) -> tuple[str, ...]:
        """Columns by name."""
        return tuple(COLUMNS)

    def columns(self, names: Sequence[str], queries: Queries, candidates: Candidates) -> Mapping[str, NDArray[Any]]:
        """The asked columns (rows,), out of the query's own history; see Habits for what each means."""
        view = Habits(queries, candidates, self.interval, self.kinds, self.gap, self.prior, self.half_life)
        return asked(view, COLUMNS, names)


def gaps_of(
    user: NDArray[np.int64], item: NDArray[np.int64], time: NDArray[np.float64], least: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Days between two visits of one user for one item, and the item (gaps,); what is closer than `least` is one visit."""
    order = np.lexsort((time, item, user))
    user, item, day = user[order], item[order], time[order] / DAY
    days = np.diff(day)
    same = (user[1:] == user[:-1]) & (item[1:] == item[:-1]) & (days > least)
    return days[same], item[1:][same]


def usual_gap(log_gap: NDArray[np.float64], item: NDArray[np.int64], items: int, worth: float = 5.0) -> NDArray[np.float64]:
    """Geometric mean of the gaps of each item in days (items+1,), drawn towards that of all, which weighs like `worth` gaps
    and is the last entry; a shop without a gap yet is taken to be monthly.
    """
    overall = float(log_gap.mean()) if len(log_gap) else np.log(30.0)
    total = np.bincount(item, log_gap, minlength=items + 1) + worth * overall
    return np.exp(total / (np.bincount(item, minlength=items + 1) + worth))
