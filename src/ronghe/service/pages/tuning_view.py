"""The last search of settings as a drawing, out of the record that `ronghe tune` left in the shop folder."""

import json
from pathlib import Path

from markupsafe import Markup

from ronghe.engine.shop import last_tuning
from ronghe.evaluate.tuning_plot import tuning_plot
from ronghe.service.pages.words import Say


def search_of(folder: Path, say: Say) -> Markup | None:
    """SVG of the shop's last search; None when there was none, or its record cannot be read."""
    try:
        held = json.loads(last_tuning(folder).read_text(encoding="utf-8"))
        values = [None if trial["value"] is None else float(trial["value"]) for trial in held["trials"]]
        labels = say("m.search"), say("m.search.note"), say("m.search.now"), say("m.search.best")
        drawn = tuning_plot(float(held["baseline"]), values, labels)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Markup(drawn)  # noqa: S704  made of numbers and escaped words
