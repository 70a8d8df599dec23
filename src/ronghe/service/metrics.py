"""What Prometheus reads: per-route counts and latencies, batch sizes, queue depths, events kept. Own registry."""

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
SHARED = "PROMETHEUS_MULTIPROC_DIR"  # where several processes that answer together keep their counts
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Metrics:
    """The meters of one service."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._seconds = Histogram(
            "ronghe_request_seconds", "Time from request to answer.", ["method", "route"], buckets=SECONDS, registry=self.registry
        )
        self._requests = Counter("ronghe_requests", "Answers by status.", ["method", "route", "status"], registry=self.registry)
        self._batch = Histogram("ronghe_batch_size", "Asks that went together.", ["of"], buckets=SIZES, registry=self.registry)
        self._waiting = Gauge("ronghe_waiting", "Asks that wait.", ["of"], registry=self.registry, multiprocess_mode="livesum")
        self._events = Counter("ronghe_events", "Events by what became of them.", ["outcome"], registry=self.registry)
        self._switches = Counter("ronghe_model_changes", "How often another model was picked up.", registry=self.registry)
        self._of: dict[tuple[str, str, int], tuple[Histogram, Counter]] = {}

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Counts one answer."""
        meters = self._of.get((method, route, status))
        if meters is None:  # looking labels up costs more than counting
            meters = self._seconds.labels(method, route), self._requests.labels(method, route, status)
            self._of[method, route, status] = meters
        meters[0].observe(seconds)
        meters[1].inc()

    def batch(self, of: str, size: int) -> None:
        """Counts one batch."""
        self._batch.labels(of).observe(size)

    def waiting(self, of: str, depth: int) -> None:
        """Notes how many wait."""
        self._waiting.labels(of).set(depth)

    def events(self, kept: int, again: int, rejected: int) -> None:
        """Counts what became of events."""
        self._events.labels("kept").inc(kept)
        self._events.labels("duplicate").inc(again)
        self._events.labels("rejected").inc(rejected)

    def switched(self) -> None:
        """Counts a change of model."""
        self._switches.inc()

    def text(self) -> bytes:
        """All meters in Prometheus' text format; those of all processes, where several answer together."""
        if SHARED not in os.environ:
            return generate_latest(self.registry)
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
