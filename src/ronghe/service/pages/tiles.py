"""Pictures for items that have none: a drawn glyph on a tint, both found by the words of category and title."""

import re
import zlib
from dataclasses import dataclass
from functools import lru_cache

TINTS = 12  # .t0 to .t11 in style.css
PATTERNS = 6  # .p0 to .p5
# glyph of static/glyphs.svg -> its tint, and the word beginnings that call for it; earlier
# lines go first; "_" stands for a blank.
GLYPHS: tuple[tuple[str, int, str], ...] = (
    ("baby", 9, "baby infant diaper formula 婴 尿布"),
    ("sausage", 0, "hot_dog hotdog sausage bacon lunchmeat ham bologna frank wiener pepperoni 香肠 火腿"),
    ("paw", 2, "pet dog cat puppy kitten litter 宠物 猫 狗"),
    ("chips", 3, "potato_chip potato/tortilla tortilla/nacho"),
    ("jar", 1, "peanut_butter"),
    ("drop", 6, "shave deodorant"),
    ("carrot", 2, "carrot potato onion garlic squash tomato mushroom cucumber pepper_green peppers radish 胡萝卜 土豆 蔬菜 番茄"),
    ("leaf", 4, "celery lettuce herb spinach broccoli cauliflower cabbage greens vegetable_salad asparagus corn 绿叶 生鲜"),
    ("banana", 3, "banana tropical mango 香蕉"),
    ("citrus", 2, "orange lemon lime citrus grapefruit clementine tangerine 橙 柠檬"),
    ("juice", 2, "juice lemonade nectar 果汁"),
    ("snow", 7, "frozen frzn ice 冷冻 冰"),
    ("pizza", 1, "pizza 披萨"),
    ("cheese", 3, "cheese cheddar 奶酪 芝士"),
    ("yogurt", 8, "yogurt yoghurt pudding gelatin sour_cream dip 酸奶"),
    ("coffee", 2, "coffee espresso 咖啡"),
    ("milk", 7, "milk fluid_milk dairy cream creamer half 牛奶 乳"),
    ("egg", 3, "egg eggs 蛋"),
    ("butter", 3, "butter margarine 黄油"),
    ("tea", 4, "tea 茶"),
    ("wine", 10, "wine 葡萄酒"),
    ("beer", 3, "beer ale malt liquor spirits 啤酒 酒"),
    ("soda", 0, "soft_drink soda cola beverage water isotonic drink sft_drnk 饮料 水"),
    ("cookie", 2, "cookie cracker biscuit 饼干"),
    ("cake", 9, "cake pie donut pastr muffin cupcake brownie sweet_goods 蛋糕 糕点"),
    ("bread", 2, "bread bun roll rolls bagel bakery tortilla dough 面包"),
    ("candy", 9, "candy chocolate gum mint 糖 巧克力"),
    ("chips", 3, "chip snack popcorn pretzel salty 薯片 零食"),
    ("nut", 2, "nut peanut almond seed trail_mix 坚果"),
    ("bowl", 3, "cereal oat granola breakfast rice pasta noodle macaroni beans 麦片 米 面"),
    ("jar", 1, "sauce jam jelly honey syrup pickle relish olive salsa spread dressing drsng condiment ketchup mustard mayo 酱 蜜"),
    ("can", 1, "soup can canned chili stew bean 罐头 汤"),
    ("shaker", 11, "spice salt pepper seasoning extract sugar flour baking 盐 香料 调味"),
    ("oil", 4, "oil vinegar shortening 油 醋"),
    ("fish", 7, "fish seafood shrimp salmon tuna crab 鱼 虾 海鲜"),
    ("drumstick", 2, "chicken turkey poultry 鸡"),
    ("steak", 0, "beef pork meat lamb veal steak 肉 牛排"),
    ("apple", 0, "apple pear fruit berr strawberr blueberr raspberr grape peach plum melon cantaloupe 苹果 水果"),
    ("sandwich", 3, "deli sandwich salad_bar prepared dinner 三明治 熟食"),
    ("leaf", 4, "produce salad vegetable organic 有机"),
    ("towel", 7, "bath_towel hand_towel beach_towel washcloth 毛巾 浴巾 面巾"),
    ("bed", 5, "bedding blanket quilt pillow mattress duvet 床品 床垫 夏凉 盖毯 四件套 被 枕 床"),
    ("sofa", 3, "furniture sofa armchair curtain cushion carpet rug 家具 布艺 抱枕 沙发 窗帘 地毯 坐垫 椅"),
    ("case", 10, "luggage suitcase backpack handbag 箱包 拉杆箱 登机箱 双肩包 包"),
    ("tooth", 6, "tooth dental oral mouth 牙"),
    ("pill", 6, "drug_store vitamin pain cold_remed cough antacid laxative first_aid diet nutrition pharm remedies 药 维生素 健康"),
    ("hair", 8, "hair shampoo conditioner 洗发 护发"),
    ("lipstick", 9, "cosmetic makeup nail lip fragrance 化妆 美妆"),
    ("spray", 5, "clean bleach detergent laundry dish fabric spray air_fresh 清洁 洗衣 洗涤"),
    ("drop", 6, "soap lotion skin deodorant shav body hand bath suntan 肥皂 护肤 洗手"),
    ("roll", 11, "paper towel tissue napkin toilet bag foil wrap plates cups 纸 袋"),
    ("flower", 9, "floral flower plant rose bouquet garden 花 植物 家饰"),
    ("candle", 3, "candle incense 蜡烛"),
    ("card", 10, "card gift party greeting 卡 礼"),
    ("book", 11, "book magazine newspaper station school office pen 书 杂志 文具"),
    ("toy", 10, "toy game ball sport 玩具 运动 志趣 魔兽"),
    ("bulb", 3, "batter light bulb electr electronics 电池 灯"),
    ("shirt", 5, "apparel sock shirt hosiery cloth 服饰 服装 内裤 裙 衫 衣 袜 鞋"),
    ("pan", 11, "cookware kitchen houseware utensil hardware tool 锅具 餐厨 厨 锅 工具"),
    ("car", 11, "auto automotive fuel motor gas 汽车"),
)


def _starts(words: str) -> re.Pattern[str]:
    """Finds one of the words: a short one whole, a longer one where a word begins with it, a Chinese one anywhere; but one Chinese
    character only at the end, where it says what the thing is: 绿茶 is tea, 水洗棉 is no water.
    """
    return re.compile("|".join(map(_pattern, words.split())))


def _pattern(word: str) -> str:
    word = word.replace("_", " ")
    if not word.isascii():
        return re.escape(word) + ("$" if len(word) == 1 else "")
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
