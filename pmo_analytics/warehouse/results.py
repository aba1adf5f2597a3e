"""The frames that a view has handed out, with what made them, so that a figure of one can be opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from pmo_analytics.errors import UsageError, nearest
from pmo_analytics.influences import Influences, influences
from pmo_analytics.origins import Origin, Reckoning, is_plain, origin_of, restricted, stamped


@dataclass
class Results:
    """Frames by the text of their origin, and the analyses that a view ran by their name."""

    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    functions: dict[str, Callable[..., Any]] = field(default_factory=dict)

    def kept(self, frame: pd.DataFrame, made: Origin) -> pd.DataFrame:
        """The frame, stamped with its origin; a copy is kept to know it again."""
        self.frames[made.text()] = frame.copy(deep=False)
        return stamped(frame, made)

    def ran(self, analysis: Callable[..., Any], bound: dict[str, Any]) -> Any:
        """The result of an analysis, stamped where all that it was given is known."""
        result = analysis(**bound)
        if not isinstance(result, pd.DataFrame):
            return result
        made = self._made(analysis, bound)
        if made is None:
            return stamped(result, None)
        self.functions[made.name] = analysis
        return self.kept(result, made)

    def _made(self, analysis: Callable[..., Any], bound: dict[str, Any]) -> Origin | None:
        inputs: dict[str, Origin] = {}
        options: dict[str, Any] = {}
        name = getattr(analysis, "__name__", "")
        if self.functions.get(name, analysis) is not analysis:
            return None
        for parameter, value in bound.items():
            if isinstance(value, pd.DataFrame):
                made = self.origin_of(value)
                if made is None:
                    return None
                inputs[parameter] = made
            elif parameter == "status_date":
                continue
            elif is_plain(value):
                options[parameter] = value
            else:
                return None
        return Origin(name, inputs, options)

    def origin_of(self, frame: pd.DataFrame) -> Origin | None:
        """What made a frame: as it was handed out, or the rows of some projects of it; None where it is another."""
        made = origin_of(frame)
        whole = None if made is None else self.frames.get(made.text())
        return None if made is None or whole is None else restricted(whole, frame, made)

    def explained(
        self,
        frame: pd.DataFrame,
        row: Mapping[str, Any],
        column: str,
        as_of: date,
        table: Callable[[str], pd.DataFrame],
    ) -> Influences | str:
        """What a figure of a frame depends on; the table's name where the frame is one."""
        made = origin_of(frame)
        if made is None or made.text() not in self.frames:
            raise UsageError("the view does not know what made this frame", expected="a frame from its table or run")
        if not made.is_analysis:
            return made.name
        for wanted in [*row, column]:
            if wanted not in frame:
                raise no_column(made.name, wanted, list(frame.columns))
        inputs = {name: table(name) for name in made.tables()}
        day = pd.Timestamp(as_of)
        try:
            return influences(Reckoning(made, self.functions, day).of, inputs, row, column)
        except (LookupError, ValueError) as problem:
            raise no_row(made.name, problem) from None


def no_column(name: str, wanted: str, known: list[str]) -> UsageError:
    """What is said where an analysis has no such column."""
    close = nearest(wanted, known)
    hint = f"did you mean {close!r}?" if close else None
    return UsageError(f"{name} has no column {wanted!r}", expected=", ".join(known), hint=hint)


def no_row(name: str, problem: Exception) -> UsageError:
    """What is said where not exactly one row of an analysis fits."""
    return UsageError(f"no single row of {name}", found=str(problem), expected="values that one row has")
