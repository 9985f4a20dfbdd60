"""Where Chromium is: tests of pages drive the real thing."""

import shutil
import sys

import pytest


def chromium() -> str:
    """Its program. A machine without one skips the test that asks, and says so past pytest's capture."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        print("\nNOT PROVEN: no Chromium here (Debian: apt-get install chromium)", file=sys.__stderr__)
        pytest.skip("NOT PROVEN: no Chromium here (Debian: apt-get install chromium)")
    return found
