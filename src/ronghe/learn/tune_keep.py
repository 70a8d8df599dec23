"""What a search leaves behind: its record and plot in the shop folder, and the winner as a recipe."""

import json
from pathlib import Path
from typing import Any

from ronghe.core.errors import BadData, BadRecipe
from ronghe.core.whole_file import write_whole
from ronghe.engine.recipe import Recipe
from ronghe.engine.shop import TUNING, last_tuning
from ronghe.evaluate.tuning_plot import tuning_plot
from ronghe.learn.tune import Tuning
from ronghe.learn.tune_space import turned

PLOT = "trials.svg"


def record(tuning: Tuning) -> dict[str, Any]:
    """The search as JSON can say it."""
    return {
        "metric": tuning.metric, "on": "valid", "shoppers": tuning.shoppers, "baseline": tuning.baseline,
        "best": None if tuning.best is None else {"trial": tuning.best.number, "value": tuning.best.value},
        "gain": tuning.gain,
        "settings": [
            {"name": k.name, "low": k.span.low, "high": k.span.high, "log": k.span.log, "now": k.now,
             "best": None if tuning.best is None else tuning.best.settings.get(k.name)}
            for k in tuning.space
        ],
        "trials": [{"trial": t.number, "value": t.value, "seconds": t.seconds, "settings": t.settings, "failed": t.failed}
                   for t in tuning.trials],
        "study": tuning.study, "seconds": tuning.seconds,
    }  # fmt: skip


def keep(folder: Path, tuning: Tuning) -> Path:
    """Writes tune/last.json and tune/trials.svg of the shop folder; the path of the plot."""
    write_whole(last_tuning(folder), json.dumps(record(tuning), ensure_ascii=False, indent=1, default=float))
    values = [trial.value for trial in tuning.trials]
    plot = folder / TUNING / PLOT
    write_whole(plot, tuning_plot(tuning.baseline, values) + "\n")
    return plot


def may_write(out: Path, force: bool) -> None:
    """BadData when the file is there already and may not be written over, or lies in no folder: better said before hours pass."""
    if out.exists() and not force:
        raise BadData(f"{out} is there already; name another file, or say --force")
    if not out.parent.is_dir():
        raise BadData(f"{out.parent} is no folder; make it first")


def winner(recipe: Recipe, tuning: Tuning) -> str:
    """The recipe's text with the best trial's settings; comments stay. BadRecipe when no trial was better than the recipe."""
    if tuning.best is None:
        raise BadRecipe(f"none of {len(tuning.trials)} trials was better than the recipe as it is ({tuning.baseline:.4f})")
    text = turned(recipe.text, tuning.best.settings, tuning.space)
    Recipe.parse(text)
    return text


def write(out: Path, text: str, force: bool) -> None:
    """Writes a recipe, whole or not at all."""
    may_write(out, force)
    write_whole(out, text)
