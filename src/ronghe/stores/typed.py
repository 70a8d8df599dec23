"""What was typed, out of the SQL log: what events say themselves, else the answer that they name."""

from collections.abc import Iterable, Iterator
from sqlite3 import Connection
from typing import Any

import numpy as np
import orjson
import zstandard

from ronghe.core.searches import Searches
from ronghe.stores.event_log import catalogue_numbers, last

_TYPED = """
SELECT query, time, ifnull(shopper, -1), ifnull(item, -1), kind, slate FROM events
WHERE seq > ? AND seq <= ? AND (query IS NOT NULL OR slate IS NOT NULL) ORDER BY seq
"""
_ANSWERS = "SELECT id, body FROM slates WHERE id IN (SELECT value FROM json_each(?))"
_AT_ONCE = 5_000


def searches(connection: Connection, after: int, until: int | None) -> Searches:
    """What events with sequence number in (after, until] name as typed, in time order."""
    rows = connection.execute(_TYPED, (after, last(connection) if until is None else until)).fetchall()
    asked = _texts(connection, {row[5] for row in rows if not row[0] and row[5]})
    found = [(row[0] or asked.get(row[5], ""), *row[1:5]) for row in rows]
    kept = [row for row in found if row[0]]
    item = catalogue_numbers(connection, np.array([row[3] for row in kept], dtype=np.int64)).tolist()
    return Searches.of([(text, time, user, number, kind) for (text, time, user, _, kind), number in zip(kept, item, strict=True)])


def _texts(connection: Connection, slates: Iterable[str]) -> dict[str, str]:
    """The typed text of each of these answers that answered one."""
    found: dict[str, str] = {}
    for names in _parts(sorted(slates)):
        for name, body in connection.execute(_ANSWERS, (orjson.dumps(names),)):
            found[name] = typed_in(orjson.loads(zstandard.ZstdDecompressor().decompress(body)))
    return found


def _parts(names: list[str]) -> Iterator[list[str]]:
    yield from (names[start : start + _AT_ONCE] for start in range(0, len(names), _AT_ONCE))


def typed_in(body: dict[str, Any]) -> str:
    """What was typed to get a logged answer; "" = nothing."""
    return str(body.get("request", {}).get("text", "")).strip()
