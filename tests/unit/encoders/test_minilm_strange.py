"""What MiniLM cannot read has no direction, so that it is like nothing."""

import numpy as np

from ronghe.compute.local import Local
from ronghe.core.queries import Queries
from ronghe.methods.encoders.minilm import read_only
from ronghe.methods.encoders.semantic import Semantic
from worlds import shop


def test_texts_that_are_mostly_chinese_japanese_or_korean_have_no_direction():
    texts = ["毛巾", "towel", "タオル", "수건", "sushi 寿司", "PC膜", "", "超柔毛巾 80s"]
    kept = read_only(texts, np.ones((len(texts), 2), dtype=np.float32))
    assert kept[:, 0].tolist() == [0, 1, 0, 0, 1, 1, 1, 0]


def test_a_chinese_word_finds_nothing_by_meaning_and_english_ones_still_do():
    rows = [{"title": "纯棉毛巾"}, {"title": "铸铁珐琅锅"}, {"title": "soft cotton towel"}, {"title": "garden hose"}]
    model = Semantic(index="exact").fit(shop(rows, []), Local())
    found = model.retrieve(Queries.of(2, text=("啤酒", "bath towel")), 4)
    assert (found.of_query(0).tolist(), found.of_query(1).tolist()[:1]) == ([], [2])
