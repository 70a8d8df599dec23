"""The console's page of synonyms: the file, to be edited, and proposals, to be accepted or rejected."""

from typing import Any

from starlette.requests import Request as HttpRequest
from starlette.responses import RedirectResponse, Response

from ronghe.core.errors import BadRecipe, NotFound
from ronghe.service.api.synonyms import PHRASE
from ronghe.service.fields import Choice, Fields, Integer, Text, read_query
from ronghe.service.guard import needs, service_of
from ronghe.service.pages.console import line_of
from ronghe.service.pages.render import page
from ronghe.service.pages.route import form_of

LONGEST = 250_000
ON_PAGE = 50
ASKED: Fields = {"lang": Text(10), "done": Choice(("saved", "mined", "accepted", "rejected")), "n": Integer(0, 100_000)}


@needs("admin")
async def synonyms(request: HttpRequest) -> Response:
    """Synonyms and proposals."""
    said = read_query(request.scope["query_string"], ASKED)
    return await _page(request, done=said.get("done", ""), n=said.get("n", 0))


@needs("admin")
async def post_synonyms(request: HttpRequest) -> Response:
    """Saves the file, looks for proposals, accepts or rejects one; shows what is wrong with a file, and where."""
    form, service = await form_of(request), service_of(request)
    desk, act, n = service.engine.synonyms, form.get("act", "save"), 0
    try:
        if act == "mine":
            n = await service.aside(desk.mine)
        elif act in ("accept", "one-way", "reject"):
            one, other = (str(PHRASE.read(form.get(name, ""), name)) for name in ("one", "other"))
            how = {"accept": (desk.accept, one, other, True), "one-way": (desk.accept, one, other, False)}
            await service.aside(*how.get(act, (desk.reject, one, other)))
        else:
            text = str(Text(LONGEST).read(form.get("synonyms", ""), "synonyms")).replace("\r\n", "\n")
            await service.aside(desk.set, text)
    except BadRecipe as error:
        given: dict[str, Any] = {"wrong": str(error), "line": line_of(error), "text": form.get("synonyms", "")}
        return await _page(request, status=400, **given)
    except NotFound:
        act = "gone"  # somebody else was faster
    done = {"mine": "mined", "accept": "accepted", "one-way": "accepted", "reject": "rejected", "save": "saved"}.get(act)
    return RedirectResponse("/console/synonyms" + (f"?done={done}&n={n}" if done else ""), 303)


async def _page(
    request: HttpRequest, done: str = "", n: int = 0, wrong: str = "", line: int = 0, text: str | None = None, status: int = 200
) -> Response:  # fmt: skip
    service = service_of(request)
    desk = service.engine.synonyms
    listed = await service.aside(desk.text) if text is None else text
    mined, left = await service.aside(desk.proposals)
    return page(
        request, "console_synonyms.html", status=status, tab="synonyms", listed=listed, proposals=left[:ON_PAGE], many=len(left),
        mined=mined, done=done, n=n, wrong=wrong, line=line,
    )  # fmt: skip
