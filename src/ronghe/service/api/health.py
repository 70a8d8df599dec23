"""/health, /health/live and /metrics: for whoever watches over the service."""

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response

from ronghe.service.guard import OPEN, as_json, needs, service_of


@needs(OPEN)
async def health(request: Request) -> Response:
    """200 when questions are answered; 503 while closing down or when the shop cannot be read."""
    service = service_of(request)
    ready, model = not service.draining, ""
    try:
        model = await service.aside(service.model)
    except Exception as error:
        service.log.error("health", exc_info=error)
        ready = False
    state = "ok" if ready else "closing" if service.draining else "broken"
    return as_json({"status": state, "live": True, "ready": ready, "model": model or None}, 200 if ready else 503)


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
