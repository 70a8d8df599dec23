"""Pictures for items that have none: a drawn glyph on a tint, both found by the words of category and title."""

import re
import zlib
from dataclasses import dataclass
from functools import lru_cache

TINTS = 12  # .t0 to .t11 in style.css
PATTERNS = 6  # .p0 to .p5
# glyph of static/glyphs.svg -> its tint, and the word beginnings that call for it; earlier lines go first.
GLYPHS: tuple[tuple[str, int, str], ...] = (
    ("baby", 9, "baby infant diaper formula 婴 尿布"),
    ("paw", 2, "pet dog cat puppy kitten 宠物 猫 狗"),
    ("snow", 7, "frozen frzn ice 冷冻 冰"),
    ("pizza", 1, "pizza 披萨"),
    ("milk", 7, "milk dairy cream creamer half&half 牛奶 乳"),
    ("cheese", 3, "cheese 奶酪 芝士"),
    ("egg", 3, "egg 蛋"),
    ("yogurt", 8, "yogurt yoghurt pudding dessert 酸奶"),
    ("butter", 3, "butter margarine 黄油"),
    ("tea", 4, "tea 茶"),
    ("coffee", 2, "coffee espresso 咖啡"),
    ("wine", 10, "wine 葡萄酒"),
    ("beer", 3, "beer ale malt liquor spirits 啤酒 酒"),
    ("juice", 2, "juice lemonade 果汁"),
    ("soda", 0, "soft drink soda cola beverage water isotonic drink bottle 饮料 水"),
    ("cake", 9, "cake pie donut pastr muffin cupcake brownie sweet goods 蛋糕 糕点"),
    ("cookie", 2, "cookie cracker biscuit 饼干"),
    ("bread", 2, "bread bun roll bagel bakery tortilla dough 面包"),
    ("candy", 9, "candy chocolate gum mint 糖 巧克力"),
    ("chips", 3, "chip snack popcorn pretzel salty 薯片 零食"),
    ("nut", 2, "nut peanut almond seed trail 坚果"),
    ("bowl", 3, "cereal oat granola breakfast rice bean pasta noodle macaroni 麦片 米 面"),
    ("can", 1, "soup can canned vegetable shelf tuna 罐头 汤"),
    ("jar", 1, "sauce jam jelly honey syrup pickle relish olive salsa spread dressing condiment 酱 蜜"),
    ("shaker", 11, "spice salt pepper season extract sugar flour baking 盐 香料 调味"),
    ("oil", 4, "oil vinegar shortening 油 醋"),
    ("fish", 7, "fish seafood shrimp salmon crab 鱼 虾 海鲜"),
    ("drumstick", 2, "chicken turkey poultry 鸡"),
    ("sausage", 0, "sausage bacon hot dog hotdog lunchmeat ham bologna dinner link 香肠 火腿"),
    ("steak", 0, "beef pork meat lamb veal steak 肉 牛排"),
    ("sandwich", 3, "deli sandwich salad bar prepared food 三明治 熟食"),
    ("apple", 0, "apple pear fruit berr grape peach plum melon 苹果 水果"),
    ("citrus", 2, "orange lemon lime citrus grapefruit 橙 柠檬"),
    ("banana", 3, "banana tropical mango 香蕉"),
    ("carrot", 2, "carrot potato onion root vegetables squash pepper tomato mushroom 胡萝卜 土豆 蔬菜"),
    ("leaf", 4, "produce salad lettuce herb organic spinach broccoli green 绿叶 生鲜 有机"),
    ("pill", 6, "drug vitamin pain cold remed medic antacid diet first aid laxative health nutrition pharm 药 维生素 健康"),
    ("tooth", 6, "tooth dental oral mouth 牙"),
    ("hair", 8, "hair shampoo conditioner 洗发 护发"),
    ("lipstick", 9, "cosmetic makeup nail lip fragrance 化妆 美妆"),
    ("drop", 6, "soap lotion skin deodorant shav body hand bath sun 肥皂 护肤 洗手"),
    ("spray", 5, "clean bleach detergent laundry dish fabric spray air fresh 清洁 洗衣 洗涤"),
    ("roll", 11, "paper towel tissue napkin toilet bag foil wrap plate cup 纸 袋"),
    ("flower", 9, "floral flower plant rose bouquet garden 花 植物"),
    ("candle", 3, "candle incense 蜡烛"),
    ("card", 10, "card gift party greeting 卡 礼"),
    ("book", 11, "book magazine newspaper station school office pen 书 杂志 文具"),
    ("toy", 10, "toy game ball sport 玩具 运动"),
    ("bulb", 3, "batter light bulb electr electronics 电池 灯"),
    ("shirt", 5, "apparel sock shirt hosiery cloth 衣 袜 鞋"),
    ("pan", 11, "cookware kitchen housewares utensil hardware tool 厨 锅 工具"),
    ("car", 11, "auto fuel motor gas 汽车"),
)


def _starts(words: str) -> re.Pattern[str]:
    """Finds one of the words: a short one whole, a longer one where a word begins with it, a Chinese one anywhere."""
    return re.compile("|".join(map(_pattern, words.split())))


def _pattern(word: str) -> str:
    if not word.isascii():
        return re.escape(word)
    return rf"\b{re.escape(word)}" + (r"s?\b" if len(word) <= 3 else "")


_STARTS = [(glyph, tint, _starts(words)) for glyph, tint, words in GLYPHS]
_SIZE = re.compile(r"(\d[\d./ ]*\s?(?:fl ?oz|oz|lbs?|ct|pk|gal|qt|pt|ml|l|kg|g|in|sq ft|ft|dz)\b\.?)\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Tile:
    """glyph: a symbol of static/glyphs.svg · tint, pattern: numbers of the style sheet · size: "16 OZ" where the title ends so."""

    glyph: str
    tint: int
    pattern: int
    size: str


def tile_of(item: str, title: str, category: str) -> Tile:
    """The picture of an item; equal items, equal pictures."""
    glyph, tint = glyph_of(category, title)
    mark = zlib.crc32(item.encode())
    size = _SIZE.search(title)
    return Tile(glyph, tint, mark % PATTERNS, size.group(1).strip() if size else "")


@lru_cache(20_000)
def glyph_of(category: str, title: str = "") -> tuple[str, int]:
    """Glyph and tint: by the narrowest level of the category that says something, then the title, else a plain parcel."""
    for text in (*reversed(category.lower().split(" > ")), title.lower()):
        for glyph, tint, starts in _STARTS:
            if starts.search(text):
                return glyph, tint
    return "box", zlib.crc32(category.encode()) % TINTS
