"""Recipes of little shops: a test says what it is about, the house gives the rest."""

HOUSE = {"columns": "item-facts = {}", "filter": "in-stock = {}", "choose": "best = {}"}


def recipe(text: str) -> str:
    """This recipe, with the columns, the filter and the policy of every little shop where it names none of its own."""
    return text + "".join(f"[{role}]\n{part}\n" for role, part in HOUSE.items() if f"[{role}]" not in text)
