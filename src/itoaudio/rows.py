"""Lines of a text file: its line ends part them, and no other of Unicode's, which a text may hold."""

import re

_END = re.compile(r"\r\n?|\n")


def split_rows(text: str) -> list[str]:
    """Lines without their ends; what follows the last end is one if it is not empty.

    `str.splitlines` would also part at U+2028, a form feed or U+0085, as texts from web pages have them.
    """
    found = _END.split(text)
    return found if found[-1] else found[:-1]
