from __future__ import annotations

import pandas as pd

from pmo_analytics.performance.last_reports import last_reports


def test_the_worked_example_whatever_types_names_and_days_have() -> None:
    days = pd.to_datetime(["2026-03-20", "2026-03-01", "2026-03-10"])
    asked = pd.DataFrame({"project_id": pd.Series(["A"] * 3, dtype="object"), "day": days})
    told = pd.to_datetime(["2026-03-20", "2026-03-05"]).astype("datetime64[s]")
    reports = pd.DataFrame({"project_id": pd.Series(["A"] * 2, dtype="str"), "told_on": told, "n": [2, 1]})
    found = last_reports(asked, reports, asked_on="day", told_on="told_on", by=["project_id"])
    assert found["day"].dt.day.to_list() == [1, 10, 20]
    assert found["n"].fillna(0).to_list() == [0, 1, 2]
