"""Templates to pages: autoescaped, with words, money, tiles and the security headers of a page."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlencode

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

import ronghe
from ronghe.engine.facets import written
from ronghe.engine.variants import values_of
from ronghe.methods.lexical.text import has_han
from ronghe.methods.understand.colours import COLOURS
from ronghe.service.guard import service_of
from ronghe.service.pages.pictures import picture_of
from ronghe.service.pages.seal import form_token
from ronghe.service.pages.tiles import tile_of
from ronghe.service.pages.visitor import Visitor, remember, visitor_of
from ronghe.service.pages.words import NAMES, Say

SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "CNY": "¥", "JPY": "¥"}
JOINT = " > "


@cache
def templates() -> jinja2.Environment:
    """The templates of the package."""
    loader = jinja2.FileSystemLoader(str(files("ronghe.service") / "templates"))
    made = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters.update(
        money=money, pretty=pretty, leaf=leaf, kind=kind, path=id_path, moment=moment, size=size, number=number, query=urlencode,
        choices=values_of, variant=variant, colour=colour,
    )  # fmt: skip
    made.globals.update(tile_of=tile_of, picture_of=picture_of, version=ronghe.__version__)
    return made


def page(request: Request, name: str, *, visitor: Visitor | None = None, status: int = 200, **given: Any) -> Response:
    """The page of a template, with the visitor's cookies kept up."""
    service = service_of(request)
    visitor = visitor or visitor_of(request)
    shop = service.engine.recipe.shop
    html = templates().get_template(name).render(
        say=Say(visitor.language), visitor=visitor, shop=shop, token=form_token(service.secret, visitor.visit), here=here(request),
        languages=NAMES, other_language=other_language(request), request_id=request.scope.get("request_id", ""),
        closed=bool(service.settings.keys), images=service.settings.images, senses=service.engine.senses, own=bool(shop.media),
        **given,
    )  # fmt: skip
    response = HTMLResponse(html, status, {"Content-Security-Policy": policy(service.settings.images), "Cache-Control": "no-store"})
    response.headers["Content-Language"] = "zh-Hans" if visitor.language == "zh" else "en"
    remember(response, request, visitor, service.settings.secure)
    return response


def policy(images: str) -> str:
    """The content-security policy of a page; `images`: further places that pictures may come from."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; font-src 'self'; "
        f"media-src 'self'; img-src 'self' data: {images}".rstrip()
        + "; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )


def here(request: Request) -> str:
    """The address of this page on this server, for forms that come back to it."""
    query = request.url.query
    return request.url.path + (f"?{query}" if query else "")


def other_language(request: Request) -> dict[str, str]:
    """The address of this page in each language."""
    kept = [(k, v) for k, v in request.query_params.multi_items() if k != "lang"]
    return {code: f"{request.url.path}?{urlencode([*kept, ('lang', code)])}" for code in NAMES}


def money(value: float | None, currency: str) -> str:
    """A price as shoppers read it."""
    if value is None:
        return ""
    sign = SIGNS.get(currency, f"{currency} ")
    return f"{sign}{value:,.0f}" if currency == "JPY" else f"{sign}{value:,.2f}"


def pretty(text: str) -> str:
    """Shouted text in ordinary letters, units small; other text as it is, so is a letter or two among Chinese."""
    if not text.isupper() or has_han(text):
        return text
    return " ".join(_calm(word, before) for word, before in zip(text.split(" "), ["", *text.split(" ")], strict=False))


def _calm(word: str, before: str) -> str:
    if any(c.isdigit() for c in word):
        return word
    return word.lower() if before[-1:].isdigit() else "/".join(w.capitalize() for w in word.split("/"))


def kind(one: Any) -> str:
    """The small line above a title: the narrowest level of the category that the title does not say already, else the brand."""
    title, category, brand = (str(one[n] if isinstance(one, Mapping) else getattr(one, n)) for n in ("title", "category", "brand"))
    levels = [level for level in reversed(category.split(JOINT)) if level and level.lower() not in title.lower()]
    return pretty(levels[0]) if levels else brand  # a name is written as its owner writes it: HP, APC


def variant(one: Mapping[str, Any]) -> str:
    """What tells a variant from the others, in short."""
    said = [", ".join(map(written, value)) if isinstance(value, list) else written(value) for value in one["says"].values()]
    return pretty(" · ".join(said) or str(one["title"] or one["id"]))


def colour(value: str, language: str) -> str:
    """A colour as it is called in a language."""
    names = COLOURS.get(value, (value,))
    return next((name for name in names if name.isascii() == (language == "en")), value)


def leaf(category: str) -> str:
    """The narrowest level of a category path."""
    return pretty(category.rpartition(JOINT)[2])


def id_path(text: str) -> str:
    """An id as one piece of an address."""
    return quote(text, safe="")


def moment(value: float | None) -> str:
    """Epoch seconds as a day and a time, UTC."""
    return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%d %H:%M") if value else ""


def size(count: float) -> str:
    """Bytes as people read them."""
    for unit in ("B", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.0f} {unit}"
        count /= 1024
    return f"{count:.1f} GiB"


def number(value: float | int) -> str:
    """A number as people read it."""
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"
