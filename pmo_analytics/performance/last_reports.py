"""The last report of each project, or other keys, by the day of each row.

Frames that were not checked may hold names as objects and days in another
resolution; both are brought to one type first, since a join of two types fails.
Source: by the usual definition of what was known on a day.

Worked example: A reported on 5 and 20 March. Asked about 10 March, the report of the
5th is told; about 20 March, that of the 20th; about 1 March, none.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def last_reports(
    asked: pd.DataFrame, reports: pd.DataFrame, *, asked_on: str, told_on: str, by: Sequence[str]
) -> pd.DataFrame:
    """The rows asked about, by their days `asked_on`, each with the last report of its keys up to then."""
    left, right = (
        rows.astype(dict.fromkeys(by, "object") | {day: "datetime64[ns]"}).sort_values(day, kind="stable")
        for rows, day in ((asked, asked_on), (reports, told_on))
    )
    return pd.merge_asof(left, right, left_on=asked_on, right_on=told_on, by=list(by))
