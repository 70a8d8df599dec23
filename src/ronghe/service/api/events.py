"""POST /v1/events: what happened, one event or a list; on disk before the answer, known to the shopper's next answer."""

import time

from starlette.requests import Request
from starlette.responses import Response

from ronghe.core import limits
from ronghe.core.events import KINDS
from ronghe.service.api.rows import Rows
from ronghe.service.fields import MAYBE_ID, Choice, Fields, Integer, Number, Text
from ronghe.service.guard import json_of, needs, service_of
from ronghe.service.posting import Outcome

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
    rows = Rows.of(await json_of(request, service.settings.body), EVENT, "events")
    now = time.time()
    timed = [row if row.get("time") is not None else {**row, "time": now} for row in rows.good]
    kept = await service.record(timed) if timed else Outcome(0, ())
    return rows.answer(kept.accepted, kept.rejected, {"duplicates": kept.duplicates})
