"""Training as one DAG: a step is a function, its parameter names are the arrows; what did not change is not done again."""

import hashlib
import inspect
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ronghe.core.errors import BadArtifact
from ronghe.core.roles import Compute
from ronghe.engine.artifacts import load_model, save_model
from ronghe.engine.versions import seal, verify
from ronghe.learn.code import code_hash


@dataclass(frozen=True)
class Step:
    """`run` takes the values of the steps that its parameters name; `early` also takes all of `early.x`, `early.y` as a dict.

    setting: the part of the recipe it follows, hashed · code: modules it loads by name, whose source counts beside its own ·
    keep: whether its value is worth keeping on disk. Parameters with a default are no arrows.
    """

    run: Callable[..., Any]
    setting: str = ""
    code: tuple[str, ...] = ()
    keep: bool = True

    @property
    def needs(self) -> tuple[str, ...]:
        """The names of the steps it takes."""
        found = inspect.signature(self.run).parameters.values()
        return tuple(p.name for p in found if p.default is p.empty and p.kind is not p.VAR_KEYWORD)


@dataclass(frozen=True)
class Given:
    """A value that comes from outside, with a key that changes when it does."""

    value: Any
    key: str


@dataclass
class Dag:
    """Steps by name, asked for by `value`. Nothing runs, and nothing is even loaded, that nobody asked for.

    folder: where values are kept, one a step, under the hash of code, setting and inputs' keys · seconds: of each step that ran.
    """

    steps: Mapping[str, Step | Given]
    folder: Path
    compute: Compute
    seconds: dict[str, float] = field(default_factory=dict)
    _values: dict[str, Any] = field(default_factory=dict)

    def key(self, name: str) -> str:
        """Changes when the step's value would."""
        step = self.steps[name]
        if isinstance(step, Given):
            return step.key
        inputs = [self.key(n) for need in step.needs for n in self._nodes(need)]
        code = code_hash((step.run.func if hasattr(step.run, "func") else step.run).__module__, *step.code)
        parts = [name, step.setting, code, str(self.compute.seed), *inputs]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]

    def value(self, name: str) -> Any:
        """The step's value: remembered, kept on disk, or made now."""
        if name not in self._values:
            self._values[name] = self._find(name)
        return self._values[name]

    def fill(self, *names: str) -> Iterator[str]:
        """Runs what these values lack, as many steps at a time as `compute` has threads; gives each name as it is done.

        A value that no step needs any more leaves the memory, unless it was asked for.
        """
        waiting, done = self.todo(*names), set[str]()
        needed = {name: {n for need in self._needs(name) for n in self._nodes(need)} for name in waiting}
        running: dict[Future[Any], str] = {}
        lacking = set(waiting)
        with ThreadPoolExecutor(self.compute.threads) as pool:
            while waiting or running:
                ready = [n for n in waiting if needed[n] & lacking <= done][: self.compute.threads - len(running)]
                running |= {pool.submit(self.value, name): name for name in ready}
                waiting = [n for n in waiting if n not in ready]
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    future.result()
                    name = running.pop(future)
                    done.add(name)
                    self._let_go(needed[name] | {name}, {*names, *(n for w in (*waiting, *running.values()) for n in needed[w])})
                    yield name

    def _let_go(self, nodes: set[str], used: set[str]) -> None:
        for node in nodes - used:
            self._values.pop(node, None)

    def todo(self, *names: str) -> list[str]:
        """Steps that would have to run for these values, in order."""
        return list(dict.fromkeys(n for name in names for n in self._missing(name)))

    def _needs(self, name: str) -> tuple[str, ...]:
        step = self.steps[name]
        return () if isinstance(step, Given) else step.needs

    def _find(self, name: str) -> Any:
        step = self.steps[name]
        if isinstance(step, Given):
            return step.value
        kept = self._kept(name)
        if step.keep and kept.is_dir():
            with suppress(BadArtifact):  # a broken copy is made anew
                verify(kept)
                return load_model(kept / "value")
        inputs = {need: self._input(need) for need in step.needs}
        begun = time.perf_counter()
        value = step.run(**inputs)
        self.seconds[name] = round(time.perf_counter() - begun, 3)
        if step.keep:
            self._store(value, kept)
        return value

    def _input(self, need: str) -> Any:
        nodes = self._nodes(need)
        return self.value(need) if nodes == [need] else {n.removeprefix(f"{need}."): self.value(n) for n in nodes}

    def _nodes(self, need: str) -> list[str]:
        return [need] if need in self.steps else [n for n in self.steps if n.startswith(f"{need}.")]

    def _missing(self, name: str) -> Iterator[str]:
        step = self.steps[name]
        if isinstance(step, Given) or (step.keep and self._kept(name).is_dir()):
            return
        for need in step.needs:
            for node in self._nodes(need):
                yield from self._missing(node)
        yield name

    def _kept(self, name: str) -> Path:
        return self.folder / name / self.key(name)

    def _store(self, value: Any, kept: Path) -> None:
        """Writes beside, then renames: a kill leaves the old copy or the new one. Older copies of the step go."""
        draft = kept.with_name(f".draft-{kept.name}")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        save_model(value, draft / "value")
        seal(draft)
        shutil.rmtree(kept, ignore_errors=True)
        draft.rename(kept)
        for other in kept.parent.iterdir():
            if other != kept:
                shutil.rmtree(other)
