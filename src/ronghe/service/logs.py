"""One JSON line a request on standard error: when, what route, how it went, how long. No addresses, no shoppers, no secrets."""

import logging
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


def told_to(log: Log, name: str) -> None:
    """Lets what a library says to its logger `name`, from warnings up, go the way of all that is logged."""
    library = logging.getLogger(name)
    library.handlers, library.propagate = [_Forward(log)], False


class _Forward(logging.Handler):
    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """One line."""
        say = self._log.error if record.levelno >= logging.ERROR else self._log.warning
        say("server", said=record.getMessage(), **({"exc_info": record.exc_info} if record.exc_info else {}))


def _dumps(fields: dict[str, Any], **_: Any) -> bytes:
    return orjson.dumps(fields, default=str)
