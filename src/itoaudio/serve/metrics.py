"""What Prometheus may read, in a registry of its own for each app."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from itoaudio.serve.pool import Pool

SECONDS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
CONTENT_TYPE = CONTENT_TYPE_LATEST


class Metrics:
    """Counters of one app, and the pool's state when it is asked for."""

    def __init__(self, pool: Pool) -> None:
        self._registry = registry = CollectorRegistry()
        self.requests = Counter(
            "itoaudio_requests", "Requests answered.", ["path", "method", "status"], registry=registry
        )
        self.seconds = Histogram(
            "itoaudio_request_seconds",
            "From request to last byte.",
            ["path"],
            buckets=SECONDS,
            registry=registry,
        )
        self.first_sound = Histogram(
            "itoaudio_first_sound_seconds", "From request to first sound.", buckets=SECONDS, registry=registry
        )
        self.audio = Counter("itoaudio_audio_seconds", "Seconds of sound made.", registry=registry)
        self.characters = Counter("itoaudio_characters", "Characters accepted.", registry=registry)
        self.rejected = Counter("itoaudio_rejected", "Requests refused: queue full.", registry=registry)
        for name, text, value in (
            ("waiting", "Jobs in the queue.", lambda: pool.waiting),
            ("running", "Jobs that workers do.", lambda: pool.running),
            ("workers_ready", "Workers alive and loaded.", lambda: pool.ready),
            ("worker_restarts", "Workers that were replaced.", lambda: pool.restarts),
        ):
            Gauge(f"itoaudio_{name}", text, registry=registry).set_function(value)

    def exposition(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self._registry)
