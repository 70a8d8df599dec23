"""Every error a client can get has one shape: {"error": {"code", "message", "field", "request_id"}}."""

import errno
from collections.abc import Mapping
from typing import Any

from ronghe.core.errors import (
    BadArtifact,
    BadData,
    BadMedia,
    BadRecipe,
    BadRequest,
    NotFound,
    NotReady,
    StoreError,
)


class Problem(Exception):
    """An answer that is an error: HTTP status, a code for machines, a message for people, the field that is wrong."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        field: str = "",
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.field = status, code, message, field
        self.headers, self.more = dict(headers or {}), dict(more or {})

    def body(self, request_id: str) -> dict[str, Any]:
        """The JSON that is sent."""
        error = {"code": self.code, "message": self.message, "field": self.field or None, "request_id": request_id}
        return {"error": {**error, **self.more}}


def busy(what: str) -> Problem:
    """Too much is waiting already."""
    return Problem(503, "busy", f"too many {what} are waiting; try again in a second", headers={"Retry-After": "1"})


def too_slow() -> Problem:
    """Patience ran out."""
    return Problem(503, "timeout", "no answer in time; try again", headers={"Retry-After": "1"})


def problem_of(error: Exception) -> Problem | None:
    """The problem a client sees of an error of the tree; None when the error is nobody's expectation (a fault of ours)."""
    match error:
        case Problem():
            return error
        case BadRequest():
            return Problem(400, "bad_request", str(error), error.field)
        case BadMedia():
            status = {BadMedia.TOO_LARGE: 413, BadMedia.NOT_KNOWN: 415, BadMedia.BROKEN: 422}[error.wrong]
            return Problem(status, error.wrong, str(error), "file")
        case BadData():
            return Problem(400, "bad_data", str(error))
        case BadRecipe():
            line = getattr(error, "line", None)
            return Problem(400, "bad_rules", str(error), "rules", more={} if line is None else {"line": line})
        case NotFound():
            return Problem(404, "not_found", str(error))
        case BadArtifact():
            return Problem(409, "bad_model", str(error))
        case NotReady():
            return Problem(503, "not_ready", str(error), headers={"Retry-After": "5"})
        case StoreError():
            return _of_store(error)
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            return _full()
    return None


def _of_store(error: StoreError) -> Problem:
    cause = error.__cause__
    full = (isinstance(cause, OSError) and cause.errno == errno.ENOSPC) or ("disk" in str(error) and "full" in str(error))
    if full:
        return _full()
    return Problem(503, "store_away", "the store does not answer; nothing of this request was kept", headers={"Retry-After": "1"})


def _full() -> Problem:
    return Problem(507, "disk_full", "the store has no room left; nothing of this request was kept")
