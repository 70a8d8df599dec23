"""/health, /health/live and /metrics: for whoever watches over the service."""

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response

from ronghe.service.guard import OPEN, as_json, needs, service_of


@needs(OPEN)
async def health(request: Request) -> Response:
    """200 when questions are answered; 503 while closing down or when the shop cannot be read.

    `broken` names what makes the shop serve something else than it was told to; the console says why.
    """
    service = service_of(request)
    ready, model, trouble = not service.draining, "", list[str]()
    try:
        model, trouble = await service.aside(service.state)
    except Exception as error:
        service.log.error("health", exc_info=error)
        ready = False
    state = ("degraded" if trouble else "ok") if ready else "closing" if service.draining else "broken"
    body = {"status": state, "live": True, "ready": ready, "model": model or None, "broken": trouble}
    return as_json(body, 200 if ready else 503)


@needs(OPEN)
async def live(request: Request) -> Response:
    """200 while the process answers at all."""
    return as_json({"live": True})


@needs("read")
async def metrics(request: Request) -> Response:
    """Counts and latencies for Prometheus."""
    service = service_of(request)
    for batcher in (service.asks, service.posts):
        service.metrics.waiting(batcher.name, batcher.depth)
    return Response(service.metrics.text(), media_type=CONTENT_TYPE_LATEST)
