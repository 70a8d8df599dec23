"""/v1/items: the catalogue; what is put or deleted is live on every surface when the answer comes."""

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from ronghe.core import limits
from ronghe.core.errors import BadRequest
from ronghe.service.api.rows import Rows
from ronghe.service.fields import ID, Fields, Flag, Integer, Number, Text, Texts, read_query, wrong
from ronghe.service.guard import as_json, json_of, may, needs, service_of
from ronghe.service.problems import Problem

MANY: Fields = {"id": Texts(100, limits.ID)}
ALSO: Fields = {"all": Flag()}


class Attributes:
    """An object of text, numbers or lists of text; goes on as JSON text, as the catalogue keeps it."""

    def read(self, value: Any, name: str) -> str:
        """The JSON text."""
        if not isinstance(value, dict) or len(value) > limits.ATTRIBUTE_NAMES:
            raise wrong(name, value, f"an object of at most {limits.ATTRIBUTE_NAMES} attributes")
        for key, inner in value.items():
            Text(limits.ATTRIBUTE_NAME, 1).read(key, name)
            self._check(inner, f"{name}.{key[:50]}")
        return orjson.dumps(value).decode()

    def _check(self, value: Any, name: str) -> None:
        match value:
            case str():
                Text(limits.ATTRIBUTES).read(value, name)
            case list():
                for one in value:
                    Text(limits.ATTRIBUTES).read(one, name)
            case bool() | None | dict():
                raise wrong(name, value, "text, a number or a list of texts")
            case _:
                Number(-1e15, 1e15).read(value, name)

    def parse(self, said: Any, name: str) -> str:
        """Never out of a query string."""
        raise wrong(name, said, "in a JSON body")

    def schema(self) -> dict[str, Any]:
        """JSON schema."""
        one = {"type": "string", "maxLength": limits.ATTRIBUTES}
        values = {"anyOf": [one, {"type": "number"}, {"type": "array", "items": one}]}
        return {"type": "object", "maxProperties": limits.ATTRIBUTE_NAMES, "additionalProperties": values}


ITEM: Fields = {
    "id": ID, "title": Text(limits.TITLE), "description": Text(limits.DESCRIPTION), "brand": Text(limits.ID),
    "category": Text(limits.CATEGORY),
    "attributes": Attributes(), "price": Number(0, limits.PRICE, null=True), "stock": Integer(0, limits.STOCK, null=True),
    "group": Text(limits.ID), "image": Text(limits.LINK), "language": Text(limits.LANGUAGE),
    "created": Number(limits.FIRST_MOMENT, limits.LAST_MOMENT, null=True),
}  # fmt: skip


@needs("write")
async def post_items(request: Request) -> Response:
    """Puts one item or a list of up to 1,000, new or changed, by id; a field left out takes its default."""
    service = service_of(request)
    rows = Rows.of(await json_of(request, service.settings.items_body), ITEM, "items")
    if not rows.good:
        return rows.answer(0)
    done = await service.aside(service.engine.put_items, rows.good)
    return rows.answer(done.accepted, done.rejected)


@needs("read")
async def get_item(request: Request) -> Response:
    """One item, all its columns. Not one that was deleted or that a rule hides, unless `all` asks for it and the key may write."""
    service = service_of(request)
    said = read_query(request.scope["query_string"], ALSO)
    if said.get("all") and not may(request, "write"):
        raise Problem(403, "not_allowed", "only a key with the scope 'write' sees what is not offered", "all")
    find = service.engine.item if said.get("all") else service.engine.offered
    row = await service.aside(find, ID.read(request.path_params["item"], "item"))
    return as_json({**row, "attributes": orjson.loads(str(row.get("attributes") or "{}"))})


@needs("write")
async def delete_item(request: Request) -> Response:
    """Takes one item off every surface."""
    service = service_of(request)
    item = ID.read(request.path_params["item"], "item")
    await service.aside(service.engine.item, item)
    return as_json({"deleted": await service.aside(service.engine.delete_items, [item])})


@needs("write")
async def delete_items(request: Request) -> Response:
    """Takes items off every surface: ?id=A&id=B."""
    service = service_of(request)
    said = read_query(request.scope["query_string"], MANY)
    if not said.get("id"):
        raise BadRequest("no id; right would be ?id=ITEM, up to 100 of them", "id")
    return as_json({"deleted": await service.aside(service.engine.delete_items, list(said["id"]))})
