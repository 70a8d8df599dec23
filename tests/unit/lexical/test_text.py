"""Words out of text, English and Chinese."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ronghe.core.text import clean, simplified
from ronghe.methods.lexical.text import stem, terms, words


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<b>Caf&eacute;</b> au&nbsp;lait", "Café au lait"),
        ("Ｎｉｋｅ　１２", "Nike 12"),
        ("a\x00b\u200bc\n\td", "a b c d"),
        ("5 < 6 > 4", "5 < 6 > 4"),
        ("", ""),
    ],
)
def test_clean_leaves_only_what_was_meant(text, plain):
    assert clean(text) == plain


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Running SHOES, batteries!", ["run", "shoe", "batteri"]),
        ("Café Müller", ["cafe", "muller"]),
        ('1,440 pages 15 OZ 17" 43.2 cm', ["1440", "page", "15oz", "17in", "43.2cm"]),
        ("Xerox 006R90321", ["xerox", "006r90321"]),
        ("Wi-Fi t-shirt", ["wi", "fi", "t", "shirt", "wifi", "tshirt"]),
        ("苹果手机壳 iPhone15", ["苹果", "手机", "壳", "iphone15"]),
        ("???", []),
    ],
)
def test_terms_of(text, said):
    assert terms(text) == said


def test_chinese_is_cut_into_words_and_their_parts():
    assert set(words("笔记本电脑")) >= {"笔记本", "电脑"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("蘋果", "苹果"),
        ("筆記型電腦", "笔记型电脑"),
        ("牛奶麵包", "牛奶面包"),
        ("無線滑鼠", "无线滑鼠"),
        ("ＩＰＨＯＮＥ　１５", "iphone 15"),
        ("ﾊﾞｯｸﾞ", "バッグ"),
    ],
)
def test_two_ways_to_write_the_same_are_the_same_words(one, other):
    assert terms(one) == terms(other)


def test_a_simplified_text_stays_as_it_is():
    assert simplified("红色的面包, 500 ml") == "红色的面包, 500 ml"
    assert simplified(simplified("蘋果薴")) == simplified("蘋果薴")


def test_words_are_as_typed_and_stem_brings_them_to_terms():
    assert words("Running shoes") == ["running", "shoes"]
    assert [stem(word) for word in words("Running shoes")] == terms("Running shoes")


@given(st.text(max_size=200))
def test_any_text_gives_words_without_spaces(text):
    assert all(word and not any(c.isspace() for c in word) for word in (*words(text), *terms(text)))
    assert clean(clean(text)) == clean(clean(clean(text)))
