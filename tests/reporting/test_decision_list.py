from __future__ import annotations

from typing import Any

import pandas as pd
from bs4 import BeautifulSoup

from pmo_analytics.origins import Origin, stamped
from pmo_analytics.performance.decisions_needed import DecisionNeeded
from pmo_analytics.reporting.decision_list import decision_list
from pmo_analytics.reporting.fragments import Fragment

COLUMNS = list(DecisionNeeded.to_schema().columns)


def decisions(*rows: dict[str, Any]) -> pd.DataFrame:
    given = {"subject_id": "P", "project_id": "P", "name": "Pier", "further_kinds": "", "currency": "EUR"}
    whole = [given | row for row in rows]
    frame = DecisionNeeded.validate(pd.DataFrame(whole).reindex(columns=COLUMNS))
    return stamped(frame, Origin("decisions_needed", {"project_health": Origin("project")}))


def lines(made: Fragment) -> list[str]:
    soup = BeautifulSoup(made.html, "html.parser")
    return [" ".join(line.get_text().replace("\u00a0", " ").split()) for line in soup.select(".decisions li")]


def test_the_verb_comes_first_then_why_then_what_is_at_stake() -> None:
    made = decision_list(
        decisions(
            {
                "decision_kind": "over_budget", "further_kinds": "late, status_differs", "stake_amount": 94_000,
                "budget_at_completion_amount": 588_000, "estimate_at_completion_amount": 682_000,
                "cost_assumption": "rest at plan",
                "cost_performance_index": 0.86, "time_schedule_performance_index": 0.75, "finish_delay_days": 92,
            },
            {"decision_kind": "no_baseline", "stake_amount": 78_000, "subject_id": "Q", "name": "Quay"},
            {
                "decision_kind": "late", "finish_delay_days": 92, "expected_finish_date": pd.Timestamp("2026-09-30"),
                "finish_assumption": "rest at plan",
                "further_kinds": "status_differs",
            },
            {"decision_kind": "status_differs", "cost_performance_index": 0.88},
        )
    )  # fmt: skip
    over, bare, late, differing = lines(made)
    assert over == (
        "Fund the overrun of Pier, cut its scope, or stop it: it is forecast at EUR 682 k (rest at plan), 16 % above "
        "its budget, at CPI 0.86 and SPI(t) 0.75; it finishes 3 months late and it reports green and computes red. "
        "EUR 94 k over budget"
    )
    assert bare == "Approve a baseline for Quay, or stop it: it spends without one. EUR 78 k spent"
    assert late == (
        "Accept Sep 2026 as the finish of Pier, or cut its scope: it is expected 3 months after its baseline "
        "(rest at plan); it reports green and computes red."
    )
    assert differing == "Have Pier re-planned, or its status corrected: it reports green and computes red, at CPI 0.88."
    names = [str(figure["id"]) for figure in BeautifulSoup(made.html, "html.parser").select("a.figure")]
    assert names == ["decision-P-stake", "decision-Q-stake"]


def test_escalations_and_reviews_with_their_days() -> None:
    made = decision_list(
        decisions(
            {
                "decision_kind": "escalated", "subject_id": "E1", "name": "Two cranes", "project_id": "P",
                "due_date": pd.Timestamp("2026-07-14"), "raised_on_date": pd.Timestamp("2026-06-20"),
            },
            {
                "decision_kind": "review_due", "decision": "deferred", "reason": "no money",
                "due_date": pd.Timestamp("2026-07-31"), "raised_on_date": pd.Timestamp("2026-01-10"),
            },
        )
    )  # fmt: skip
    assert lines(made) == [
        "Decide: Two cranes: escalated on 20 June 2026, and not decided yet. P by 14 July 2026",
        "Look again at Pier: deferred on 10 January 2026: no money, to be reviewed. by 31 July 2026",
    ]


def test_nothing_to_decide_is_said_and_text_of_exports_stays_text() -> None:
    none = decisions({"decision_kind": "no_baseline"}).head(0)
    assert "Nothing needs a decision" in decision_list(none).html
    hostile = "</script><img src=x onerror=alert(1)>{{ 7*7 }}\u202egnp.exe"
    made = decision_list(decisions({"decision_kind": "escalated", "name": hostile, "project_id": hostile}))
    soup = BeautifulSoup(made.html, "html.parser")
    assert soup.find("img") is None
    assert hostile in soup.get_text()
