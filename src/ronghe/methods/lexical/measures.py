"""Numbers with units: every way to write one as one word, and which words tell the same measure (exact factors: NIST SP 811)."""

import re
from functools import lru_cache

# family -> unit as it is kept -> how many of the family's first unit it is. Nothing is converted from one family to another.
FAMILIES: dict[str, dict[str, float]] = {
    "length": {"mm": 1.0, "cm": 10.0, "dm": 100.0, "m": 1000.0, "km": 1e6, "in": 25.4, "ft": 304.8, "yd": 914.4},
    "mass": {"g": 1.0, "mg": 0.001, "kg": 1000.0, "lb": 453.59237, "oz": 28.349523125, "jin": 500.0},
    "volume": {
        "ml": 1.0, "cl": 10.0, "dl": 100.0, "l": 1000.0, "floz": 29.5735295625, "pt": 473.176473, "qt": 946.352946,
        "gal": 3785.411784, "oz": 29.5735295625,  # who says ounces of a drink means fluid ones
    },
    "data": {"gb": 1.0, "mb": 0.001, "tb": 1000.0},
    "power": {"w": 1.0, "kw": 1000.0},
    "voltage": {"v": 1.0, "kv": 1000.0},
    "charge": {"mah": 1.0, "ah": 1000.0},
    "energy": {"wh": 1.0, "kwh": 1000.0},
    "frequency": {"mhz": 1.0, "hz": 1e-6, "khz": 0.001, "ghz": 1000.0},
    "pixels": {"mp": 1.0}, "density": {"dpi": 1.0}, "turns": {"rpm": 1.0}, "count": {"ct": 1.0}, "pack": {"pk": 1.0},
}  # fmt: skip
CLOSE = {"data": 0.025}  # a terabyte is 1,000 or 1,024 gigabytes; share by which two numbers may differ and be the same
ROUNDED = 0.005  # in the other families: 39.6 cm and 15.6 inches are one screen, 15.4 and 15.6 inches are not

_WAYS: dict[str, str] = {
    "in": "inches inch zoll in 英寸 吋 寸", "ft": "feet foot ft 英尺", "yd": "yards yard yd", "km": "km 公里",
    "mm": "millimeters millimetres millimeter millimetre mm 毫米", "dm": "dm",
    "cm": "centimeters centimetres centimeter centimetre cm 厘米 公分", "m": "meters metres meter metre m 米",
    "kg": "kilograms kilogramm kilogram kilos kilo kg 公斤 千克", "mg": "mg 毫克", "jin": "斤",
    "g": "grams gramm gram g 克(?!拉)", "lb": "pounds pound lbs lb 磅", "floz": r"fl\.?\s*oz fluid\s+ounces? 液量盎司",
    "oz": "ounces ounce oz 盎司", "ml": "milliliters millilitres milliliter millilitre ml 毫升", "cl": "cl", "dl": "dl",
    "l": "liters litres liter litre ltr l 公升 升", "gal": "gallons gallon gal 加仑", "qt": "quarts quart qt 夸脱",
    "pt": "pints pint pt 品脱", "gb": "gigabytes gigabyte gb", "tb": "terabytes terabyte tb", "mb": "megabytes megabyte mb",
    "kw": "kilowatts kilowatt kw 千瓦", "w": "watts watt w 瓦", "kv": "kv 千伏", "v": "volts volt v 伏", "mah": "mah 毫安时 毫安",
    "ah": "ah 安时", "kwh": "kwh", "wh": "wh", "ghz": "ghz", "mhz": "mhz", "khz": "khz", "hz": "hertz hz 赫兹",
    "mp": "megapixels megapixel mp", "dpi": "dpi", "rpm": "rpm 转", "ct": "counts count ct", "pk": "packs pack pk",
}  # fmt: skip
_UNIT_OF = {way: unit for unit, ways in _WAYS.items() for way in ways.split(" ")}
_LATIN = "|".join(sorted((way for way in _UNIT_OF if way.isascii() and way != "in"), key=len, reverse=True))
_HAN = "|".join(sorted((way for way in _UNIT_OF if not way.isascii()), key=len, reverse=True))
_ANY = rf"(?:({_LATIN}|in(?!\s*-?\s*\d))(?![^\W_])|({_HAN}))"  # "2 in 1" is no length
_SAID = re.compile(rf"(?<![^\W_])(?<!\d\.)(\d+(?:\.\d+)?|(?<!\d)\.\d+)\s*-?\s*{_ANY}", re.IGNORECASE)
_INCHES = re.compile(r"(\d)\s*(?:\"|″|”|'')")
_THOUSANDS = re.compile(r"(?<=[1-9]),(?=\d{3}\b)|(?<=[1-9]\d),(?=\d{3}\b)|(?<=\d{3}),(?=\d{3}\b)")
_COMMA = re.compile(rf"(?<![\d.,])(\d+),(\d+)(?=\s*-?\s*(?:{_ANY}|[\"″”]))", re.IGNORECASE)
_DIGIT, _INCH = re.compile(r"\d"), re.compile(r"[\"'″”]")
_MEASURE = re.compile(r"(\d+(?:\.\d+)?)([a-z]+)")


def written_one_way(text: str) -> str:
    """The text with its numbers and units written one way: 1,440 as 1440, 15,6 Zoll and 15.6" as 15.6in, 500 毫升 as 500ml."""
    if _DIGIT.search(text) is None:
        return text
    if "," in text:
        text = _COMMA.sub(r"\1.\2", _THOUSANDS.sub("", text))
    if _INCH.search(text) is not None:
        text = _INCHES.sub(r"\1in ", text)
    return _SAID.sub(_short, text)


def _short(said: "re.Match[str]") -> str:
    number, latin, han = said.groups()
    return f"{plain_number(number)}{_unit(latin.lower() if latin else han)} "


@lru_cache(maxsize=1_024)
def _unit(way: str) -> str:
    """The unit that a way to write one stands for."""
    return _UNIT_OF.get(way) or next(unit for known, unit in _UNIT_OF.items() if re.fullmatch(known, way))


def plain_number(text: str) -> str:
    """A decimal number without needless zeros: 15.60 as 15.6, .5 as 0.5."""
    whole, _, part = text.partition(".")
    part = part.rstrip("0")
    return f"{whole.lstrip('0') or '0'}.{part}" if part else whole.lstrip("0") or "0"


@lru_cache(maxsize=65_536)
def measures_of(word: str) -> tuple[tuple[str, float], ...]:
    """Family and amount, in the family's first unit, of a word such as 500ml; ounces are of two families; () = no measure."""
    found = _MEASURE.fullmatch(word)
    if found is None:
        return ()
    amount, unit = float(found[1]), found[2]
    return tuple((family, amount * units[unit]) for family, units in FAMILIES.items() if unit in units)


def tolerance(family: str) -> float:
    """Share by which two amounts of a family may differ and still be the same."""
    return CLOSE.get(family, ROUNDED)
