"""Every page in one table, and the files they are made of."""

from importlib.resources import files

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

import ronghe
from ronghe.core.media import PICTURE, SOUND
from ronghe.service.guard import Handler, address
from ronghe.service.pages import actions, console, console_words, media, shop
from ronghe.service.pages.route import PageRoute

PAGES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/", shop.home),
    ("GET", "/search", shop.search),
    ("GET", "/search/picture", media.form(PICTURE)),
    ("POST", "/search/picture", media.found(PICTURE)),
    ("GET", "/search/sound", media.form(SOUND)),
    ("POST", "/search/sound", media.found(SOUND)),
    ("GET", "/picture/{item}", media.file(PICTURE)),
    ("GET", "/sound/{item}", media.file(SOUND)),
    ("GET", "/suggest", shop.suggest),
    ("GET", "/item/{item}", shop.item),
    ("GET", "/basket", shop.basket),
    ("GET", "/why/{slate}/{place}", shop.why),
    ("POST", "/basket/add", actions.add),
    ("POST", "/basket/remove", actions.remove),
    ("POST", "/basket/buy", actions.buy),
    ("POST", "/act", actions.act),
    ("POST", "/personal", actions.personal),
    ("GET", "/login", actions.login),
    ("POST", "/login", actions.post_login),
    ("POST", "/logout", actions.logout),
    ("GET", "/console", console.health),
    ("GET", "/console/trace", console.trace),
    ("GET", "/console/report", console.report),
    ("GET", "/console/models", console.models),
    ("POST", "/console/models", console.post_models),
    ("GET", "/console/rules", console.rules),
    ("POST", "/console/rules", console.post_rules),
    ("GET", "/console/synonyms", console_words.synonyms),
    ("POST", "/console/synonyms", console_words.post_synonyms),
)


def add_pages(app: FastAPI) -> None:
    """Adds the pages and their static files."""
    for method, path, endpoint in PAGES:
        app.router.add_api_route(
            address(path), endpoint, methods=[method], route_class_override=PageRoute, include_in_schema=False, response_model=None,
            name=f"{method.lower()} {path}",
        )  # fmt: skip
    app.mount("/static", Static(directory=str(files("ronghe.service") / "static")), name="static")


class Static(StaticFiles):
    """Files of the package; a browser may keep them for the version in their address."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file."""
        response = await super().get_response(path, scope)
        named = Request(scope).query_params.get("v") == ronghe.__version__
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if named else "no-cache"
        return response
