"""Listening tests in a browser: MOS, CMOS, AB and MUSHRA, from folders of wav files to a report.

folders -> create (checks, blind copies, anchors) -> design (who hears what) -> app (the page) -> store
store -> observations -> screening, intervals, comparisons, bradley_terry -> report -> text, JSON, CSV, HTML
"""
