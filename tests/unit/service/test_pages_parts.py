"""Parts of pages: words in both languages, pictures for everything, money, baskets, addresses, the policy."""

import re
import string
from pathlib import Path
from types import SimpleNamespace

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ronghe.service
from ronghe.core.errors import BadRequest
from ronghe.engine.request import Answer, Shown
from ronghe.service.pages.pictures import may_show
from ronghe.service.pages.render import kind, money, policy, pretty, size
from ronghe.service.pages.route import back_of
from ronghe.service.pages.shop import Shelf, worth_showing
from ronghe.service.pages.telling import merged
from ronghe.service.pages.tiles import GLYPHS, TINTS, glyph_of, tile_of
from ronghe.service.pages.visitor import basket_text
from ronghe.service.pages.words import WORDS, Say, language_of

HOME = Path(ronghe.service.__file__).parent
TEMPLATES = sorted((HOME / "templates").glob("*.html"))


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_the_same_things():
    assert set(WORDS["en"]) == set(WORDS["zh"])
    assert {k: blanks(v) for k, v in WORDS["en"].items()} == {k: blanks(v) for k, v in WORDS["zh"].items()}
    assert all(text.strip() for table in WORDS.values() for text in table.values())


def test_every_word_of_a_template_exists():
    said = {
        key
        for path in TEMPLATES
        for key in re.findall(r'\bsay\("([^"]+)"[),]|\bsay\(\'([^\']+)\'[),]', path.read_text())
        for key in key
        if key
    }
    assert len(said) > 80
    assert said <= set(WORDS["en"]), said - set(WORDS["en"])


def test_no_word_is_left_over():
    text = "\n".join(path.read_text(encoding="utf-8") for path in (*TEMPLATES, *HOME.rglob("*.py")) if "words_" not in path.name)
    families = "shelf slice facet sort stage role count kind error c relaxed syn send sent"
    built = tuple(f"{family}." for family in families.split())
    unused = {key for key in WORDS["en"] if not key.startswith(built) and f'"{key}"' not in text and f"'{key}'" not in text}
    assert not unused


def test_no_template_turns_escaping_off():
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\|\s*safe\b|autoescape\s+false|\sstyle=|\son\w+=|<script>", text), path.name


def test_nothing_is_fetched_from_elsewhere():
    for path in (*TEMPLATES, *(HOME / "static").iterdir()):
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|//cdn|@import|url\(", text), path.name


def test_every_glyph_is_drawn():
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (HOME / "static" / "glyphs.svg").read_text()))
    used = {name for path in TEMPLATES for name in re.findall(r"#([a-z]+)\"", path.read_text())} - {"main"}
    assert {glyph for glyph, _, _ in GLYPHS} | {"box"} | used <= drawn


@pytest.mark.parametrize(
    ("category", "title", "glyph"),
    [
        ("GROCERY > FLUID MILK PRODUCTS > FLUID MILK WHITE ONLY", "", "milk"),
        ("PRODUCE > APPLES", "", "apple"),
        ("乳制品 > 牛奶", "", "milk"),
        ("DRUG GM > CANDLES", "", "candle"),
        ("居家 > 床品件套", "纯棉水洗四件套", "bed"),
        ("饮食 > 茶", "红茶礼盒", "tea"),
        ("", "Strong Coffee", "coffee"),
        ("", "", "box"),
        ("???", "???", "box"),
    ],
)
def test_a_thing_gets_its_picture(category: str, title: str, glyph: str):
    assert glyph_of(category, title)[0] == glyph


@given(st.text(), st.text(), st.text())
def test_everything_gets_a_picture(item: str, title: str, category: str):
    tile = tile_of(item, title, category)
    assert tile == tile_of(item, title, category)
    assert 0 <= tile.tint < TINTS


def test_the_size_at_the_end_of_a_title_is_seen():
    assert tile_of("a", "FLUID MILK 64 OZ", "").size == "64 OZ"
    assert tile_of("a", "Milk", "").size == ""


@pytest.mark.parametrize(
    ("image", "sources", "shown"),
    [
        ("", "", False),
        ("a.png", "", True),
        ("/pictures/a:b.png", "", True),
        ("data:image/png;base64,AA", "", True),
        ("data:text/html,x", "*", False),
        ("https://a.example/b.png", "", False),
        ("//a.example/b.png", "a.example", True),
        ("https://a.example/b.png", "https://a.example", True),
        ("https://a.example:8443/b.png", "b.example http://a.example/", True),
        ("http://a.example/b.png", "https://a.example", False),
        ("http://a.example/b.png", "http:", True),
        ("https://cdn.a.example/b.png", "*.a.example", True),
        ("https://a.example/b.png", "*.a.example", False),
        ("https://evila.example/b.png", "*.a.example", False),
        ("javascript:alert(1)", "*", False),
        ("https://[", "*", False),
    ],
)
def test_a_picture_is_shown_when_the_browser_will_load_it(image: str, sources: str, shown: bool):
    assert may_show(image, sources) is shown


def test_chinese_is_written_with_its_own_marks():
    assert [text for text in WORDS["zh"].values() if re.search(r"[一-鿿][,;:?!][一-鿿]", text)] == []


def test_money_is_written_as_shoppers_read_it():
    assert [money(1234.5, "USD"), money(3.0, "EUR"), money(99.0, "JPY"), money(1.0, "SEK"), money(None, "USD")] == [
        "$1,234.50",
        "€3.00",
        "¥99",
        "SEK 1.00",
        "",
    ]


def test_shouting_is_calmed():
    assert pretty("FLUID MILK WHITE ONLY 64 OZ") == "Fluid Milk White Only 64 oz"
    assert pretty("iPhone X") == "iPhone X"
    assert pretty("SOY/RICE MILK") == "Soy/Rice Milk"


def test_sizes_are_read():
    assert [size(12), size(2048), size(5 * 1024**2), size(3 * 1024**3)] == ["12 B", "2 KiB", "5 MiB", "3.0 GiB"]


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "/\\evil", "\\\\evil", "javascript:1", "", "x", "/a\r\nb"]
)
def test_a_form_goes_back_only_to_this_server(back: str):
    assert back_of({"back": back}) == "/"
    assert back_of({"back": "/search?q=a"}) == "/search?q=a"


def test_a_basket_fits_its_cookie():
    assert basket_text(("a.b", "c d;é")) == "a%2Eb.c%20d%3B%C3%A9"
    with pytest.raises(BadRequest, match="full"):
        basket_text(tuple("x" * 100 + str(n) for n in range(40)))


@pytest.mark.parametrize(
    ("asked", "kept", "accepts", "language"),
    [
        ("zh", "en", "", "zh"),
        (None, "zh", "en", "zh"),
        (None, None, "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("xx", None, "de,fr", "en"),
        (None, None, "de, en;q=.5", "en"),
    ],
)
def test_the_language_is_asked_kept_or_accepted(asked: str | None, kept: str | None, accepts: str, language: str):
    assert language_of(asked, kept, accepts) == language


def test_the_policy_lets_no_other_site_in():
    said = policy("")
    assert "default-src 'none'" in said
    assert "unsafe" not in said
    assert "https://pictures.example" in policy("https://pictures.example")


def test_a_word_that_is_missing_is_an_error():
    with pytest.raises(KeyError):
        Say("en")("no such word")


def test_parts_that_say_the_same_speak_with_one_voice():
    reasons = [
        ("popular", 0.2, "popular"),
        ("bought", 0.5, "again"),
        ("popular", 0.4, "demand"),
        ("dear", -1.0, "price"),
        ("x", 9.0, "start"),
    ]
    said = merged([{"sentence": s, "weight": w, "code": c} for s, w, c in reasons])
    assert [(s, round(w, 6)) for s, w in said] == [("popular", 0.6), ("bought", 0.5)]


def test_what_has_no_words_for_a_shopper_speaks_only_where_nothing_else_does():
    column = {"sentence": "from demand", "weight": 2.0, "code": "column"}
    assert merged([column, {"sentence": "popular now", "weight": 0.1, "code": "popular"}]) == [("popular now", 0.1)]
    assert merged([column, {"sentence": "popular now", "weight": -0.1, "code": "popular"}]) == [("from demand", 2.0)]


@pytest.mark.parametrize(("category", "said"), [("Produce > Fresh Fruit", "Produce"), ("Fresh Fruit", "Elm"), ("", "Elm")])
def test_the_small_line_says_what_the_title_does_not(category: str, said: str):
    item = {"title": "Salad Bar Fresh Fruit", "category": category, "brand": "Elm"}
    assert kind(item) == kind(SimpleNamespace(**item)) == said


def test_a_shelf_that_only_repeats_is_left_out():
    def shelf(name: str, *ids: str) -> Shelf:
        shown = tuple(Shown(i, i, 1, 1.0, 1.0, None, "", "", "", True) for i in ids)
        return Shelf(name, Answer("s", name, "m", shown, len(ids)))

    shelves = [
        shelf("home", "a", "b"),
        shelf("again"),
        shelf("discover", "c", "d"),
        shelf("popular", "a", "b", "x"),
        shelf("new", "c", "d"),
    ]
    assert [one.name for one in worth_showing(shelves)] == ["discover", "popular"]
    first = "abcdef"
    assert [one.name for one in worth_showing([shelf("home", *first, *"uvwxyz"), shelf("popular", *first, *"123456")])] == [
        "popular"
    ]


@pytest.mark.parametrize("status", [413, 415, 418, 422])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_error_s_page_speaks_the_language_of_the_visitor(status: int, language: str):
    text = (HOME / "templates" / "error.html").read_text(encoding="utf-8").split("<h1>")[1].split("</h1>")[0]
    said = jinja2.Environment(autoescape=True).from_string(text).render(say=Say(language), problem=SimpleNamespace(status=status))
    assert said == WORDS[language].get(f"error.{status}", WORDS[language]["error"])
