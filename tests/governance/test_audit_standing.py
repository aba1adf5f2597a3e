"""Verdicts that no share covers, and maturity that data show beside what was stated."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pmo_analytics.governance.audit import AuditChecks
from pmo_analytics.governance.audit_standing import audit_standing, maturity_by_perspective
from tests.frames import contract_frame

JUNE = pd.Timestamp("2026-06-30")


def check(rule: str, state: str = "passed", project: str = "A", **values: Any) -> dict[str, Any]:
    return {
        "project_id": project, "name": f"Project {project}", "portfolio": "North", "rule_id": rule, "title": rule,
        "perspective": "risk", "severity": "minor", "is_hard_gate": False, "check_state": state, "table_name": "risk",
        "row_count": 1, "finding_count": 0 if state in {"passed", "not applicable"} else 1,
    } | values  # fmt: skip


def checks(*rows: dict[str, Any]) -> pd.DataFrame:
    schema = AuditChecks.to_schema()
    found: pd.DataFrame = schema.validate(pd.DataFrame(list(rows)).reindex(columns=list(schema.columns)))
    return found


def verdict(*rows: dict[str, Any]) -> str:
    return str(audit_standing(checks(*rows))["verdict"].iloc[0])


HARD = {"is_hard_gate": True, "severity": "critical"}


def test_the_worked_example() -> None:
    rows = [check(f"R{n}") for n in range(8)] + [check("M", "failed"), check("G", "failed", **HARD)]
    (row,) = audit_standing(checks(*rows)).to_dict("records")
    assert (row["verdict"], row["passed_share"], row["hard_gate_count"]) == ("failed", 0.8, 1)
    stated = contract_frame("self_assessment", [
        {"subject_id": "A", "perspective": "Risk", "assessed_on_date": pd.Timestamp("2026-05-01"), "maturity_level": 5},
        {"subject_id": "A", "perspective": "risk", "assessed_on_date": pd.Timestamp("2026-07-01"), "maturity_level": 1},
    ])  # fmt: skip
    five = checks(*[check(f"R{n}") for n in range(4)], check("M", "failed"))
    found = maturity_by_perspective(five, stated, status_date=JUNE).set_index("subject_id")
    row = found.loc["A"]
    assert (row["passed_share"], row["maturity_level"], row["stated_level"], row["level_difference"]) == (0.8, 4, 5, 1)
    assert set(found.index) == {"A", "North", "all projects"}


@pytest.mark.parametrize("passed", [0, 1, 1000])
def test_no_number_of_rules_that_passed_covers_a_hard_gate(passed: int) -> None:
    rows = [check(f"R{n}") for n in range(passed)]
    assert verdict(*rows, check("G", "failed", **HARD)) == "failed"
    assert verdict(*rows, check("G", "no evidence", **HARD)) == "no evidence"
    found = maturity_by_perspective(
        checks(*rows, check("G", "failed", **HARD)), contract_frame("self_assessment", []), status_date=JUNE
    )
    assert set(found["maturity_level"]) == {1}


def test_the_gravest_that_is_open_is_the_verdict_and_what_is_waived_is_not_open() -> None:
    major = check("M", "failed", severity="major")
    assert verdict(check("R"), major, check("S", "failed")) == "major"
    assert verdict(check("R"), check("M", "no evidence", severity="major")) == "major"
    assert verdict(check("R"), check("G", "waived", **HARD)) == "passed"
    assert verdict(check("R", "not applicable")) == "not audited"


def test_below_three_rules_no_level_is_told_and_what_was_stated_still_stands() -> None:
    stated = contract_frame("self_assessment", [
        {"subject_id": "A", "perspective": "people", "assessed_on_date": JUNE, "maturity_level": 3},
    ])  # fmt: skip
    found = maturity_by_perspective(checks(check("R"), check("S")), stated, status_date=JUNE)
    told = found[found["subject_id"] == "A"].set_index("perspective")
    assert pd.isna(told.loc["risk", "maturity_level"])
    assert (told.loc["people", "rule_count"], told.loc["people", "stated_level"]) == (0, 3)
    assert pd.isna(told.loc["people", "level_difference"])
