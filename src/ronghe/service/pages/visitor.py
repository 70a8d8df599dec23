"""Who looks at a page: their visit, whom they act as, their basket and language, all out of cookies."""

import re
import secrets
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

from ronghe.core.errors import BadRequest
from ronghe.service.fields import ID
from ronghe.service.pages.words import language_of

VISIT, SHOPPER, BASKET, LANGUAGE, LOGIN = "ronghe_visit", "ronghe_shopper", "ronghe_basket", "ronghe_lang", "ronghe_login"
PERSONAL = "ronghe_personal"
YEAR = 31_536_000
LONGEST_BASKET = 3_500  # characters; a cookie holds 4,096
_VISIT = re.compile(r"[0-9a-f]{24}")


@dataclass(frozen=True)
class Visitor:
    """visit: random, one a browser · shopper: whose eyes they look with, None = their own · basket: item ids · personal: what is
    known of them may order what they see.
    """

    visit: str
    shopper: str | None
    basket: tuple[str, ...]
    language: str
    fresh: bool = False
    personal: bool = True

    @property
    def user(self) -> str | None:
        """The shopper id that events and questions carry."""
        return self.shopper

    @property
    def session(self) -> str | None:
        """The visit, where no shopper is known: the eyes of another do not see what this browser did before."""
        return None if self.shopper else self.visit

    def with_item(self, item: str) -> "Visitor":
        """This visitor with one more item in the basket."""
        return replace(self, basket=(*(i for i in self.basket if i != item), item))

    def without_item(self, item: str) -> "Visitor":
        """This visitor with one item less."""
        return replace(self, basket=tuple(i for i in self.basket if i != item))


def visitor_of(request: Request) -> Visitor:
    """Whoever sent this request; what a cookie has wrong is passed over."""
    cookies = request.cookies
    visit = cookies.get(VISIT, "")
    known = bool(_VISIT.fullmatch(visit))
    language = language_of(request.query_params.get("lang"), cookies.get(LANGUAGE), request.headers.get("accept-language", ""))
    shopper = _id(unquote(cookies.get(SHOPPER, "")))
    basket = tuple(i for i in map(_id, map(unquote, cookies.get(BASKET, "").split("."))) if i)
    personal = cookies.get(PERSONAL) != "off"
    return Visitor(visit if known else secrets.token_hex(12), shopper, basket, language, not known, personal)


def remember(response: Response, request: Request, visitor: Visitor, secure: bool) -> None:
    """Sets the cookies that differ from what came."""
    before = visitor_of(request) if not visitor.fresh else None
    asked = request.query_params.get("lang")
    if visitor.fresh:
        _set(response, VISIT, visitor.visit, secure)
    if asked == visitor.language:
        _set(response, LANGUAGE, visitor.language, secure)
    if before is None or before.shopper != visitor.shopper:
        _set(response, SHOPPER, quote(visitor.shopper or "", safe=""), secure)
    if before is not None and before.personal != visitor.personal:
        _set(response, PERSONAL, "" if visitor.personal else "off", secure)
    if before is None or before.basket != visitor.basket:
        _set(response, BASKET, basket_text(visitor.basket), secure)


def basket_text(basket: tuple[str, ...]) -> str:
    """A basket as a cookie holds it. BadRequest when it is too full."""
    text = ".".join(quote(item, safe="").replace(".", "%2E") for item in basket)
    if len(text) > LONGEST_BASKET:
        raise BadRequest("the basket is full", "item")
    return text


def _set(response: Response, name: str, value: str, secure: bool) -> None:
    response.set_cookie(name, value, max_age=YEAR if value else 0, path="/", httponly=True, samesite="lax", secure=secure)


def _id(text: str) -> str | None:
    try:
        return ID.read(text, "cookie")
    except BadRequest:
        return None
