"""The console: how the shop is, what any request goes through, how good the models are, which one serves, and the rules."""

import re
from dataclasses import replace
from typing import Any

from starlette.requests import Request as HttpRequest
from starlette.responses import RedirectResponse, Response

from ronghe.core import limits
from ronghe.core.errors import BadArtifact, BadData, BadRecipe, BadRequest, NotFound
from ronghe.engine.request import Request
from ronghe.service.fields import Fields, Integer, Text, read_query
from ronghe.service.guard import needs, service_of
from ronghe.service.pages.funnel_view import funnel_of
from ronghe.service.pages.render import page
from ronghe.service.pages.report_view import report_of
from ronghe.service.pages.route import form_of
from ronghe.service.pages.tuning_view import search_of
from ronghe.service.pages.visitor import visitor_of
from ronghe.service.pages.words import Say

BLANK_ID = Text(limits.ID, identifier=True)
TRACE: Fields = {
    "surface": BLANK_ID, "user": BLANK_ID, "text": Text(limits.QUERY), "item": BLANK_ID, "basket": Text(2_000),
    "k": Integer(1, 100), "lang": Text(10),
}  # fmt: skip
VERSION: Fields = {"version": Text(100, identifier=True), "lang": Text(10), "done": Text(100, identifier=True)}
LONGEST_RULES = 200_000


@needs("admin")
async def health(request: HttpRequest) -> Response:
    """Counts, rejects, what serves."""
    service = service_of(request)
    return page(request, "console_health.html", tab="health", status_of=await service.aside(service.engine.status))


@needs("admin")
async def trace(request: HttpRequest) -> Response:
    """One request through the funnel; it is not logged."""
    service, visitor = service_of(request), visitor_of(request)
    said = read_query(request.scope["query_string"], TRACE)
    surfaces, people = service.engine.surfaces(), await service.aside(service.engine.shoppers, 12)
    answer, wrong = None, ""
    if said.get("surface"):
        basket = tuple(i.strip() for i in said.get("basket", "").split(",") if i.strip())
        ask = Request(
            surface=said["surface"], user=said.get("user") or None, text=said.get("text", ""), item=said.get("item") or None,
            basket=basket, k=said.get("k", 20), language=visitor.language, explain=True, trace=True, log=False,
        )  # fmt: skip
        try:
            answer = await service.asks(ask)
        except BadRequest as error:
            wrong = str(error)
    view = None if answer is None else funnel_of(answer)
    return page(
        request,
        "console_trace.html",
        tab="trace",
        said=said,
        surfaces=surfaces,
        people=people,
        answer=answer,
        view=view,
        wrong=wrong,
    )


@needs("admin")
async def report(request: HttpRequest) -> Response:
    """The evaluation of a version."""
    service = service_of(request)
    said = read_query(request.scope["query_string"], VERSION)
    models = await service.aside(service.engine.models)
    view, wrong = None, ""
    try:
        if (held := await service.aside(service.engine.report, said.get("version") or None)) is not None:
            view = await service.aside(report_of, held, visitor_of(request).language)
    except BadData as error:
        wrong = str(error)
    version = said.get("version") or next((m.version for m in models if m.current), "")
    return page(request, "console_report.html", tab="report", view=view, models=models, chosen=version, wrong=wrong)


@needs("admin")
async def models(request: HttpRequest) -> Response:
    """All versions."""
    said = read_query(request.scope["query_string"], VERSION)
    return await _models(request, done=said.get("done", ""))


@needs("admin")
async def post_models(request: HttpRequest) -> Response:
    """Serves another version, or the one before."""
    form, service = await form_of(request), service_of(request)
    try:
        if form.get("version"):
            version = str(Text(100, 1, identifier=True).read(form["version"], "version"))
            await service.aside(service.engine.switch, version)
        else:
            version = await service.aside(service.engine.rollback)
    except (BadArtifact, NotFound) as error:
        return await _models(request, wrong=str(error), status=409)
    service.metrics.switched()
    return RedirectResponse(f"/console/models?done={version}", 303)


@needs("admin")
async def rules(request: HttpRequest) -> Response:
    """The rules, to be edited."""
    said = read_query(request.scope["query_string"], VERSION)
    service = service_of(request)
    text = await service.aside(service.engine.rules)
    return page(request, "console_rules.html", tab="rules", rules=text, wrong="", line=0, done=bool(said.get("done")))


@needs("admin")
async def post_rules(request: HttpRequest) -> Response:
    """Saves rules that are right; shows what is wrong with others, and where."""
    form, service = await form_of(request), service_of(request)
    text = str(Text(LONGEST_RULES).read(form.get("rules", ""), "rules")).replace("\r\n", "\n")
    try:
        await service.aside(service.engine.set_rules, text)
    except BadRecipe as error:
        given: dict[str, Any] = {"wrong": str(error), "line": line_of(error), "done": False}
        return page(request, "console_rules.html", status=400, tab="rules", rules=text, **given)
    return RedirectResponse("/console/rules?done=1", 303)


def line_of(error: BadRecipe) -> int:
    """The line that an error of the rules names; 0 = none."""
    found = re.search(r":(\d+):|\bline (\d+)", str(error))
    return int(next(filter(None, found.groups()))) if found else 0


async def _models(request: HttpRequest, wrong: str = "", done: str = "", status: int = 200) -> Response:
    service = service_of(request)
    found = [replace(m, metrics=dict(list(m.metrics.items())[:4])) for m in await service.aside(service.engine.models)]
    search = await service.aside(search_of, service.engine.folder, Say(visitor_of(request).language))
    return page(request, "console_models.html", status=status, tab="models", models=found, wrong=wrong, done=done, search=search)
