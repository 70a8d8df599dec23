"""Complete Journey's till words ("SFT DRNK 2 LITER BTL CARB INCL") as a shopper would read them."""
# ruff: noqa: E501

import re
from functools import cache

# Till word -> plain word; "" drops it.
WORDS: dict[str, str] = {
    "FRZN": "Frozen", "FRZ": "Frozen", "FRE": "Fresh", "REFRIG": "Refrigerated", "REFRGRATD": "Refrigerated", "REFRI": "Refrigerated",
    "SFT": "Soft", "DRNK": "Drink", "DRNKS": "Drinks", "DRNKNG": "Drinking", "DRNKING": "Drinking", "MLT": "Multi", "MULT": "Multi",
    "PK": "Pack", "PKG": "Packaged", "PKGD": "Packaged", "PCKGD": "Packaged", "PPK": "Prepacked", "PREPACK": "Prepacked",
    "PRPCK": "Prepacked", "PAC": "Pack", "BTL": "Bottle", "BTLS": "Bottles", "CARB": "Carbonated", "CRBNTD": "Carbonated",
    "N/CARB": "Non-Carbonated", "INCL": "", "EXCP": "", "JCE": "Juice", "JUIC": "Juice", "CONC": "Concentrate", "WTR": "Water",
    "MINWTR": "Mineral Water", "MNRL": "Mineral", "MNERAL": "Mineral", "FLVRD": "Flavored", "FLVR": "Flavored", "FLV": "Flavored",
    "BEV": "Beverage", "COCO": "Cocoa", "MLK": "Milk", "PWDR": "Powder", "PWDRS": "Powders", "CRYSTL": "Crystal",
    "MX": "Mix", "MXS": "Mixes", "MIXS": "Mixes", "FD": "Food", "FDS": "Foods", "SEAFD": "Seafood", "CATFD": "Cat Food",
    "DOGFD": "Dog Food", "PREM": "Premium", "SNGL": "Single", "SGL": "Single", "SRV": "Serve", "SV": "Service", "SS": "Single-Serve",
    "VEND": "Vending", "MACH": "Machine", "DNR": "Dinner", "DNRS": "Dinners", "BRKFST": "Breakfast", "WHLSM": "Wholesome",
    "SNKS": "Snacks", "CKYS": "Cookies", "CRKR": "Crackers", "CNDY": "Candy", "CHOC": "Chocolate", "CHOCOCLATE": "Chocolate",
    "CHOCOL": "Chocolate", "TISS": "Tissue", "TRSH": "Trash", "BG": "Bags", "CLEANG": "Cleaning", "COOKNG": "Cooking",
    "BKNGWARES": "Bakeware", "BKD": "Baked", "BK": "Bakery", "SPECLTY": "Specialty", "SPECILATY": "Specialty", "BN": "Beans",
    "VEG": "Vegetable", "DSH": "Dishes", "CND": "Canned", "CAN": "Canned", "SALD": "Salad", "SAL": "Salad", "DRSNG": "Dressing",
    "SNDWCH": "Sandwich", "SPRD": "Spread", "PKLD": "Pickled", "PICKLD": "Pickled", "PICKLS": "Pickles", "PNT": "Peanut",
    "PNUT": "Peanut", "BTR": "Butter", "SW": "Sweet", "SWT": "Sweet", "GDS": "Goods", "DAN": "Danish", "LSS": "Less", "THN": "Than",
    "CKE": "Cake", "CNDLES": "Candles", "RETL": "Retail", "ACCSS": "Accessories", "ACCES": "Accessories", "ACCS": "Accessories",
    "ACC": "Accessories", "ACCESS": "Accessories", "CRSTDAS": "Crostatas", "ENG": "English", "PREPORTND": "Preportioned",
    "PRSLC": "Presliced", "PRESLC": "Presliced", "PRESLCD": "Presliced", "SAUS": "Sausage", "LNCHMT": "Lunchmeat", "CHIX": "Chicken",
    "FRD": "Fried", "PREP": "Prepared", "PREPRD": "Prepared", "FRTHR": "Further", "SOL": "Solutions", "MT": "Meat",
    "INGRED": "Ingredients", "GRND": "Ground", "PTTY": "Patties", "STK": "Steak", "CHP": "Chops", "SLC": "Slices", "WHL": "Whole",
    "WH": "Whole", "FS": "French Style", "BRSKT": "Brisket", "BRST": "Breast", "BLY": "Belly", "SHLDR": "Shoulder", "STW": "Stew",
    "STRP": "Strips", "BRD": "Breaded", "SHLFSH": "Shellfish", "MARIN": "Marinades", "MARINAD": "Marinades", "SCE": "Sauce",
    "PICAN": "Picante", "TORT": "Tortilla", "SHRED": "Shredded", "CRMD": "Creamed", "RTS": "Ready-to-Serve", "RTD": "Ready-to-Drink",
    "RTW": "Ready-to-Wear", "IQF": "Individually Frozen", "RW": "", "EW": "", "EXA": "", "N/MEAT": "No-Meat", "DECAF": "Decaf",
    "DECAFFINATED": "Decaffeinated", "REG": "Regular", "AUTO": "Automatic", "NAT": "Natural", "LNDRY": "Laundry", "DETE": "Detergent",
    "PLSTC": "Plastic", "NATRL": "Natural", "BSKTS": "Baskets", "DRNRS": "Drainers", "BRDS": "Boards", "CV": "Covers", "HH": "Household",
    "PERSNL": "Personal", "APPL": "Appliances", "BTH": "Bath", "FT": "Foot", "MASSGRS": "Massagers", "HYGN": "Hygiene",
    "DEOD": "Deodorant", "DRG": "Drug", "RBR": "Rubber", "SYRNGS": "Syringes", "PROD": "Products", "INF": "Infant", "TODD": "Toddler",
    "DIAPR": "Diapers", "NUT SUPP": "Nutritional Supplement", "SUPP": "Supplement", "MULTIPLE COMBIN": "Multi-Vitamin",
    "GNGR": "Ginger", "CKTLS": "Cocktails", "INDR": "Indoor", "PLANTR": "Planter", "LRG": "Large", "SNSL": "Seasonal",
    "SPLY": "Supplies", "SUPPPLIES": "Supplies", "DISPOSIBLE": "Disposable", "REPELLANTS": "Repellents", "PROTIEN": "Protein",
    "DIETARY": "Dietary", "SWEETNERS": "Sweeteners", "HALLOWEN": "Halloween", "CILANTO": "Cilantro", "PHYSICANS": "Physicians",
    "MEMORABLILIA": "Memorabilia", "NDAIRY": "Non-Dairy", "SOD": "Soda", "HBC": "Health & Beauty", "QSR": "Quick-Service",
    "JHOOK": "", "MISC": "Miscellaneous", "W/O": "without", "W/": "with", "W": "with", "BBQ": "BBQ", "DVD": "DVD", "DVDS": "DVDs", "VHS": "VHS",
    "CD": "CD", "TV": "TV", "OTC": "OTC", "SPF": "SPF", "NZ": "NZ", "TN": "Tennessee", "LT": "L", "ML": "ml", "AND": "and", "OF": "of",
    "OR": "or", "THE": "the", "IN": "in", "ON": "on", "TO": "to", "FOR": "for", "GM": "General Merchandise",
    "CNTRL": "Central", "SUP": "Supplies", "WHS": "Warehouse", "MERCH": "Merchandise", "EXP": "Expense", "CONT": "Contributions",
}  # fmt: skip
# Words that the till ran together, and whole phrases.
PHRASES: dict[str, str] = {
    "BEERALEMALT LIQUORS": "Beer, Ale & Malt Liquor", "BEERALE -NON ALCOHOLIC": "Non-Alcoholic Beer",
    "SAUCESSALSAPICANTEE": "Sauces, Salsa & Picante", "SAUCES SALSA PICAN": "Sauces, Salsa & Picante",
    "BLUBLKRASP": "Blueberries, Blackberries, Raspberries", "GRAPESFIGSE": "Grapes, Figs", "CRABETC": "Crab",
    "SARANETC.": "Saran", "BOURBONWHISKEYSOUR MASHES": "Bourbon Whiskey, Sour Mash", "JARSLIDSUTENSILSMIS": "Jars, Lids, Utensils",
    "SPICESSALSAPICKLING": "Spices, Salsa, Pickling", "PLSTC CTLRYTBLCLTHSTTHPKSST": "Plastic Cutlery, Tablecloths, Toothpicks",
    "BEAUTYASSESSPILL BX/H": "Beauty, Pill Boxes", "SALTICE": "Salt, Ice", "DRUG GM": "Drug & General Merchandise",
    "NUT SUPP": "Nutritional Supplement", "FD WRAPS/BAGS/TRSH BG": "Food Wraps, Storage & Trash Bags",
    "FACIAL TISS/DNR NAPKIN": "Facial Tissue & Napkins", "ICE CREAM/MILK/SHERBTS": "Ice Cream & Sherbet",
    "NDAIRY/TEAS/JUICE/SOD": "Non-Dairy, Tea, Juice & Soda", "SNKS/CKYS/CRKR/CNDY": "Snacks, Cookies, Crackers & Candy",
    "CAN/BTL BEVERAGE": "Canned & Bottled Beverage", "BEANS - CANNED GLASS & MW": "Canned Beans", "CHEF SHOPPE": "Chef's Shop",
    "SALD DRSNG/SNDWCH SPRD": "Salad Dressing & Sandwich Spread", "ELECT &PLUMBING": "Electrical & Plumbing",
    "SEAFOOD-FRE-": "Fresh Seafood ", "SEAFOOD-FRZ-": "Frozen Seafood ", "SEAFOOD-MISC-": "Seafood ", "MEAT-MISC-": "Meat ",
    "SV BEV:": "", "SW GDS:": "", "PREP FD:": "Prepared", "PREP FOODS:": "Prepared", "CHIX:": "Chicken", "SAL:": "", "CAKES:": "Cakes",
}  # fmt: skip
# Types that say nothing without their category: "PREMIUM" of what?
VAGUE = re.compile(
    r"(SUPER |ULTRA |ALL )?(PREMIUM|TRADITIONAL|SPECIALTY|OTHER|MISC\.?|MISCELLANEOUS|VALUE|LEAN|MAINSTREAM|NATURAL|UTILITY|KITS|MIXES|"
    r"SEASONAL|ORGANIC|KIDS|BOXED|BLENDS?|RED|NOVELTIES|QUARTS|PREMIUM PINTS|SUPER PREMIUM PINTS|PANTRY|INTERNAL|MARINATED|"
    r"SEASONED|PATTIES|OUTDOOR|HAPPY|BARGAIN|PROMO|PROMOTIONAL|LARGE|ACCESSORIES|BASIC OPENSTOCK|BETTER FOR YOU|"
    r"GOURMET/UPSCALE|BEVERAGE|VARIETY PACK|MIXED PACKS|MULTIPACKS|CHILDRENS LOW END|ADULT PREMIUM|KIDS/FAMILY)"
)


@cache
def readable(words: str) -> str:
    """Till words as a title: "FRZN BAGGED VEGETABLES - PLAIN" -> "Frozen Bagged Vegetables, Plain"."""
    text = re.sub(r"\([^)]*$", "", words)  # the till cuts at 30 characters, often inside brackets
    for phrase, plain in PHRASES.items():
        text = text.replace(phrase, f"{plain} ")
    text = re.sub(r"\s*:\s*", " ", text)
    text = re.sub(r"\s+-\s*|-\s+", ", ", text)
    text = re.sub(r"\s*&\s*", " & ", text)
    text = re.sub(r"-MAGAZINE$", " Magazine", text)
    text = " ".join(filter(None, map(_word, text.split())))
    text = re.sub(r"\s+,|,(\s*,)+", ",", text).strip(" ,-/&.")
    return text[:1].upper() + text[1:]


def size_of(words: str | None) -> str:
    """A package size as it stands on a shelf: "22 LB" -> "22 lb"; "" when unknown or beyond belief."""
    text = " ".join((words or "").split())
    number = re.match(r"[\d.]+", text)
    if number is None or float(number[0].strip(".") or 0) > 2000:
        return ""
    return re.sub(r"\b[Ll]\b", "L", text.lower())


def is_vague(words: str) -> bool:
    """True when a product type says nothing without its category."""
    return VAGUE.fullmatch(words.strip()) is not None


def _word(word: str) -> str:
    if word in WORDS:
        return WORDS[word]
    if word.startswith("W/") and len(word) > 2:
        return f"with {_word(word[2:])}"
    parts = re.split(r"([^A-Z0-9'.%$]+)", word)
    return "".join(WORDS.get(part, part.capitalize() if part.isupper() else part) for part in parts)  # "A/B-C" too
