"""The registry of systems: who speaks or copies, each in a process of its own."""

from itoaudio.evaluate.systems.table import KINDS, System, presets, system

__all__ = ["KINDS", "System", "presets", "system"]
