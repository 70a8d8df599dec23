"""/v1/search/picture and /v1/search/sound: what is on offer that looks like a picture, or sounds like a sound."""

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from ronghe.core import limits
from ronghe.core.media import PICTURE, SOUND
from ronghe.engine.request import Request
from ronghe.service.api.asking import BASKET, HOW, NARROW, WHO, body_of_answer
from ronghe.service.fields import ID, Fields, Text, read_query
from ronghe.service.guard import Handler, as_json, needs, service_of
from ronghe.service.uploads import upload_of

BY_MEDIA: Fields = {"text": Text(limits.QUERY), **WHO, **NARROW, **BASKET, **HOW}
AGAIN: Fields = {"slate": ID, **BY_MEDIA}
READ = {PICTURE: "JPEG, PNG, WebP", SOUND: "WAV, FLAC, OGG"}  # what of each kind is read


def search_by(kind: str) -> Handler:
    """The endpoint that finds items by a picture, or by a sound."""

    @needs("read")
    async def found(http: HttpRequest) -> Response:
        service = service_of(http)
        said = read_query(http.scope["query_string"], BY_MEDIA)
        sent = await upload_of(http, kind)
        media = await service.senses((kind, sent.content, sent.name))
        return as_json(body_of_answer(await service.asks(Request(surface="search", media=media, **said))))

    how = f"{READ[kind]}; the body, or a form with one file"
    found.__doc__ = f"Finds items by a {kind} ({how}), with words beside it if there are any."  # OpenAPI says so
    return found


def search_again(kind: str) -> Handler:
    """The endpoint that asks once more by the picture, or the sound, of an answer that was given: its next page, other filters."""

    @needs("read")
    async def found(http: HttpRequest) -> Response:
        service = service_of(http)
        said = read_query(http.scope["query_string"], AGAIN)
        slate = said.pop("slate", None) or ID.read(None, "slate")
        media = await service.aside(service.engine.sent, slate, kind)
        return as_json(body_of_answer(await service.asks(Request(surface="search", media=media, **said))))

    found.__doc__ = (
        f"Finds items by the {kind} that an answer was asked by, without sending it again: its next page, other filters."
    )
    return found
