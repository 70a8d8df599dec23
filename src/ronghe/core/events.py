"""What happened in the shop, as columns; what an event weighs as a sign of liking."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ronghe.core.errors import BadData

KINDS: tuple[str, ...] = (
    "impression", "view", "click", "cart", "purchase", "rating", "favourite", "remove", "search", "hide",
)  # fmt: skip
KIND: dict[str, int] = {name: code for code, name in enumerate(KINDS)}
# How much one event says that its shopper wants its item; 0 = shown or asked, not wanted; below 0 = not wanted.
LIKING: NDArray[np.float32] = np.array([0, 0.3, 0.4, 0.7, 1.0, 1.0, 0.8, 0.0, 0.0, -1.0], dtype=np.float32)
DAY = 86_400.0


@dataclass(frozen=True, eq=False)
class Events:
    """Columns of equal length in time order. A shopper is a person, or a visit of somebody not known ("session:ID").

    time epoch seconds · user shopper number · session visit number, -1 none · item number, -1 none ·
    kind code in KINDS · amount pieces bought, or stars of a rating · price paid a piece, NaN unknown ·
    place in its slate from 1, -1 none · propensity of having been shown there, NaN unknown.
    """

    time: NDArray[np.float64]
    user: NDArray[np.int64]
    session: NDArray[np.int64]
    item: NDArray[np.int64]
    kind: NDArray[np.uint8]
    amount: NDArray[np.float32]
    price: NDArray[np.float32]
    place: NDArray[np.int32]
    propensity: NDArray[np.float32]

    def __post_init__(self) -> None:
        lengths = {field.name: len(getattr(self, field.name)) for field in fields(self)}
        if len(set(lengths.values())) > 1:
            raise BadData(f"event columns have lengths {lengths}; right would be one length")

    def __len__(self) -> int:
        return len(self.time)

    @staticmethod
    def of(**columns: Any) -> "Events":
        """Events from at least `time`, `user`, `item`; the other columns default to purchase, 1 piece, unknown."""
        size = len(columns["time"])
        default: dict[str, Any] = {
            "session": np.full(size, -1), "kind": np.full(size, KIND["purchase"]), "amount": np.ones(size),
            "price": np.full(size, np.nan), "place": np.full(size, -1), "propensity": np.full(size, np.nan),
        }  # fmt: skip
        types = {"time": np.float64, "user": np.int64, "session": np.int64, "item": np.int64, "kind": np.uint8,
                 "amount": np.float32, "price": np.float32, "place": np.int32, "propensity": np.float32}  # fmt: skip
        return Events(**{name: np.asarray({**default, **columns}[name], dtype=kind) for name, kind in types.items()})

    @staticmethod
    def empty() -> "Events":
        """No events."""
        return Events.of(time=[], user=[], item=[])

    def where(self, mask: NDArray[Any]) -> "Events":
        """The events that `mask` (booleans or positions) picks."""
        return replace(self, **{field.name: getattr(self, field.name)[mask] for field in fields(self)})

    def sorted(self) -> "Events":
        """The same events in time order (stable)."""
        return self.where(np.argsort(self.time, kind="stable"))

    def before(self, moment: float) -> "Events":
        """Events strictly before `moment` (epoch seconds)."""
        return self.where(self.time < moment)

    def between(self, start: float, end: float) -> "Events":
        """Events with start <= time < end (epoch seconds)."""
        return self.where((self.time >= start) & (self.time < end))

    def of_kind(self, *names: str) -> "Events":
        """Events of these kinds, by name."""
        return self.where(np.isin(self.kind, [KIND[name] for name in names]))

    def days_before(self, moment: float) -> NDArray[np.float64]:
        """Age of each event at `moment`, in days."""
        return (moment - self.time) / DAY

    @property
    def liking(self) -> NDArray[np.float32]:
        """How much each event says that its shopper wants its item (rows,); see liking_of."""
        return liking_of(self.kind, self.amount)


def liking_of(kind: NDArray[np.uint8], amount: NDArray[np.float32]) -> NDArray[np.float32]:
    """LIKING of each kind; ratings by their stars: 5 is 1, 3 is 0, 1 is -1; stars that are no number say nothing: 0."""
    weight = LIKING[kind]
    rated = kind == KIND["rating"]
    stars = np.where(np.isnan(amount), 3.0, amount)
    return np.where(rated, np.clip((stars - 3.0) / 2.0, -1.0, 1.0), weight).astype(np.float32)
