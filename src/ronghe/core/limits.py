"""What a shop's texts and numbers may be at most: one figure each, for files, for HTTP, for forms and for rules."""

import re

ID = 256  # characters of an id of an item, shopper, session, event, slate, group or brand
TITLE = 1_000
DESCRIPTION = 50_000
CATEGORY = 1_000  # of a whole path
CHOICE = 1_000  # of a value that can be filtered by: a brand, a category path, a value of an attribute
ATTRIBUTE_NAME = 100
ATTRIBUTE_NAMES = 100  # attributes of one item
ATTRIBUTES = 20_000  # of the JSON text of all of them
LINK = 2_000  # of an image
LANGUAGE = 10
QUERY = 1_000  # of a typed text
PRICE = 1e12  # in the shop's currency
PIECES = 1e6  # of one event
STOCK = 10**12
ODDS = 1e-12  # the least odds of having been shown
PLACE = 1_000_000  # of an event in what was shown
PINNED = 10_200  # places that one list can show, page by page; a pin stands on one of them
FIRST_MOMENT = 631_152_000.0  # 1990-01-01, epoch seconds; a smaller number is a counter, not a moment
LAST_MOMENT = 1e11  # epoch seconds; larger numbers are milliseconds
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def has_control(text: str) -> bool:
    """True when a text that must stand on one line holds a control character or the end of a line."""
    return bool(_CONTROL.search(text))
