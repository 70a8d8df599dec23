"""What a visitor does on the pages, all by forms: fill the basket, buy, look with another's eyes, log in and out."""

import time
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ronghe.core import limits
from ronghe.core.errors import BadRequest
from ronghe.service.fields import ID, Choice, Integer, Text, read_query
from ronghe.service.guard import OPEN, needs, service_of
from ronghe.service.keys import find_key
from ronghe.service.pages.render import page
from ronghe.service.pages.route import back_of, form_of
from ronghe.service.pages.seal import STAY, logged_in, login_token
from ronghe.service.pages.shop import who
from ronghe.service.pages.visitor import LOGIN, Visitor, remember, visitor_of


@needs("write")
async def add(request: Request) -> Response:
    """Puts an item into the basket."""
    form, service, visitor = await form_of(request), service_of(request), visitor_of(request)
    name = str(ID.read(form.get("item", ""), "item"))
    await service.aside(service.engine.offered, name)
    event: dict[str, object] = {"time": time.time(), "kind": "cart", "item": name, "platform": "web", **who(visitor)}
    if form.get("slate"):
        place = Integer(1, limits.PLACE).parse([form.get("place", "1")], "place")
        event |= {"slate": ID.read(form["slate"], "slate"), "place": place}
    filled = visitor.with_item(name)
    response = _back(request, form, filled)
    await service.record([event])
    return response


@needs("write")
async def remove(request: Request) -> Response:
    """Takes an item out of the basket."""
    form, service, visitor = await form_of(request), service_of(request), visitor_of(request)
    name = str(ID.read(form.get("item", ""), "item"))
    if name in visitor.basket:
        await service.record([{"time": time.time(), "kind": "remove", "item": name, "platform": "web", **who(visitor)}])
    return _back(request, form, visitor.without_item(name), "/basket")


@needs("write")
async def buy(request: Request) -> Response:
    """Buys what is in the basket."""
    _, service, visitor = await form_of(request), service_of(request), visitor_of(request)
    if not visitor.basket:
        raise BadRequest("the basket is empty")
    now = time.time()
    rows = [
        {"kind": "purchase", "item": name, "time": now, "amount": 1.0, "platform": "web", **who(visitor)} for name in visitor.basket
    ]
    await service.record(rows)
    return _back(request, {"back": "/basket?done=1"}, replace(visitor, basket=()))


@needs("read")
async def act(request: Request) -> Response:
    """Looks with another shopper's eyes, or with one's own again."""
    form, visitor = await form_of(request), visitor_of(request)
    name = form.get("other", "").strip() or form.get("shopper", "")
    shopper = str(ID.read(name, "shopper")) if name else None
    return _back(request, form, replace(visitor, shopper=shopper, basket=()))


@needs("read")
async def personal(request: Request) -> Response:
    """Lets what is known of this visitor order what they see, or not."""
    form, visitor = await form_of(request), visitor_of(request)
    wanted = Choice(("on", "off")).read(form.get("personal", ""), "personal")
    return _back(request, form, replace(visitor, personal=wanted == "on"))


@needs(OPEN)
async def login(request: Request) -> Response:
    """The log-in."""
    said = read_query(request.scope["query_string"], {"back": Text(1_000), "lang": Text(10)})
    # who is logged in and sent here all the same has a key that does not open that page
    sent = "back" in said and logged_in(service_of(request).secret, request.cookies.get(LOGIN, "")) is not None
    return page(request, "login.html", back=back_of(said), wrong=sent, text="", people=[])


@needs(OPEN)
async def post_login(request: Request) -> Response:
    """Checks a key, and remembers that this browser had it."""
    form, service = await form_of(request), service_of(request)
    key = find_key(form.get("key", ""), service.settings.keys)
    if key is None:
        return page(request, "login.html", status=403, back=back_of(form), wrong=True, text="", people=[])
    response = RedirectResponse(back_of(form), 303)
    token = login_token(service.secret, key.name)
    response.set_cookie(LOGIN, token, max_age=int(STAY), path="/", httponly=True, samesite="strict", secure=service.settings.secure)
    return response


@needs(OPEN)
async def logout(request: Request) -> Response:
    """Forgets the log-in."""
    await form_of(request)
    response = RedirectResponse("/", 303)
    response.delete_cookie(LOGIN, path="/")
    return response


def _back(request: Request, form: dict[str, str], visitor: Visitor, default: str = "/") -> Response:
    response = RedirectResponse(back_of(form, default), 303)
    remember(response, request, visitor, service_of(request).settings.secure)
    return response
