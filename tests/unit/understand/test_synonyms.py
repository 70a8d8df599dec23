"""Synonyms: the file is read line by line, what it says is found below what was typed, and told."""

import pytest

from ronghe.compute.local import Local
from ronghe.core.errors import BadRecipe
from ronghe.core.queries import Queries
from ronghe.methods.lexical.bm25 import BM25
from ronghe.methods.lexical.spelling import Spelling
from ronghe.methods.understand.synonym_list import SynonymList, line_of
from ronghe.methods.understand.synonyms import Synonyms
from worlds import shop

ITEMS = [
    {"title": "Red sneaker"}, {"title": "Blue trainer"}, {"title": "Red trainer"}, {"title": "Sneaker trainer twin"},
    {"title": "运动鞋"}, {"title": "跑步鞋"}, {"title": "Television set 40 in"}, {"title": "Chess set"},
    *[{"title": f"Plain shoe {n}"} for n in range(12)],
]  # fmt: skip
FILE = "# shoes\nsneaker, trainer\n运动鞋，跑步鞋\n\ntv => television set\nathletic footwear, sports shoes => sneaker\n"


def asked(text, file=FILE, **settings):
    model = Synonyms(**settings).with_synonyms(SynonymList.parse(file).pairs)
    return model.rewrite(Queries.of(1, text=(text,)))


def found(text, **settings):
    model = BM25().fit(shop(ITEMS, []), Local())
    queries = asked(text, **settings)
    got = model.retrieve(queries, 20)
    return got.item.tolist(), got, model, queries


def test_a_group_goes_all_ways_and_an_arrow_one():
    listed = SynonymList.parse("a1, b1, c1\nd1 => e1\n")
    assert listed.pairs[:2] == (("a1", "b1"), ("a1", "c1"))
    assert listed.has("c1", "a1")
    assert listed.has("d1", "e1")
    assert not listed.has("e1", "d1")


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a, b\nlonely\n", 2, "stands alone"), ("a,,b", 1, "is no word"), ("a => b => c", 1, "arrows"),
        ("# only\n\n => b", 3, "is no word"),
        ("one two three four five six seven eight nine, x", 1, "9 words"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_named(text, line, what):
    with pytest.raises(BadRecipe, match=rf"synonyms.txt:{line}: .*{what}"):
        SynonymList.parse(text)


def test_a_line_joins_the_file_as_it_stands():
    listed = SynonymList.parse("# mine\nsofa, couch").with_line(line_of("tv", "television", both_ways=False))
    assert listed.text == "# mine\nsofa, couch\ntv => television\n"
    assert listed.has("tv", "television")


def test_what_says_a_synonym_is_found_below_what_says_the_word():
    items, got, _, _ = found("sneakers")
    assert set(items) == {0, 1, 2, 3}
    assert set(items[:2]) == {0, 3}
    assert got.score[1] > got.score[2]


def test_the_other_words_still_count_and_the_cut_off_stands():
    assert found("red sneaker")[0][:2] == [0, 2]
    assert found("plutonium sneaker reactor")[0] == []


def test_a_phrase_stands_for_a_phrase_and_all_of_it_must_be_said():
    assert found("tv")[0] == [6]
    assert found("red athletic footwear")[0][0] == 0
    assert set(found("跑步鞋")[0]) == {4, 5}


def test_reasons_say_what_was_searched_beside_and_sum_to_the_score():
    _, got, model, queries = found("sneaker")
    for item, score, reasons in zip(got.item.tolist(), got.score, model.because(queries, got), strict=True):
        assert sum(r.weight for r in reasons) == pytest.approx(score, rel=1e-5)
        assert [(r.code, r.words) for r in reasons] == ([("also", ("trainer",))] if item in (1, 2) else [("words", ("sneaker",))])


def test_matches_and_scores_know_synonyms_too():
    items, got, model, queries = found("sneaker")
    assert model.matches("sneaker", 100, queries.also[0]).tolist() == sorted(items)
    assert model.score(queries, got).tolist() == got.score.tolist()
    assert model.matches("sneaker", 100).tolist() == [0, 3]


def test_bolder_reads_one_way_pairs_backwards_and_goes_one_step_further():
    model = Synonyms().with_synonyms(SynonymList.parse("tv => television\nsneaker, trainer\ntrainer, kicks").pairs)
    assert model.rewrite(Queries.of(1, text=("television",))).also == ((),)
    assert model.bolder().rewrite(Queries.of(1, text=("television",))).also == ((("television", "tv", 0.5),),)
    assert {o for _, o, _ in model.bolder().rewrite(Queries.of(1, text=("sneaker",))).also[0]} == {"trainer", "kicks"}


def test_a_word_with_a_synonym_is_not_mended():
    spelling = Spelling().fit(shop([{"title": "Speaker"}, {"title": "Trainer"}], []), Local())
    pairs = SynonymList.parse(FILE).pairs
    typed = Queries.of(2, text=("sneakers", "sneaker"))
    assert spelling.rewrite(typed).text[1] == "speaker"
    assert spelling.with_synonyms(pairs).rewrite(typed).text == typed.text


def test_settings_weigh_and_bound():
    assert asked("sneaker", weight=0.2).also == ((("sneaker", "trainer", 0.2),),)
    assert len(asked("a1", file="a1, b1, c1, d1", most=2).also[0]) == 2
    with pytest.raises(BadRecipe, match="weight"):
        Synonyms(weight=0.0)
