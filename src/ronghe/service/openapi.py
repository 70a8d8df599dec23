"""What OpenAPI says of each route: parameters and bodies out of the same fields that read them, and examples that work."""

from collections.abc import Sequence
from typing import Any

from ronghe.core.limits import ID
from ronghe.service.fields import Fields, TextLists, Texts

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
MAYBE: Schema = {"type": ["number", "null"]}


def _object(required: Sequence[str] = (), **properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required)}


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


ERROR = _object(
    ("error",),
    error=_object(("code", "message", "field", "request_id"), code=TEXT, message=TEXT, field={"type": ["string", "null"]},
                  request_id=TEXT),
)  # fmt: skip
REASON = _object(sentence=TEXT, weight=MAYBE, part=TEXT, items=_list(TEXT))
SHOWN = _object(
    ("id", "title", "place", "score", "propensity", "price"), id=TEXT, title=TEXT, place={"type": "integer", "minimum": 1},
    score=MAYBE, propensity=MAYBE, price=MAYBE, brand=TEXT, category=TEXT, image=TEXT, available={"type": "boolean"},
    reasons=_list(REASON),
)  # fmt: skip
FACET = _object(("name", "values", "chosen"), name=TEXT, values=_list(_object(value=TEXT, count=COUNT)), chosen=_list(TEXT))
ANSWER = _object(
    ("slate", "surface", "model", "items", "total", "facets", "meant", "took_ms"), slate=TEXT, surface=TEXT, model=TEXT,
    items=_list(SHOWN), total=COUNT, facets=_list(FACET), meant=TEXT,
    understood=_list(_object(("facet", "value"), facet=TEXT, value=TEXT)), did_you_mean=TEXT,
    also=_list(_object(("typed", "searched"), typed=TEXT, searched=TEXT)),
    relaxed=_list(_object(("step", "said"), step=TEXT, said=TEXT)),
    categories=_list(_object(("category", "chance"), category=TEXT, chance={"type": "number"})),
    took_ms={"type": "number"}, trace={"type": "object"},
)  # fmt: skip
OUTCOME = _object(
    ("accepted", "rejected"), accepted=COUNT,
    rejected=_list(_object(("row", "field", "reason"), row=COUNT, field=TEXT, reason=TEXT)),
)  # fmt: skip
EVENTS_OUTCOME = _object(
    ("accepted", "duplicates", "rejected"), duplicates=COUNT, accepted=COUNT, rejected=OUTCOME["properties"]["rejected"],
)  # fmt: skip
ITEM = _object(("id", "title"), id=TEXT, title=TEXT)
DELETED = _object(("deleted",), deleted=COUNT)
CURRENT = _object(("current",), current=TEXT)
RULES = _object(("text",), text=TEXT)
PROPOSAL = _object(("one", "other", "both_ways"), one=TEXT, other=TEXT, both_ways={"type": "boolean"}, score={"type": "number"},
                   support=COUNT, chance={"type": "number"}, source=TEXT)  # fmt: skip
SYNONYMS = _object(("text", "mined", "proposals"), text=TEXT, mined=MAYBE, proposals=_list(PROPOSAL))
MINED = _object(("proposals",), proposals=COUNT)
SUGGESTIONS = _object(("suggestions",), suggestions=_list(_object(text=TEXT, kind=TEXT, id={"type": ["string", "null"]})))
MODEL = _object(version=TEXT, trained=TEXT, current={"type": "boolean"}, recipe_hash=TEXT, metrics={"type": "object"}, size=COUNT,
                ok={"type": "boolean"})  # fmt: skip
MODELS = _object(("models",), models=_list(MODEL))
SLATE = _object(("slate", "items"), slate=TEXT, items=_list({"type": "object"}))
HEALTH = _object(("live", "ready"), status=TEXT, live={"type": "boolean"}, ready={"type": "boolean"},
                 model={"type": ["string", "null"]}, broken=_list(TEXT))  # fmt: skip
LIVE = _object(("live",), live={"type": "boolean"})

MEANINGS = {
    400: "Something asked for is wrong; `field` names it.", 401: "No key, or an unknown one.", 403: "The key may not do this.",
    404: "No such id.", 408: "The body came too slowly.", 409: "The model is not fit to serve.", 413: "The body is too large.",
    415: "The body is not of a kind that is read here.", 421: "Asked under a name that this server does not answer to.",
    422: "The file is broken, empty or silent.",
    503: "Too much is waiting, or the shop cannot answer now; Retry-After says when to come again.", 507: "The disk is full.",
}  # fmt: skip


def responses(good: Schema, kind: str = "application/json", *others: int) -> dict[int | str, dict[str, Any]]:
    """The answers a route can give."""
    error = {"application/json": {"schema": ERROR}}
    bad: dict[int | str, Schema] = {}
    bad |= {code: {"description": MEANINGS[code], "content": error} for code in (400, 401, 403, 421, 503, *others)}
    return {200: {"description": "Done.", "content": {kind: {"schema": good}}}, **bad}


def query(fields: Fields, example: dict[str, Any] | None = None, required: Sequence[str] = ()) -> Schema:
    """Query parameters."""
    return {"parameters": [_parameter(name, fields, example or {}, name in required) for name in fields]}


def _parameter(name: str, fields: Fields, example: dict[str, Any], required: bool) -> Schema:
    kind = fields[name]
    schema = kind.schema()
    if isinstance(schema.get("type"), list):
        schema["type"] = schema["type"][0]
    parameter: Schema = {"name": name, "in": "query", "required": required}
    if isinstance(kind, TextLists):
        schema = {"type": "array", "items": {"type": "string", "pattern": "^[^:]+:.+$"}, "maxItems": 50}
        parameter["description"] = "facet:value, as often as needed"
    if isinstance(kind, Texts | TextLists):
        parameter |= {"style": "form", "explode": True}
    parameter["schema"] = schema
    return parameter | ({"example": example[name]} if name in example else {})


def path(name: str, example: str) -> Schema:
    """One parameter in the path."""
    schema = {"type": "string", "minLength": 1, "maxLength": ID}
    return {"parameters": [{"name": name, "in": "path", "required": True, "schema": schema, "example": example}]}


def body(fields: Fields, example: Any, required: Sequence[str] = (), many: int = 0) -> Schema:
    """A JSON body: one object, or a list of at most `many`."""
    one: Schema = {
        "type": "object", "properties": {name: kind.schema() for name, kind in fields.items()},
        "required": list(required), "additionalProperties": False,
    }  # fmt: skip
    schema = {"anyOf": [one, {"type": "array", "maxItems": many, "items": one}]} if many else one
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}}


def file(types: Sequence[str]) -> Schema:
    """A body that is one file, or a form with one."""
    binary: Schema = {"type": "string", "format": "binary"}
    form = {"schema": {"type": "object", "properties": {"file": binary}, "required": ["file"]}}
    content = {kind: {"schema": binary} for kind in types} | {"multipart/form-data": form}
    return {"requestBody": {"required": True, "content": content}}


def both(*parts: Schema) -> Schema:
    """Several of these together."""
    parameters = [p for part in parts for p in part.get("parameters", ())]
    joined = {k: v for part in parts for k, v in part.items() if k != "parameters"}
    return {**joined, **({"parameters": parameters} if parameters else {})}
