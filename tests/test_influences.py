"""What a figure depends on, of analyses whose answer is plain."""

from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.influences import influences

HOURS = pd.DataFrame(
    {
        "project_id": ["A", "A", "A", "B"],
        "period_month": pd.to_datetime(["2026-01-01", "2026-02-01", "2026-03-01", "2026-02-01"]),
        "duration_seconds": [10.0, 20.0, 0.0, 40.0],
        "comment": ["x", None, "y", "z"],
    }
)
PROJECTS = pd.DataFrame({"project_id": ["A", "B", "C"], "factor": [2.0, 3.0, 5.0], "name": ["Alpha", "Beta", "Gamma"]})
UNREAD = pd.DataFrame({"project_id": ["A"], "anything": [1]})


def weighed(frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Hours by project times the project's factor; a project without a name is an error."""
    if frames["project"]["name"].isna().any():
        raise ValueError("a project without a name")
    hours = frames["hours"].groupby("project_id", as_index=False)["duration_seconds"].sum()
    rows = frames["project"].merge(hours, on="project_id", how="left")
    return rows.assign(weighed=rows["factor"] * rows["duration_seconds"])[["project_id", "weighed"]]


def test_rows_and_columns_that_count_are_found_and_no_others() -> None:
    inputs = {"hours": HOURS, "project": PROJECTS, "unread": UNREAD}
    found = influences(weighed, inputs, {"project_id": "A"}, "weighed")
    assert found.value == 60.0
    # The third month adds nothing; the name has to be there, and does not count.
    assert list(found.rows["hours"]["duration_seconds"]) == [10.0, 20.0]
    assert list(found.rows["project"]["project_id"]) == ["A"]
    assert found.columns == {"hours": ["duration_seconds"], "project": ["factor"]}
    assert weighed(dict(found.rows)).set_index("project_id")["weighed"].to_dict() == {"A": 60.0}


def test_a_figure_that_is_missing_is_explained_by_what_is_there() -> None:
    found = influences(weighed, {"hours": HOURS, "project": PROJECTS}, {"project_id": "C"}, "weighed")
    assert pd.isna(found.value)
    assert set(found.rows) == {"project"}


def test_a_row_that_is_none_or_several_is_refused() -> None:
    with pytest.raises(LookupError, match="0 rows"):
        influences(weighed, {"hours": HOURS, "project": PROJECTS}, {"project_id": "Z"}, "weighed")
    with pytest.raises(LookupError, match="3 rows"):
        influences(weighed, {"hours": HOURS, "project": PROJECTS}, {}, "weighed")
