"""Progress bars in the terminal for whatever runs, several at a time (rich is loaded when the first one shows)."""

from collections.abc import Iterable, Iterator, Sized
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

T = TypeVar("T")


@dataclass
class Bars:
    """A Watch that draws a bar with times for each piece of work; bars may nest and may come from several threads.

    console: where to draw; None = standard error. transient: wipe finished bars once nothing runs.
    """

    console: "Console | None" = None
    transient: bool = False
    _lock: Lock = field(default_factory=Lock, repr=False)
    _open: int = field(default=0, repr=False)
    _progress: "Progress | None" = field(default=None, repr=False)

    def track(self, work: Iterable[T], title: str, total: int | None) -> Iterator[T]:
        """`work`, with a bar while it lasts; without a total (given or by len) the bar only pulses."""
        size = total if total is not None else len(work) if isinstance(work, Sized) else None
        progress = self._enter()
        task = progress.add_task(title, total=size)
        try:
            for thing in work:
                yield thing
                progress.advance(task)
            progress.update(task, total=progress.tasks[progress.task_ids.index(task)].completed)
        finally:
            self._leave()

    def _enter(self) -> "Progress":
        with self._lock:
            if self._progress is None:
                self._progress = self._bars()
                self._progress.start()
            self._open += 1
            return self._progress

    def _leave(self) -> None:
        with self._lock:
            self._open -= 1
            if self._open == 0 and self._progress is not None:
                self._progress.stop()
                self._progress = None

    def _bars(self) -> "Progress":
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        return Progress(*columns, console=self.console or Console(stderr=True), transient=self.transient)
