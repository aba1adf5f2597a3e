"""Line breaks within a cell, kept out of tables that are laid out from another format.

In such a table every line is a record. A break stands as a separator that text
of issue trackers cannot hold, and is a break again in the column that is read.
"""

from __future__ import annotations

# Group and record separator for return and line feed; a zero character becomes what it becomes in any text file.
_SEPARATORS = {0x00: "\ufffd", 0x0A: "\x1e", 0x0D: "\x1d"}


def one_line(text: str) -> str:
    """`text` without line breaks."""
    return text if text.isprintable() else text.translate(_SEPARATORS)


def broken_again(text: str) -> str:
    """SQL for a cell that `one_line` wrote, with its line breaks."""
    return f"translate({text}, chr(29) || chr(30), chr(13) || chr(10))"
