"""One JSON line a request on standard error: when, what route, how it went, how long. No addresses, no shoppers, no secrets."""

import sys
from typing import Any, Protocol

import orjson
import structlog


class Log(Protocol):
    """What the service needs of a logger."""

    def info(self, event: str, **fields: Any) -> Any:
        """Something that is as it should be."""

    def warning(self, event: str, **fields: Any) -> Any:
        """Something to look at."""

    def error(self, event: str, **fields: Any) -> Any:
        """A fault."""


def json_log(stream: Any = None) -> Log:
    """A logger that writes JSON lines to a binary stream (standard error)."""
    factory = structlog.BytesLoggerFactory(stream if stream is not None else sys.stderr.buffer)
    log: Log = structlog.wrap_logger(
        factory(),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=_dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger("info"),
        cache_logger_on_first_use=True,
    )
    return log


def _dumps(fields: dict[str, Any], **_: Any) -> bytes:
    return orjson.dumps(fields, default=str)
