"""Answers for an evaluation: everybody stands behind the same filters."""

import numpy as np

from little import Given, asking, catalog
from ronghe.compute.local import Local
from ronghe.core.dataset import Dataset
from ronghe.core.events import Events
from ronghe.funnel.funnel import Funnel
from ronghe.funnel.fusion import ReciprocalRank
from ronghe.learn.answers import alone, fused, shown
from ronghe.methods.columns.item_facts import ItemFacts
from ronghe.methods.filters.in_stock import InStock
from ronghe.methods.filters.not_bought import NotBought
from ronghe.methods.policy.best import Best


def test_a_retriever_alone_is_not_blamed_for_what_the_shop_may_not_show():
    shop = Dataset(catalog({}, {"stock": 0.0}, {}, {}), Events.empty(), 100.0, 1)
    facts = ItemFacts().fit(shop, Local())
    part = Given(np.array([5.0, 4.0, 3.0, 2.0]))
    filters = {"in-stock": InStock(), "not-bought": NotBought()}
    funnel = Funnel({}, {"given": part}, ReciprocalRank(), {"item-facts": facts}, filters, (), Best(), depth=4)
    queries = asking([(2, 1.0, "purchase")], [])
    for answer in (alone(part, funnel, 2), fused(funnel, 2), shown(funnel, 2, seed=0)):
        found = answer(queries)
        assert [found.of_query(q).tolist() for q in range(2)] == [[0, 3], [0, 2]]
