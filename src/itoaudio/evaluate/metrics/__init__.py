"""The registry of metrics: what is measured, in which unit, which way is better, and by which settings."""

from itoaudio.evaluate.metrics.metric import Metric, Settings, Unavailable
from itoaudio.evaluate.metrics.table import metrics

__all__ = ["Metric", "Settings", "Unavailable", "metrics"]
