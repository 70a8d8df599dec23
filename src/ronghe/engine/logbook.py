"""Answers are logged after they were given: a thread writes them to the store, many at a time."""

import queue
import threading
import time
from collections.abc import Sequence

from ronghe.core.ports import SlateRow, Store

MOST_WAITING = 20_000  # answers that may wait to be written; what comes beyond is counted as lost, never delays an answer
LINGER = 0.05  # seconds that a written answer waits for company: one transaction for many, and fewer wake-ups beside the answers


class Logbook:
    """Writes slates behind the answers. lost: how many could not be kept."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.lost = 0
        self._waiting: queue.Queue[SlateRow | None] = queue.Queue(MOST_WAITING)
        self._recent: dict[str, SlateRow] = {}
        self._thread = threading.Thread(target=self._write, name="ronghe-logbook", daemon=True)
        self._thread.start()

    def put(self, slates: Sequence[SlateRow]) -> None:
        """Takes answers; returns at once."""
        for slate in slates:
            try:
                self._recent[slate.id] = slate
                self._waiting.put_nowait(slate)
            except queue.Full:
                self._recent.pop(slate.id, None)
                self.lost += 1

    def slate(self, slate: str) -> SlateRow | None:
        """An answer by id, written or still waiting."""
        return self._recent.get(slate) or self.store.slate(slate)

    def flush(self) -> None:
        """Waits until all that was put is written."""
        self._waiting.join()

    def close(self) -> None:
        """Writes what waits and stops."""
        self._waiting.put(None)
        self._thread.join()

    def _write(self) -> None:
        while True:
            batch = [self._waiting.get()]
            if batch[0] is not None:
                time.sleep(LINGER)
            while len(batch) < 500 and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            rows = [slate for slate in batch if slate is not None]
            try:
                if rows:
                    self.store.put_slate(rows)
            except Exception:  # whatever it is: a thread that ends here would lose every later answer
                self.lost += len(rows)
            for slate in rows:
                self._recent.pop(slate.id, None)
            for _ in batch:
                self._waiting.task_done()
            if len(rows) < len(batch):
                return
