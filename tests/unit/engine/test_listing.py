"""What stands behind the ranked items of a search."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np

from ronghe.engine.asking import checked, queries_of
from ronghe.engine.engine import Engine
from ronghe.engine.listing import behind
from ronghe.engine.request import Request
from served import small_shop


def test_behind_the_ranked_stands_what_matches_best_and_without_a_matcher_of_words_whatever_was_found(tmp_path: Path) -> None:
    with closing(Engine.open(small_shop(tmp_path / "shop", versions=0))) as engine:
        live = engine.keeper.live
        rest = {name: part for name, part in live.parts["retrieve"].items() if name != "bm25"}
        wordless = replace(live, parts={**live.parts, "retrieve": rest})
        asked = checked(Request("search", text="dark tea"), live, 1.75e9)
        meant = queries_of([asked], live, engine.keeper.shoppers)
        plain_tea, dark_tea, milk = (live.catalog.vocabulary.number(name) for name in ("i40", "i45", "i0"))
        found, ranked = np.array([milk, plain_tea, dark_tea]), np.array([milk])
        assert behind(asked, live, meant, 0, found, ranked).shown.item.tolist() == [dark_tea, plain_tea]
        assert behind(asked, wordless, meant, 0, found, ranked).shown.item.tolist() == [plain_tea, dark_tea]
        assert behind(asked, wordless, meant, 0, ranked, ranked).shown.item.tolist() == []
