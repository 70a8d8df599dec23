"""Search by a picture or a sound on the pages: a form to send one, what is like it, and the files of the shop's own items."""

import hashlib
from typing import Any

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from ronghe.core.errors import NotFound
from ronghe.engine.request import Answer
from ronghe.engine.sent import file_of
from ronghe.service.fields import ID, Fields, Integer, read_query
from ronghe.service.guard import Handler, needs, service_of
from ronghe.service.pages.pictures import type_of
from ronghe.service.pages.render import page
from ronghe.service.pages.seal import is_ours
from ronghe.service.pages.shop import LANG, MOST_PAGES, ON_PAGE, asked, pages_of, people
from ronghe.service.pages.visitor import visitor_of
from ronghe.service.problems import Problem
from ronghe.service.uploads import FORM, LONGEST, Upload, upload_of

AGAIN: Fields = {"slate": ID, "page": Integer(1, MOST_PAGES), **LANG}
ALONE = "default-src 'none'"  # a file, never a page
KEPT = "private, max-age=86400"  # a browser keeps an item's file for a day


def form(kind: str) -> Handler:
    """The page with a form to search by a picture, or by a sound; a page of what was found by one that was sent before."""

    @needs("read")
    async def shown(request: HttpRequest) -> Response:
        service, visitor = service_of(request), visitor_of(request)
        said = read_query(request.scope["query_string"], AGAIN)
        if kind not in service.engine.senses:
            raise NotFound(f"this shop is not searched by {kind}s")
        if "slate" not in said:
            return await _shown(request, kind, None)
        media, number = await service.aside(service.engine.sent, said["slate"], kind), said.get("page", 1)
        answer = await service.asks(asked("search", visitor, media=media, k=ON_PAGE, offset=(number - 1) * ON_PAGE))
        return await _shown(request, kind, answer, slate=said["slate"], number=number)

    return shown


def found(kind: str) -> Handler:
    """The page of what looks like the picture that was sent, or sounds like the sound."""

    @needs("read")
    async def shown(request: HttpRequest) -> Response:
        service, visitor = service_of(request), visitor_of(request)
        read_query(request.scope["query_string"], LANG)
        if not request.headers.get("content-type", "").lower().startswith(FORM):
            raise Problem(415, "not_a_form", "right would be a form with a file", "content-type")
        sent: Upload = await upload_of(request, kind)
        if not is_ours(service.secret, visitor.visit, sent.fields.get("token", "")):
            raise Problem(403, "not_our_form", "the form is too old or not ours")
        media = await service.senses((kind, sent.content, sent.name))
        answer = await service.asks(asked("search", visitor, media=media, k=ON_PAGE))
        return await _shown(request, kind, answer, sent.name, answer.slate)

    return shown


def file(kind: str) -> Handler:
    """The picture of an item, or its sound, out of the shop's folder of pictures and sounds."""

    @needs("read")
    async def sent(request: HttpRequest) -> Response:
        service = service_of(request)
        item = str(ID.read(request.path_params["item"], "item"))
        read_query(request.scope["query_string"], {})
        await service.aside(service.engine.offered, item)
        content = await service.aside(file_of, service.engine.keeper.live, item, kind)
        mark = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        headers = {"ETag": mark, "Cache-Control": KEPT, "Content-Security-Policy": ALONE}
        if request.headers.get("if-none-match") == mark:
            return Response(status_code=304, headers=headers)
        return Response(content, media_type=type_of(content, kind), headers=headers)

    return sent


async def _shown(
    request: HttpRequest, kind: str, answer: Answer | None, name: str = "", slate: str = "", number: int = 1
) -> Response:  # fmt: skip
    """slate: of the answer to the file itself, whose other pages are asked for by it."""
    service = service_of(request)
    given: dict[str, Any] = {"kind": kind, "answer": answer, "sent": name, "most": LONGEST[kind] // 2**20, "slate": slate}
    given |= {"number": number, "pages": pages_of(answer.total) if answer is not None else 0}
    return page(request, "media.html", text="", people=await people(service), **given)
