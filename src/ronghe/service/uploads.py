"""A file that is sent: the body itself, or the one file of a form (multipart/form-data, RFC 7578), within limits."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request

from ronghe.core.errors import BadRequest
from ronghe.core.media import PICTURE, SOUND
from ronghe.methods.encoders.media import pictures, sounds
from ronghe.service.guard import body_of
from ronghe.service.json_text import check_text
from ronghe.service.problems import Problem

LONGEST = {PICTURE: pictures.BYTES, SOUND: sounds.BYTES}
AROUND = 65_536  # bytes of a form around its file
MOST_PARTS = 20
MOST_NAME = 200  # characters of a file's name
ANY, FORM = "application/octet-stream", "multipart/form-data"
TYPES = {
    PICTURE: ("image/jpeg", "image/png", "image/webp"),
    SOUND: ("audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave", "audio/flac", "audio/x-flac", "audio/ogg"),
}  # what is in the file decides, whatever is said; a type that is none of these is refused before it is read
_BOUNDARY = re.compile(r'boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))', re.IGNORECASE)
_SAID = re.compile(r'\b(name|filename)="((?:[^"\\\r\n]|\\.)*)"', re.IGNORECASE)


@dataclass(frozen=True)
class Upload:
    """content of the file · name that was said with it · fields: what else the form holds."""

    content: bytes
    name: str
    fields: Mapping[str, str] = field(default_factory=dict)


async def upload_of(request: Request, kind: str) -> Upload:
    """The file of a request. Problem 413, 415 or 408; BadRequest when a form cannot be read or holds no file."""
    said = request.headers.get("content-type", "")
    form = said.partition(";")[0].strip().lower()
    if form not in (FORM, ANY, *TYPES[kind]):
        right = ", ".join((*TYPES[kind][:3], FORM))
        raise Problem(415, f"no_{kind}", f"content-type is {form[:60]!r}; right would be {right}", "content-type")
    body = await body_of(request, LONGEST[kind] + (AROUND if form == FORM else 0))
    return form_upload(body, said) if form == FORM else Upload(body, f"the {kind}")


def form_upload(body: bytes, said: str) -> Upload:
    """The one file and the other fields of a form. BadRequest names what is wrong."""
    found = _BOUNDARY.search(said)
    if found is None:
        raise BadRequest("the form does not say its boundary", "content-type")
    mark = b"--" + (found[1] or found[2]).encode("latin-1")
    parts = (b"\r\n" + body).split(b"\r\n" + mark, MOST_PARTS + 1)
    if len(parts) < 3 or not parts[-1].startswith(b"--"):
        raise BadRequest("the form is cut short, or has too many parts")
    fields: dict[str, str] = {}
    files: list[tuple[bytes, str]] = []
    for part in parts[1:-1]:
        head, blank, content = part.partition(b"\r\n\r\n")
        names = {key.lower(): value for key, value in _SAID.findall(_text(head, "a part's head"))}
        if not blank or "name" not in names:
            raise BadRequest("a part of the form has no name")
        if "filename" in names:
            files.append((content, names["filename"]))
        else:
            fields[names["name"]] = check_text(_text(content, names["name"][:50]), names["name"][:50])
    if len(files) != 1:
        raise BadRequest(f"the form holds {len(files)} files; right would be one", "file")
    return Upload(files[0][0], plain_name(files[0][1]), fields)


def plain_name(name: str) -> str:
    """A file's name without folders and control characters, for messages."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable())[:MOST_NAME] or "the file"


def _text(content: bytes, field: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest("the form holds text that is not UTF-8", field) from None
