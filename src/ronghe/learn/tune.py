"""Tuning: searches the settings of a recipe for the best validation metric (TPE of Bergstra et al. 2011, through Optuna).

Parts take turns: a trial turns one part and leaves the others at the best so far, so that only what hangs on that part is learnt
anew. Every trial is kept in tune/trials.db of the shop folder, so a search that was stopped goes on where it was. Validation
days are cut out of train; the test days are never asked.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ronghe.core.errors import NotReady, RongheError, StoreError
from ronghe.core.roles import Compute
from ronghe.engine.recipe import Recipe, hash_of
from ronghe.engine.shop import TUNING
from ronghe.evaluate.report import MAIN
from ronghe.learn.train import CACHE, shop_data
from ronghe.learn.tune_score import Judge, KeptSteps
from ronghe.learn.tune_space import Knob, knobs, turned

AS_IT_WAS = "as it was"  # marks the recipe itself among the trials
STARTING = 8  # trials drawn at random before the search learns from those it has
LACKING = "tuning needs optuna, which is not installed; right would be pip install 'ronghe[train]'"


@dataclass(frozen=True)
class Limits:
    """When a search ends: after so many trials of all runs together, or so many minutes of this run (None = no limit)."""

    trials: int | None = 50
    minutes: float | None = None


@dataclass(frozen=True)
class Trial:
    """Settings by name of their knob · value of the metric, None when it failed · seconds · why it failed, "" when it did not."""

    number: int
    settings: dict[str, float]
    value: float | None
    seconds: float
    failed: str = ""


@dataclass(frozen=True)
class Tuning:
    """What a search found. metric and shoppers it was judged by · baseline: the recipe as it was · best: None while no trial
    is better than that · trials of this and of earlier runs · study: its name in trials.db.
    """

    metric: str
    shoppers: int
    baseline: float
    best: Trial | None
    trials: tuple[Trial, ...]
    study: str
    seconds: float
    space: tuple[Knob, ...] = field(default=(), repr=False)

    @property
    def gain(self) -> float:
        """How much better the best trial is than the recipe as it was."""
        best = self.best
        return 0.0 if best is None or best.value is None else best.value - self.baseline


def tune(folder: Path, compute: Compute, limits: Limits, part_names: Sequence[str] = (), shoppers: int | None = None) -> Tuning:
    """Searches the recipe of the shop in `folder`. NotReady without data, optuna, or anything to search."""
    optuna = _optuna()
    recipe = Recipe.load(folder)
    space = knobs(recipe, part_names)
    if not space:
        raise NotReady("no part on the main surface has settings to search; methods with a search space: docs/guide/tune.md")
    begun = time.monotonic()
    with alone(folder):
        judge = Judge(shop_data(recipe, folder), KeptSteps(folder / TUNING, folder / CACHE), compute, shoppers)
        name = hash_of([judge.key(recipe), [repr(knob) for knob in space]])
        study = _study(optuna, folder, name, compute.seed)
        judge.best = max((one.value for one in study.get_trials(deepcopy=False) if one.value is not None), default=judge.best)
        baseline = _baseline(optuna, study, judge, recipe, space)
        ends = _ends(limits, begun, study)
        for _ in compute.track(ends, "tune", limits.trials):
            _try(optuna, study, judge, recipe, space)
    return _found(study, baseline, space, name, time.monotonic() - begun)


def _try(optuna: Any, study: Any, judge: Judge, recipe: Recipe, space: Sequence[Knob]) -> None:
    """One trial: the settings of one part are suggested, those of the others stay at the best so far; judged, told."""
    parts = list(dict.fromkeys(knob.part for knob in space))
    part = parts[len(_tried(study)) % len(parts)]
    best = max(_better(study), key=lambda one: one.value, default=None)
    trial, begun = study.ask(), time.monotonic()
    settings = dict(best.user_attrs["settings"]) if best else {}
    settings |= {k.name: k.rounded(_suggested(trial, k)) for k in space if k.part == part}
    trial.set_user_attr("settings", settings)
    try:
        value = judge.value(Recipe.parse(turned(recipe.text, settings, space)))
    except RongheError as error:
        trial.set_user_attr("failed", str(error))
        study.tell(trial, state=optuna.trial.TrialState.FAIL)
    else:
        trial.set_user_attr("seconds", round(time.monotonic() - begun, 2))
        study.tell(trial, value["value"])


def _better(study: Any) -> list[Any]:
    """Trials that beat the recipe as it was."""
    line = study.user_attrs["baseline"]["value"]
    return [one for one in _tried(study) if one.value is not None and one.value > line]


def _suggested(trial: Any, knob: Knob) -> float:
    span = knob.span
    draw = trial.suggest_int if span.whole else trial.suggest_float
    return float(draw(knob.name, span.low, span.high, log=span.log))


def _baseline(optuna: Any, study: Any, judge: Judge, recipe: Recipe, space: Sequence[Knob]) -> dict[str, Any]:
    """The recipe as it is, judged once a study; the search learns from those of its settings that lie within their spans."""
    known: dict[str, Any] = study.user_attrs.get("baseline", {})
    if known:
        return known
    found = judge.value(recipe)
    spans = {k.name: _distribution(optuna, k) for k in space if k.inside}
    now = {k.name: int(k.now) if k.span.whole else float(k.now) for k in space if k.inside}
    told = optuna.trial.create_trial(params=now, distributions=spans, value=found["value"], user_attrs={AS_IT_WAS: True})
    study.add_trial(told)
    study.set_user_attr("baseline", found)
    return found


def _distribution(optuna: Any, knob: Knob) -> Any:
    kinds = optuna.distributions
    kind = kinds.IntDistribution if knob.span.whole else kinds.FloatDistribution
    return kind(knob.span.low, knob.span.high, log=knob.span.log)


def _ends(limits: Limits, begun: float, study: Any) -> Iterator[int]:
    """One number a trial until a limit is reached; none begins that would, by the mean so far, end after the budget."""
    done = 0
    start = time.monotonic()
    while limits.trials is None or len(_tried(study)) < limits.trials:
        each = (time.monotonic() - start) / done if done else 0.0
        if limits.minutes is not None and time.monotonic() - begun + each > 60 * limits.minutes:
            return
        yield done
        done += 1


def _study(optuna: Any, folder: Path, name: str, seed: int) -> Any:
    """The study of that name, with what earlier runs tried; a trial that a kill interrupted counts as failed."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    storage = f"sqlite:///{folder / TUNING / 'trials.db'}"
    study = optuna.create_study(storage=storage, study_name=name, direction="maximize", load_if_exists=True)
    state = optuna.trial.TrialState
    for trial in study.get_trials(deepcopy=False, states=(state.RUNNING,)):
        study.tell(trial.number, state=state.FAIL)
    study.sampler = optuna.samplers.TPESampler(seed=seed + len(study.trials), n_startup_trials=STARTING)
    return study


def _found(study: Any, baseline: dict[str, Any], space: tuple[Knob, ...], name: str, seconds: float) -> Tuning:
    trials = tuple(_trial(number, one) for number, one in enumerate(_tried(study), 1))
    good = [one for one in trials if one.value is not None and one.value > baseline["value"]]
    best = max(good, key=lambda one: one.value or 0.0, default=None)
    return Tuning(MAIN, baseline["shoppers"], baseline["value"], best, trials, name, round(seconds, 1), space)


def _tried(study: Any) -> list[Any]:
    return [one for one in study.get_trials(deepcopy=False) if AS_IT_WAS not in one.user_attrs]


def _trial(number: int, one: Any) -> Trial:
    known = one.user_attrs
    return Trial(number, known.get("settings", {}), one.value, known.get("seconds", 0.0), known.get("failed", ""))


def _optuna() -> Any:
    try:
        import optuna
    except ModuleNotFoundError as error:
        raise NotReady(LACKING) from error
    return optuna


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Makes the folder of trials and keeps a second search out of it."""
    place = folder / TUNING
    place.mkdir(exist_ok=True)
    with closing((place / "lock").open("w")) as lock:
        try:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:
            pass  # no locks on this system
        except OSError as error:
            raise StoreError(f"another search runs in {folder}; wait for it, or stop it") from error
        yield
