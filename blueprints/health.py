"""For machines: is everything alive, and how much is going on. Public, and without anything about people."""

import os
import time

from flask import Response, jsonify, request

from blueprints import logs
from blueprints.web import blueprint, public
from models.pulse import database_answers, messages_by_state
from tasks import CONFIG, huey
from tasks.recurring import HEARTBEAT_FILE

# Several web processes count together through files here; the library reads this when it is imported.
METRICS = CONFIG.data_dir / "metrics"
METRICS.mkdir(exist_ok=True)
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(METRICS))

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest  # noqa: E402
from prometheus_client.core import GaugeMetricFamily  # noqa: E402
from prometheus_client.multiprocess import MultiProcessCollector  # noqa: E402

OK = "ok"

bp = blueprint("health", at="/")

SILENT_AFTER = 30  # seconds without a sign of the worker
REQUESTS = Counter("kundbok_requests_total", "Requests by route and answer", ["method", "endpoint", "status"])
DURATIONS = Histogram("kundbok_request_seconds", "How long answers took", ["endpoint"])

logs.configure()


@bp.before_app_request
def begin() -> None:
    logs.begin()


@bp.after_app_request
def end(response):
    """Unknown addresses and methods count as one: strangers cannot make up new names here."""
    response = logs.end(response)
    endpoint, method = (request.endpoint, request.method) if request.endpoint else ("none", "any")
    REQUESTS.labels(method, endpoint, response.status_code).inc()
    DURATIONS.labels(endpoint).observe(logs.seconds())
    return response


@bp.get("/healthz")
@public
def show():
    """200 when everything is alive, else 503 with the parts that are not."""
    parts = {"web": OK, "database": OK if database_answers() else "does not answer", "worker": worker()}
    well = all(part == OK for part in parts.values())
    return jsonify(status=OK if well else "failing", **parts), 200 if well else 503


def worker() -> str:
    try:
        age = time.time() - (CONFIG.data_dir / HEARTBEAT_FILE).stat().st_mtime
    except OSError:
        return "no sign of life"
    return OK if age < SILENT_AFTER else f"no sign of life for {age:.0f} s"


@bp.get("/metrics")
@public
def metrics():
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    registry.register(Ledger())
    return Response(generate_latest(registry), mimetype="text/plain; version=0.0.4")


class Ledger:
    """What waits: messages by state, and tasks in the queue."""

    def collect(self):
        messages = GaugeMetricFamily("kundbok_messages", "Messages by state", labels=["state"])
        for state, count in messages_by_state().items():
            messages.add_metric([state.value], count)
        yield messages
        yield GaugeMetricFamily("kundbok_queue", "Tasks that wait for the worker", value=huey.pending_count())
