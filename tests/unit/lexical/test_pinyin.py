"""Chinese typed by its sound is read as the shop's own words, and nothing else is touched."""

import subprocess
import sys

import numpy as np
import pytest

from ronghe.compute.local import Local
from ronghe.core.queries import Queries
from ronghe.engine.artifacts import load_model, save_model
from ronghe.methods.lexical.pinyin import Pinyin
from ronghe.methods.lexical.sounds import alike, keys, readings
from ronghe.methods.lexical.suggest import Suggester
from worlds import catalog, shop

ITEMS = [
    {"title": "纯棉毛巾", "category": "洗护 > 毛巾"},
    {"title": "超柔毛巾", "category": "洗护 > 毛巾"},
    {"title": "全棉四件套"},
    {"title": "升级款双人记忆枕"},
    {"title": "针织手套"},
    {"title": "埃及长绒棉浴巾", "description": "银行同款"},
    {"title": "Nike 运动鞋"},
    {"title": "PC膜登机箱"},
]


def meant(*texts, model=None):
    model = model or Pinyin().fit(shop(ITEMS, []), Local())
    return list(model.rewrite(Queries.of(len(texts), text=texts)).text)


@pytest.mark.parametrize(
    ("typed", "better"),
    [
        ("maojin", "毛巾"), ("MaoJin", "毛巾"), ("mao jin", "毛巾"), ("mao'jin", "毛巾"), ("mj", "毛巾"), ("毛jin", "毛巾"),
        ("mao巾", "毛巾"), ("毛j", "毛巾"), ("毛今", "毛巾"), ("冒进", "毛巾"), ("shoutao", "手套"), ("st", "手套"),
        ("soutao", "手套"), ("sjt", "四件套"), ("四牛套", "四件套"), ("四套", "四件套"), ("jiyizhen", "记忆枕"),
        ("记意枕", "记忆枕"), ("maojn", "毛巾"), ("chunmianmaojin", "纯棉毛巾"), ("chunmianjiyizhen", "纯棉 记忆枕"),
        ("纯棉毛今", "纯棉毛巾"), ("changrongmian", "长绒棉"), ("Nike 毛今", "Nike 毛巾"), ("記意枕", "记忆枕"),
        ("毛今 2000, xyz", "毛巾 2000, xyz"), ("yundongxie", "运动鞋"),
    ],
)  # fmt: skip
def test_what_sounds_like_a_word_of_the_shop_is_read_as_it(typed, better):
    assert meant(typed) == [better]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "毛巾",
        "純棉毛巾",
        "nike",
        "PC膜",
        "银行",
        "asdfgh",
        "蓝牙耳机",
        "手机壳",
        "毛巾架",
        "x",
        "𠮷𠀀",
        "50",
        "a" * 500,
        "汉" * 3000,
        "ﾀｵﾙ",
    ],
)  # fmt: skip
def test_what_the_shop_knows_or_nobody_could_guess_stays_exactly_as_typed(typed):
    assert meant(typed) == [typed]


def test_letters_and_characters_can_be_switched_off_apart():
    data = shop(ITEMS, [])
    assert meant("maojin", "毛今", model=Pinyin(letters=False).fit(data, Local())) == ["maojin", "毛巾"]
    assert meant("maojin", "毛今", model=Pinyin(characters=False).fit(data, Local())) == ["毛巾", "毛今"]


def test_a_word_that_comes_with_a_new_item_is_no_longer_mended():
    model = Pinyin().fit(shop(ITEMS, []), Local())
    assert meant("毛今", model=model) == ["毛巾"]
    grown = model.with_catalog(catalog([*ITEMS, {"title": "毛今 MJ"}]), np.array([len(ITEMS)]))
    assert meant("毛今", "mj", "maojin", model=grown) == ["毛今", "mj", "毛巾"]


def test_saved_equals_loaded(tmp_path):
    save_model(Pinyin().fit(shop(ITEMS, []), Local()), tmp_path / "pinyin")
    assert meant("maojin", "毛今", model=load_model(tmp_path / "pinyin")) == ["毛巾", "毛巾"]


def test_a_shop_without_chinese_holds_nothing_and_loads_no_dictionary():
    script = (
        "import sys; sys.path[:0] = ['tests']; from worlds import two_tastes; from ronghe.compute.local import Local\n"
        "from ronghe.core.queries import Queries; from ronghe.methods.lexical.pinyin import Pinyin\n"
        "from ronghe.methods.lexical.suggest import Suggester; import numpy as np\n"
        "data = two_tastes(); model = Pinyin().fit(data, Local())\n"
        "assert model.rewrite(Queries.of(1, text=('maojin',))).text == ('maojin',) and not len(model.known)\n"
        "Suggester.of(data.catalog, np.zeros(0)).suggest('maojin')\n"
        "assert 'pypinyin' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False, timeout=120).returncode == 0


def test_words_have_their_own_reading_and_others_what_their_characters_may_be():
    assert readings("银行") == (("yin", "hang"),)
    assert ("chang", "rong", "mian") in readings("长绒棉")
    assert readings("绿")[0] == ("lv",)
    assert readings("\U0002ffff") == ()
    assert set(keys(("mao", "jin"))) == {"mj", "mjin", "maoj", "maojin"}
    assert alike("shuangzheng") == "suanzen"


@pytest.mark.parametrize("typed", ["mao", "maoj", "mj", "毛j", "毛jin", "毛今", "MAO JIN", "mao'j"])
def test_suggestions_go_on_from_a_sound(typed):
    found = [one.text for one in Suggester.of(catalog(ITEMS), np.zeros(0)).suggest(typed)]
    assert found[0] == "毛巾"
    assert "纯棉毛巾" in found


def test_suggestions_that_are_written_so_come_before_those_that_sound_so():
    world = catalog([{"title": "毛今"}, {"title": "毛巾"}, {"title": "Maoji notebook"}])
    suggester = Suggester.of(world, np.zeros(0))
    assert [one.text for one in suggester.suggest("毛今")] == ["毛今"]
    assert {one.text for one in suggester.suggest("maoj")} == {"毛今", "毛巾", "Maoji notebook"}


def test_traditional_characters_are_suggested_as_the_shop_writes_them():
    assert [one.text for one in Suggester.of(catalog(ITEMS), np.zeros(0)).suggest("純棉")] == ["纯棉毛巾"]
    world = catalog([{"title": "記憶枕"}])
    assert [one.text for one in Suggester.of(world, np.zeros(0)).suggest("jiyi")] == ["記憶枕"]
