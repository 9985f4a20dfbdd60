"""The paper's table for any voice: systems speak a test list, judges measure it, a report shows it.

`systems` (who speaks) and `metrics` (what is measured) are the two registries; `run` brings them together.
"""
