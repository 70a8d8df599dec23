"""A logged answer with the reasons of each of its items, worked out as of its moment."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ronghe.core.candidates import Candidates
from ronghe.core.ports import SlateRow
from ronghe.core.slates import Reasons, Slates
from ronghe.engine.asking import checked, queries_of, request_of, said
from ronghe.engine.live import Live
from ronghe.engine.request import Request
from ronghe.engine.shoppers import Shoppers
from ronghe.funnel.reasons import explain, rule_reason
from ronghe.funnel.sentences import headline
from ronghe.kernels.segments import splits_of


def explained(row: SlateRow, live: Live, shoppers: Shoppers, language: str) -> dict[str, object]:
    """The answer as a client reads it; with other models than those that gave it, the reasons are theirs."""
    held = {"slate": row.id, "time": row.time, "shopper": row.shopper, "surface": row.surface, "model": row.model}
    reasons = _reasons(request_of(row), row.body["items"], live, shoppers, row.body)
    ruled = row.body.get("rules") or [{}] * len(reasons)
    reasons = [(*(rule_reason(*one) for one in by.items()), *why) for by, why in zip(ruled, reasons, strict=True)]
    items = [
        {
            "id": name,
            "place": place,
            "score": score,
            "propensity": odds,
            "why": headline(why, live.columns["title"], language),
            "reasons": said(why, live, language),
        }
        for name, place, score, odds, why in zip(
            row.body["items"], row.body["places"], row.body["scores"], row.body["propensities"], reasons, strict=True
        )
    ]
    return {**held, "same_model": row.model == live.version, "request": row.body["request"], "items": items}


def _reasons(
    request: Request, ids: Sequence[str], live: Live, shoppers: Shoppers, body: Mapping[str, Any]
) -> list[Reasons]:  # fmt: skip
    request = dataclasses.replace(request, filters={}, price_min=None, price_max=None)  # facets may be gone since
    asked = checked(request, live, request.time or 0.0)
    queries = queries_of([asked], live, shoppers)
    queries = queries.replace(
        text=(str(body.get("meant") or queries.text[0]),), also=(tuple(tuple(one) for one in body.get("also", ())),)
    )
    numbers = live.catalog.numbers(ids)
    known = numbers[numbers >= 0]
    funnel = live.funnels[asked.surface]
    rows = funnel.judge(queries, Candidates.of(splits_of(np.array([len(known)])), known, np.zeros(len(known))))
    why = dict(zip(known.tolist(), explain(funnel, queries, Slates(rows, np.ones(len(known), np.float32))), strict=True))
    return [why.get(int(n), ()) for n in numbers]
