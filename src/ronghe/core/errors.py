"""The error tree: each error says what was found, where, and what would be right.

RongheError
├── BadData        a row, field or file of the shop's data
│   ├── BadRequest what a client sent; carries the field
│   └── BadMedia   a picture or a sound; carries what is wrong: too large, not known, broken
├── BadRecipe      a setting; carries file and line where known
├── BadArtifact    a stored model that is corrupt, incomplete or not fit to serve
├── NotReady       the thing asked for needs a step first (ingest, train)
├── NotFound       an id that is not there
└── StoreError     the outside world: disk full, server away
"""


class RongheError(Exception):
    """Root of all errors that Ronghe raises on purpose."""


class BadData(RongheError):
    """A row, field or file of the shop's data is not what it should be."""


class BadRequest(BadData):
    """A client sent something that cannot be answered; `field` names it."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class BadMedia(BadData):
    """A picture or a sound cannot be read; `wrong` is TOO_LARGE, NOT_KNOWN (of another format) or BROKEN."""

    TOO_LARGE, NOT_KNOWN, BROKEN = "too_large", "not_known", "broken"

    def __init__(self, message: str, wrong: str) -> None:
        super().__init__(message)
        self.wrong = wrong


class BadRecipe(RongheError):
    """A recipe's setting is unknown, of the wrong type or out of range."""


class BadArtifact(RongheError):
    """A stored model is corrupt, incomplete or not fit to serve."""


class NotReady(RongheError):
    """The thing asked for needs a step first; the message names the command."""


class NotFound(RongheError):
    """No such id."""


class StoreError(RongheError):
    """The outside world failed: disk full, server away, file locked."""


def require(right: bool, field: str, value: object, says: str) -> None:
    """BadRecipe naming the setting, what was found and what would be right."""
    if not right:
        raise BadRecipe(f"{field} is {value}; right would be {says}")
