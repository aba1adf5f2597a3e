"""The audit of all projects in a few numbers, by hand."""

from __future__ import annotations

import pandas as pd

from pmo_analytics.governance.audit_overview import audit_overview
from tests.governance.test_audit_standing import HARD, JUNE, check, checks


def test_the_worked_example() -> None:
    rows = [check(f"R{n}", project="AB"[n % 2]) for n in range(8)]
    found = [check("G", "failed", "A", **HARD), check("M", "failed", "B")]
    waived = check("W", "waived", "B", expires_on_date=JUNE + pd.Timedelta(days=20))
    later = check("V", "waived", "B", expires_on_date=JUNE + pd.Timedelta(days=31), finding_count=2)
    proposed = check("R0", "not applicable", "C")
    (row,) = audit_overview(checks(*rows, *found, waived, later, proposed), status_date=JUNE).to_dict("records")
    assert row == {
        "project_count": 2, "held_count": 1, "check_count": 10, "passed_share": 0.8, "open_finding_count": 2,
        "grave_finding_count": 1, "waived_finding_count": 3, "expiring_count": 1,
    }  # fmt: skip
