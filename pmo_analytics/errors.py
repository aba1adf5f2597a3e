"""Errors that a person can act on.

Every error says what was found, what was expected and what to do next, and
names the file, the row and the column where there is one. The command line
prints `str(error)` and exits with `exit_code`; it never prints a traceback.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import PurePath


class PmoError(Exception):
    """Base of every error this package raises on purpose."""

    exit_code = 1

    def __init__(
        self,
        message: str,
        *,
        file: str | PurePath | None = None,
        row: int | None = None,
        column: str | None = None,
        found: object | None = None,
        expected: str | None = None,
        hint: str | None = None,
    ) -> None:
        self.message = message
        self.file = None if file is None else str(file)
        self.row = row
        self.column = column
        self.found = found
        self.expected = expected
        self.hint = hint
        super().__init__(self._text())

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows of it: what to do, and no line of this package's code."""
        return [f"{type(self).__name__}: {self}"]

    def _text(self) -> str:
        place = ", ".join(
            part
            for part in (
                self.file,
                None if self.row is None else f"line {self.row}",
                None if self.column is None else f"column {self.column!r}",
            )
            if part
        )
        lines = [f"{place}: {self.message}" if place else self.message]
        if self.found is not None:
            lines.append(f"  found:    {self.found}")
        if self.expected is not None:
            lines.append(f"  expected: {self.expected}")
        if self.hint is not None:
            lines.append(f"  do:       {self.hint}")
        return "\n".join(lines)


class UsageError(PmoError):
    """The call itself is wrong: an unknown option, parameter, month or name."""

    exit_code = 2


class QuestionError(PmoError):
    """The file is ambiguous and the answer is not in it; the hint names the option that answers."""


class SourceError(PmoError):
    """A file cannot be read as any export that is known here."""


class ContractError(PmoError):
    """A frame does not have the columns, types or values that its contract promises."""


class WarehouseError(PmoError):
    """The warehouse is missing, damaged or of another version."""


class BalanceError(PmoError):
    """Rows, hours or money in and out of a load differ; the load was not committed."""


class ReportError(PmoError):
    """A notebook failed; the last good report was left in place."""

    exit_code = 4


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name closest to `name`, or None where nothing is close."""
    candidates = list(known)
    folded = {candidate.casefold(): candidate for candidate in candidates}
    matches = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return folded[matches[0]] if matches else None
