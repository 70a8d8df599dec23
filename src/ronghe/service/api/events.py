"""POST /v1/events: what happened, one event or a list; on disk before the answer, known to the shopper's next answer."""

import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ronghe.core import limits
from ronghe.core.errors import BadRequest
from ronghe.core.events import KINDS
from ronghe.service.fields import MAYBE_ID, Choice, Fields, Integer, Number, Text, read_object
from ronghe.service.guard import as_json, json_of, needs, service_of
from ronghe.service.posting import Outcome, Rejection
from ronghe.service.problems import Problem

MOST = 1_000
EVENT: Fields = {
    "id": MAYBE_ID, "time": Number(limits.FIRST_MOMENT, limits.LAST_MOMENT, null=True),
    "user": MAYBE_ID, "session": MAYBE_ID, "item": MAYBE_ID,
    "kind": Choice(KINDS), "query": Text(limits.QUERY, null=True), "amount": Number(0, limits.PIECES, null=True),
    "price": Number(0, limits.PRICE, null=True), "slate": MAYBE_ID, "place": Integer(1, limits.PLACE, null=True),
    "propensity": Number(limits.ODDS, 1, null=True), "platform": Text(limits.ID, null=True),
}  # fmt: skip


@needs("write")
async def post_events(request: Request) -> Response:
    """Keeps one event or a list of up to 1,000. Good rows are kept, bad ones come back with row, field and reason.

    An event without a time happened now; one that was sent before under its id is a duplicate and changes nothing.
    """
    service = service_of(request)
    said = await json_of(request, service.settings.body)
    alone = not isinstance(said, list)
    rows = [said] if alone else said
    if len(rows) > MOST:
        raise BadRequest(f"the list has {len(rows)} events; right would be at most {MOST}")
    good, at, bad = checked(rows, EVENT)
    now = time.time()
    timed = [row if row.get("time") is not None else {**row, "time": now} for row in good]
    kept = await service.record(timed) if timed else Outcome(0, ())
    rejected = sorted([*bad, *(Rejection(at[r.row], r.field, r.reason) for r in kept.rejected)], key=lambda r: r.row)
    return outcome(kept.accepted, rejected, alone, {"duplicates": kept.duplicates})


def checked(rows: list[Any], fields: Fields) -> tuple[list[Mapping[str, object]], list[int], list[Rejection]]:
    """Rows that are of the right form, the number each had, and the others with what is wrong."""
    good: list[Mapping[str, object]] = []
    at: list[int] = []
    bad: list[Rejection] = []
    for number, row in enumerate(rows):
        try:
            good.append(read_object(row, fields))
            at.append(number)
        except BadRequest as error:
            bad.append(Rejection(number, error.field, str(error)))
    return good, at, bad


def outcome(accepted: int, rejected: list[Rejection], alone: bool, more: Mapping[str, int] = MappingProxyType({})) -> Response:
    """200 when something is kept or nothing was sent; else 400 with the first row's error, and all of them beside it.

    more: other counts of rows that were all right, by name.
    """
    if accepted or any(more.values()) or not rejected:
        return as_json({"accepted": accepted, **more, "rejected": rejected})
    first = rejected[0]
    field = first.field if alone else f"[{first.row}].{first.field}".rstrip(".")
    raise Problem(400, "bad_rows", first.reason, field, more={"accepted": 0, **more, "rejected": rejected})
