"""The ports to the outside world. Every adapter answers as the in-memory one does (tests/congruence)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import polars as pl

from ronghe.core.catalog import Catalog
from ronghe.core.events import Events
from ronghe.core.searches import Searches
from ronghe.core.vocabulary import Vocabulary

# One event as it comes in and as it is kept. `user` null = not known, then `session` says who; both null = a bad row.
EVENT_SCHEMA: dict[str, pl.DataType] = {
    "id": pl.String(),  # who sends an event again sends its id again; it counts once
    "time": pl.Float64(),  # epoch seconds
    "user": pl.String(),  # null = not known
    "session": pl.String(),  # visit or basket; null = none
    "item": pl.String(),  # null only for searches
    "kind": pl.String(),  # one of core.events.KINDS
    "query": pl.String(),  # what was typed; null = nothing
    "amount": pl.Float64(),  # pieces, or stars of a rating; null = 1 piece
    "price": pl.Float64(),  # paid a piece; null = unknown
    "slate": pl.String(),  # the answer it came from; null = none
    "place": pl.Int64(),  # place in that slate, from 1; null = none
    "propensity": pl.Float64(),  # odds of having been shown there; null = unknown
    "platform": pl.String(),  # web, app, shop …; null = unknown
}


VISIT = "session:"  # how the shopper id of a visit of somebody not known begins


def shopper_of(user: str | None, session: str | None) -> str | None:
    """The id under which a shopper is numbered: the user, else "session:ID", else None."""
    return user if user else f"{VISIT}{session}" if session else None


@dataclass(frozen=True)
class Appended:
    """What became of events that were handed over: accepted + doubled = handed over. They are on disk when this returns."""

    accepted: int
    last: int  # the sequence number after which nothing had been written
    again: tuple[int, ...] = ()  # places, from 0, of the doubled ones among those handed over

    @property
    def doubled(self) -> int:
        """How many were in the log already."""
        return len(self.again)


class Store(Protocol):
    """Catalogue, event log, shoppers, rejects, slates and progress marks of one shop."""

    def put_items(self, rows: pl.DataFrame) -> int:
        """Inserts or replaces items by id (core.catalog.SCHEMA), durably; numbers are kept for ever. Returns how many."""

    def delete_items(self, ids: Sequence[str]) -> int:
        """Marks items as deleted; their numbers stay. How many were there, and not deleted before."""

    def catalog(self) -> Catalog:
        """All items, row n = item number n."""

    def items(self, ids: Sequence[str]) -> pl.DataFrame:
        """The items of these ids that there are (core.catalog.SCHEMA), in item number order."""

    def revision(self) -> int:
        """Grows with every write to the catalogue, by whatever process."""

    def append(self, rows: pl.DataFrame, mark: tuple[str, int] | None = None) -> Appended:
        """Appends events (EVENT_SCHEMA), each id once; new shoppers get numbers. Durable when it returns.

        mark: (source, rows read so far), written in the same transaction, so that an ingest goes on where it was.
        An item that is not in the catalogue is kept under its id and joins when the item comes.
        """

    def marks(self) -> dict[str, int]:
        """How far each source was read."""

    def set_mark(self, source: str, rows: int) -> None:
        """Notes how far a source was read."""

    def events(self, after: int = 0, until: int | None = None) -> Events:
        """Events with sequence number in (after, until], in time order, as numbers of this store's vocabularies."""

    def searches(self, after: int = 0, until: int | None = None) -> Searches:
        """What events with sequence number in (after, until] name as typed, themselves or through their slate, in time order."""

    def event_rows(self, after: int = 0, limit: int = 1000, user: str | None = None) -> pl.DataFrame:
        """Events as they came (EVENT_SCHEMA plus `seq`), in sequence order."""

    def last(self) -> int:
        """The highest sequence number given out; 0 = none."""

    def shoppers(self) -> Vocabulary:
        """Shopper ids <-> shopper numbers."""

    def shopper(self, name: str) -> int:
        """The number of one shopper id; -1 when the log does not know it."""

    def reject(self, rows: Sequence["Reject"]) -> None:
        """Keeps rows that could not be loaded."""

    def rejects(self, limit: int = 1000) -> list["Reject"]:
        """Rows that could not be loaded, newest last."""

    def counts(self) -> dict[str, int]:
        """How many `items`, `events`, `shoppers`, `rejects`, `slates` there are."""

    def put_slate(self, slates: Sequence["SlateRow"]) -> None:
        """Keeps answers that were given."""

    def slate(self, slate: str) -> "SlateRow | None":
        """One answer; None when there is none of that id."""

    def slates(self, limit: int = 100) -> Iterator["SlateRow"]:
        """The newest answers, newest first."""

    def close(self) -> None:
        """Lets go of files and connections."""


@dataclass(frozen=True)
class Reject:
    """A row that could not be loaded: where it stood, what was wrong with which field, and the row itself as text."""

    source: str
    row: int
    field: str
    reason: str
    content: str


@dataclass(frozen=True)
class SlateRow:
    """An answer as it is logged: who asked what, when, of which model, and what stood where with what odds.

    body: JSON object {"items": [ids], "places": [...], "scores": [...], "propensities": [...], "meant": "...", "request": {...}};
    "rules": [{name: what it did}] beside the items where rules touched any.
    """

    id: str
    time: float
    shopper: str | None
    surface: str
    model: str
    body: dict[str, Any]
