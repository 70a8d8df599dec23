"""Every route of the API in one table: method, path, endpoint, what OpenAPI says."""

from dataclasses import dataclass, field
from typing import Any

from ronghe.core.media import PICTURE, SOUND
from ronghe.service import openapi as say
from ronghe.service.api import asking, events, health, items, media, models, rows, synonyms
from ronghe.service.fields import Choice
from ronghe.service.guard import Handler
from ronghe.service.uploads import TYPES

LANGUAGE = {"language": Choice(asking.LANGUAGES)}


@dataclass(frozen=True)
class Route:
    """One line of the table."""

    method: str
    path: str
    endpoint: Handler
    tag: str
    good: dict[str, Any]
    extra: dict[str, Any] = field(default_factory=dict)
    kind: str = "application/json"
    others: tuple[int, ...] = ()


_SEARCH = {"text": "orange juice", "user": "1364", "filters": {"brand": ["House brand"]}, "sort": "relevance", "k": 10}
_HOME = {"surface": "home", "user": "1364", "k": 10, "explain": True}
_LIKE = {"item": "1082185", "k": 6}
_EVENT = {"id": "order-77-line-1", "user": "1364", "item": "1082185", "kind": "purchase", "amount": 2, "price": 1.99}
_ITEM = {"id": "oat-1", "title": "Oat drink 1 l", "brand": "Haver", "category": "DAIRY > DRINKS", "price": 2.49, "stock": 12,
         "attributes": {"size": "1 l"}}  # fmt: skip
_RULES = {"text": '[[boost]]\ncategory = "PRODUCE"\nweight = 1.2\n'}
_SYNONYMS = {"text": "sneaker, trainer\ntv => television\n"}
_VERDICT = {"one": "sofa", "other": "couch", "accept": True}
_BODY = (408, 413, 415)
_RED = {"text": "red", "k": 10}

ROUTES: tuple[Route, ...] = (
    Route("GET", "/v1/search", asking.search, "ask", say.ANSWER, say.query(asking.SEARCH, {"text": "milk"})),
    Route("POST", "/v1/search", asking.search, "ask", say.ANSWER, say.body(asking.SEARCH, _SEARCH), others=_BODY),
    Route("POST", "/v1/search/picture", media.search_by(PICTURE), "ask", say.ANSWER,
          say.both(say.query(media.BY_MEDIA, _RED), say.file(TYPES[PICTURE])), others=(404, *_BODY, 422)),
    Route("GET", "/v1/search/picture", media.search_again(PICTURE), "ask", say.ANSWER,
          say.query(media.AGAIN, {"slate": "0f8c2d", "offset": 20}, ("slate",)), others=(404,)),
    Route("POST", "/v1/search/sound", media.search_by(SOUND), "ask", say.ANSWER,
          say.both(say.query(media.BY_MEDIA), say.file(TYPES[SOUND])), others=(404, *_BODY, 422)),
    Route("GET", "/v1/search/sound", media.search_again(SOUND), "ask", say.ANSWER,
          say.query(media.AGAIN, {"slate": "0f8c2d", "offset": 20}, ("slate",)), others=(404,)),
    Route("GET", "/v1/recommend", asking.recommend, "ask", say.ANSWER, say.query(asking.RECOMMEND, {"surface": "home"})),
    Route("POST", "/v1/recommend", asking.recommend, "ask", say.ANSWER, say.body(asking.RECOMMEND, _HOME), others=_BODY),
    Route("GET", "/v1/similar", asking.similar, "ask", say.ANSWER, say.query(asking.SIMILAR, _LIKE, ("item",))),
    Route("POST", "/v1/similar", asking.similar, "ask", say.ANSWER, say.body(asking.SIMILAR, _LIKE, ("item",)), others=_BODY),
    Route("GET", "/v1/similar/{item}", asking.similar_to, "ask", say.ANSWER,
          say.both(say.path("item", "1082185"), say.query({k: v for k, v in asking.SIMILAR.items() if k != "item"}))),
    Route("GET", "/v1/suggest", asking.suggest, "ask", say.SUGGESTIONS, say.query(asking.SUGGEST, {"text": "mil"})),
    Route("GET", "/v1/explain/{slate}", asking.explain, "ask", say.SLATE,
          say.both(say.path("slate", "0f8c2d"), say.query(LANGUAGE)), others=(404,)),
    Route("POST", "/v1/events", events.post_events, "events", say.EVENTS_OUTCOME,
          say.body(events.EVENT, _EVENT, ("kind",), rows.MOST), others=(*_BODY, 507)),
    Route("POST", "/v1/items", items.post_items, "items", say.OUTCOME,
          say.body(items.ITEM, _ITEM, ("id",), rows.MOST), others=(*_BODY, 507)),
    Route("DELETE", "/v1/items", items.delete_items, "items", say.DELETED, say.query(items.MANY, required=("id",))),
    Route("GET", "/v1/items/{item}", items.get_item, "items", say.ITEM,
          say.both(say.path("item", "1082185"), say.query(items.ALSO)), others=(404,)),
    Route("DELETE", "/v1/items/{item}", items.delete_item, "items", say.DELETED, say.path("item", "1082185"), others=(404,)),
    Route("GET", "/v1/models", models.models, "models", say.MODELS),
    Route("POST", "/v1/models/switch", models.switch, "models", say.CURRENT,
          say.body(models.SWITCH, {"version": "20260101-120000-abc123"}, ("version",)), others=(404, 409, *_BODY)),
    Route("POST", "/v1/models/rollback", models.rollback, "models", say.CURRENT, say.body({}, {}), others=(404, 409, *_BODY)),
    Route("GET", "/v1/rules", models.rules, "rules", say.RULES),
    Route("PUT", "/v1/rules", models.put_rules, "rules", say.RULES, say.body(models.RULES, _RULES, ("text",)), others=_BODY),
    Route("GET", "/v1/synonyms", synonyms.synonyms, "rules", say.SYNONYMS),
    Route("PUT", "/v1/synonyms", synonyms.put_synonyms, "rules", say.SYNONYMS,
          say.body(synonyms.SYNONYMS, _SYNONYMS, ("text",)), others=_BODY),
    Route("POST", "/v1/synonyms/mine", synonyms.mine, "rules", say.MINED, say.body({}, {}), others=_BODY),
    Route("POST", "/v1/synonyms/proposals", synonyms.judge, "rules", say.SYNONYMS,
          say.body(synonyms.VERDICT, _VERDICT, ("one", "other", "accept")), others=(404, *_BODY)),
    Route("GET", "/health", health.health, "health", say.HEALTH),
    Route("GET", "/health/live", health.live, "health", say.LIVE),
    Route("GET", "/metrics", health.metrics, "health", say.TEXT, kind="text/plain"),
)  # fmt: skip
