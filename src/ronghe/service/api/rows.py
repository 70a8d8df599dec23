"""Rows that a client posts, one or a list: each is read or refused by itself, and each refusal says which row it was."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from starlette.responses import Response

from ronghe.core.errors import BadRequest
from ronghe.core.ports import Reject
from ronghe.service.fields import Fields, read_object
from ronghe.service.guard import as_json
from ronghe.service.posting import Rejection
from ronghe.service.problems import Problem

MOST = 1_000


@dataclass(frozen=True)
class Rows:
    """good: rows of the right form · at: the number that each of them had, from 0 · bad: the others, and what is wrong ·
    alone: it was one row, not a list.
    """

    good: list[Mapping[str, object]]
    at: list[int]
    bad: list[Rejection]
    alone: bool

    @staticmethod
    def of(said: Any, fields: Fields, what: str) -> "Rows":
        """The rows of a body. BadRequest when there are more than MOST; what: their name, for the message."""
        alone = not isinstance(said, list)
        rows = [said] if alone else said
        if len(rows) > MOST:
            raise BadRequest(f"the list has {len(rows)} {what}; right would be at most {MOST}")
        read = Rows([], [], [], alone)
        for number, row in enumerate(rows):
            try:
                read.good.append(read_object(row, fields))
                read.at.append(number)
            except BadRequest as error:
                read.bad.append(Rejection(number, error.field, str(error)))
        return read

    def answer(
        self, accepted: int, refused: Iterable[Rejection | Reject] = (), more: Mapping[str, int] = MappingProxyType({})
    ) -> Response:
        """200 when something is kept or nothing was sent; else 400 with the first row's error, and all of them beside it.

        refused: rows of `good` that could not be kept after all, numbered as there · more: other counts of rows that were all
        right, by name.
        """
        kept_out = [Rejection(self.at[one.row], one.field, one.reason) for one in refused]
        rejected = sorted([*self.bad, *kept_out], key=lambda one: one.row)
        if accepted or any(more.values()) or not rejected:
            return as_json({"accepted": accepted, **more, "rejected": rejected})
        first = rejected[0]
        field = first.field if self.alone else f"[{first.row}].{first.field}".rstrip(".")
        raise Problem(400, "bad_rows", first.reason, field, more={"accepted": 0, **more, "rejected": rejected})
