"""Work too large for one process: a library of books spoken into audio shards, by local processes or on Ray.

bulk.speak("s3://books/lines.jsonl", "s3://books/audio", voice="kathleen", ray="auto")
"""

from .job import Summary, speak
from .manifest import Line, read_lines

__all__ = ["Line", "Summary", "read_lines", "speak"]
