"""What stands beside a file of lines: titles and attributes of its items, as columns of a catalogue."""

import json
from pathlib import Path

from ronghe.core.errors import BadData
from ronghe.core.vocabulary import Vocabulary


def titles_of(folder: Path, items: Vocabulary) -> list[str]:
    """Title of each item out of item_titles.tsv (a header, then item, …, title by tabs); "" where there is none."""
    path = folder / "item_titles.tsv"
    if not path.is_file():
        return [""] * len(items)
    title: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()[1:], 2):
        cells = line.split("\t")
        if len(cells) < 2:
            raise BadData(f"{path}, line {number}: {line[:60]!r}; right would be item and title by tabs")
        title[cells[0]] = cells[-1]
    return [title.get(item, "") for item in items.ids]


def attributes_of(folder: Path, items: Vocabulary) -> list[str]:
    """Attributes of each item out of item_attributes.json ({item: [number or word, …]}), as the catalogue keeps them."""
    path = folder / "item_attributes.json"
    if not path.is_file():
        return ["{}"] * len(items)
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadData(f"{path}: {error}; right would be one JSON object of lists") from error
    if not isinstance(said, dict) or not all(isinstance(value, list) for value in said.values()):
        raise BadData(f"{path} is no JSON object of lists; right would be {{item: [attribute, …]}}")
    return [json.dumps({"of": said[item]}) if item in said else "{}" for item in items.ids]
