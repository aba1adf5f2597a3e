"""What charts of the audit say and draw: marks beside colours, hard gates first, months as they were."""

from __future__ import annotations

import pandas as pd

from pmo_analytics.governance import audit_charts as charts
from pmo_analytics.governance.audit_standing import audit_standing
from tests.governance.test_audit_standing import HARD, check, checks
from tests.specs import marks, rows_of_spec, styles

HOSTILE = "</script><b>"
ROWS = checks(
    check("Z-GATE", "failed", "B", **HARD), check("Z-GATE", "no evidence", "A", **HARD), check("A-RULE", "passed", "B"),
    check("A-RULE", "failed", "A", title=HOSTILE), check("M-RULE", "waived", "A", severity="major"),
    check("NONE", "not applicable", "A"),
)  # fmt: skip


def test_each_state_has_a_mark_of_its_own_and_hard_gates_stand_first() -> None:
    data = charts.compliance_map_data(ROWS, audit_standing(ROWS))
    assert data["rule_id"].drop_duplicates().to_list() == ["Z-GATE", "M-RULE", "A-RULE"]
    told = {(row["rule_id"], row["project_id"]): (row["cell"], row["colour_class"]) for row in data.to_dict("records")}
    assert told == {
        ("Z-GATE", "B"): ("\u00d7\u00d7", "5"), ("Z-GATE", "A"): ("??", "3"), ("M-RULE", "A"): ("w", "2"),
        ("A-RULE", "A"): ("\u00d7", "4"), ("A-RULE", "B"): ("\u2713", "1"),
    }  # fmt: skip
    assert data["title"].iloc[0] == "2 of 2 projects are held by a hard gate"
    spec = charts.compliance_map(data).to_dict()
    assert {"cell", "on-pale", "on-deep"} <= styles(spec)
    assert marks(spec) == {"rect", "text"}
    assert len(rows_of_spec(spec, "cell")) == 5


def test_without_a_hard_gate_the_rule_that_fails_most_is_told_and_of_nothing_nothing_is_drawn() -> None:
    soft = checks(check("R", "failed", "A"), check("R", "failed", "B"), check("S", "passed", "A"))
    assert charts.compliance_map_data(soft, audit_standing(soft))["title"].iloc[0] == (
        "R fails most often, in 2 of 2 projects"
    )
    well = checks(check("S", "passed", "A"))
    assert charts.compliance_map_data(well, audit_standing(well))["title"].iloc[0] == "No rule fails in 1 projects"
    none = checks(check("S", "not applicable", "A"))
    assert charts.compliance_map_data(none, audit_standing(none)).empty


def test_of_many_projects_the_worst_are_shown_and_that_is_said() -> None:
    many = checks(*[check("R", "failed" if n == 34 else "passed", f"P{n:02d}") for n in range(35)])
    data = charts.compliance_map_data(many, audit_standing(many))
    assert data["project_id"].nunique() == 30
    assert "P34" in set(data["project_id"])
    assert "The 30 worst of 35 projects." in data["subtitle"].iloc[0]


def test_open_findings_stand_on_each_other_by_severity() -> None:
    months = pd.DataFrame(
        [("2026-05-01", "minor", 4), ("2026-05-01", "critical", 2), ("2026-06-01", "major", 3)],
        columns=["period_month", "severity", "open_count"],
    ).astype({"period_month": "datetime64[ns]"})
    data = charts.burn_down_data(months)
    may = data[data["month"] == data["month"].iloc[0]].set_index("severity")
    assert may[["axis_begin", "axis_end"]].to_numpy().tolist() == [[0, 2], [2, 2], [2, 6]]
    assert data["title"].iloc[0] == "Open findings fell from 6 to 3 since May\u00a02026"
    assert set(data.loc[data["label"] != "", "label"]) == {"6", "3"}
    spec = charts.burn_down(data).to_dict()
    assert {"better", "worse", "muted", "label"} <= styles(spec)
    assert len(rows_of_spec(spec, "axis_end")) == 6
    assert charts.burn_down_data(months.iloc[0:0]).empty
