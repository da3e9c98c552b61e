"""What one process sees of its own work, for Prometheus. Figures about runs come from rows: see mge_project.metrics.

Each process serves its own numbers (web at ``/metrics``, a Celery worker at ``MGE_WORKER_METRICS_PORT``), and
Prometheus adds them up. Several processes behind one address share a folder instead: ``PROMETHEUS_MULTIPROC_DIR``.
"""

from prometheus_client import Counter, Gauge, Histogram

_CALL_BUCKETS = (0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 180, 300)
_SANDBOX_BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1200)

CALL_SECONDS = Histogram(
    "mge_model_call_seconds",
    "Seconds from request to reply of one model call, failed ones included.",
    ["purpose", "outcome"],
    buckets=_CALL_BUCKETS,
)
CALLS_REFUSED = Counter(
    "mge_model_calls_refused_total",
    "Model calls that the provider turned away, by HTTP status (429: rate limit, 529: overloaded).",
    ["status"],
)
SANDBOX_SECONDS = Histogram(
    "mge_sandbox_run_seconds",
    "Seconds of one sandboxed command, by how it ended (exited, timeout, killed, refused).",
    ["ending"],
    buckets=_SANDBOX_BUCKETS,
)
LEASES_EXPIRED = Counter("mge_leases_expired_total", "Atoms whose claim ran out, so that they went back to the queue.")
SOCKET_CLIENTS = Gauge("mge_socket_clients", "Open WebSockets of the console.", ["topic"], multiprocess_mode="livesum")

# A series that begins with its first event hides that event from rate(): these exist from the start.
for _status in ("429", "529"):
    CALLS_REFUSED.labels(status=_status)
for _ending in ("exited", "timeout", "killed", "refused"):
    SANDBOX_SECONDS.labels(ending=_ending)
for _topic in ("run", "review"):
    SOCKET_CLIENTS.labels(topic=_topic)
