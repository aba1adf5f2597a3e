from __future__ import annotations

import pandas as pd

from pmo_analytics.contracts.people import planned_demand_of
from tests.frames import contract_frame

JULY, JUNE = pd.Timestamp("2026-07-01"), pd.Timestamp("2026-06-30")


def test_plans_of_no_certainty_are_nobodys_work_and_those_of_none_stated_are() -> None:
    rows = [
        {"project_id": name, "skill_id": "sql", "period_month": JULY, "status_date": JUNE, "demand_seconds": 3600.0,
         "certainty": certainty}
        for name, certainty in (("stated", 0.4), ("proposed", 0.0), ("sure", None))
    ]  # fmt: skip
    found = planned_demand_of(contract_frame("demand", rows))
    assert found["project_id"].to_list() == ["stated", "sure"]
    assert planned_demand_of(contract_frame("demand", [])).empty
