"""The route class of pages: log-ins instead of keys, and errors as pages."""

from urllib.parse import parse_qsl, quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ronghe.core.errors import BadRequest
from ronghe.service.guard import Guarded, body_of, service_of
from ronghe.service.json_text import check_text
from ronghe.service.pages.render import here, page
from ronghe.service.pages.seal import is_ours, logged_in
from ronghe.service.pages.visitor import LOGIN, visitor_of
from ronghe.service.problems import Problem
from ronghe.service.state import Service

LONGEST_FORM = 262_144


class PageRoute(Guarded):
    """A route that a browser shows."""

    def admit(self, request: Request, scope: str, service: Service) -> None:
        """Problem 401 unless this browser logged in with a key that opens `scope`."""
        name = logged_in(service.secret, request.cookies.get(LOGIN, ""))
        key = next((k for k in service.settings.keys if k.name == name), None)
        if key is None or not key.may(scope):
            raise Problem(401, "no_key", "a key is needed")
        request.scope["key"] = key.name

    def refused(self, request: Request, problem: Problem) -> Response:
        """An error as a page; the way to the log-in when that is what lacks."""
        if problem.status == 401:
            return RedirectResponse(f"/login?back={quote(here(request) if request.method == 'GET' else '/', safe='')}", 303)
        return error_page(request, problem)


def error_page(request: Request, problem: Problem) -> Response:
    """The page of an error."""
    response = page(request, "error.html", status=problem.status, problem=problem)
    response.headers.update(problem.headers)
    return response


async def form_of(request: Request) -> dict[str, str]:
    """A posted form of ours. Problem 403 when it does not carry the token of this visit; BadRequest when it is not a form."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Problem(415, "not_a_form", "right would be a form, urlencoded", "content-type")
    try:
        text = (await body_of(request, LONGEST_FORM)).decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=50)
    except ValueError:  # also bytes that are not UTF-8
        raise BadRequest("the form cannot be read") from None
    form = {name: check_text(value, name) for name, value in pairs}
    if not is_ours(service_of(request).secret, visitor_of(request).visit, form.get("token", "")):
        raise Problem(403, "not_our_form", "the form is too old or not ours")
    return form


def back_of(form: dict[str, str], default: str = "/") -> str:
    """Where a form wants to go back to: a path on this server, nothing else."""
    back = form.get("back", default)
    local = back.startswith("/") and not back.startswith("//") and "\\" not in back and back.isprintable()
    return back if local else default
