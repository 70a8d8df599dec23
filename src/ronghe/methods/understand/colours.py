"""Colours by the names that shops and shoppers give them, English and Chinese."""

COLOURS: dict[str, tuple[str, ...]] = {
    "black": ("black", "黑色"),
    "white": ("white", "白色"),
    "grey": ("grey", "gray", "灰色"),
    "silver": ("silver", "银色"),
    "gold": ("gold", "golden", "金色"),
    "red": ("red", "红色"),
    "pink": ("pink", "粉色", "粉红色"),
    "orange": ("orange", "橙色", "橘色"),
    "yellow": ("yellow", "黄色"),
    "green": ("green", "绿色"),
    "blue": ("blue", "蓝色"),
    "navy": ("navy", "navy blue", "藏青色", "海军蓝"),
    "turquoise": ("turquoise", "teal", "青色"),
    "purple": ("purple", "violet", "紫色"),
    "brown": ("brown", "棕色", "褐色", "咖啡色"),
    "beige": ("beige", "米色"),
}
CHARACTERS = {  # by which Chinese names of colours end or are made: 珊瑚红 is red, 粉白格 pink and white
    "黑": "black", "白": "white", "灰": "grey", "银": "silver", "金": "gold", "红": "red", "粉": "pink", "橙": "orange",
    "橘": "orange", "黄": "yellow", "绿": "green", "蓝": "blue", "紫": "purple", "棕": "brown", "褐": "brown", "咖": "brown",
}  # fmt: skip
ATTRIBUTE_ENDS = ("color", "colour", "colors", "colours", "颜色")  # of an attribute that tells a colour
