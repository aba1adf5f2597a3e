"""Decisions of boards: the worked example, what speaks against a cancellation, and what comes back."""

from __future__ import annotations

import pandas as pd

from pmo_analytics.portfolio.board_decisions import board_decisions
from tests.frames import contract_frame, project_row

JUNE = pd.Timestamp("2026-06-30")


def found(
    *decisions: dict[str, str], proposals: tuple[str, ...] = (), booked: dict[str, str] | None = None
) -> pd.DataFrame:
    dates = ("decided_on_date", "review_date", "carried_out_on_date")
    register = [{key: pd.Timestamp(v) if key in dates else v for key, v in row.items()} for row in decisions]
    effort = [
        {"person_id": "P1", "project_id": name, "period_month": pd.Timestamp(month), "duration_seconds": 3600.0,
         "billable_seconds": 0.0, "entry_count": 1}
        for name, month in (booked or {}).items()
    ]  # fmt: skip
    return board_decisions(
        contract_frame("portfolio_decision", register),
        contract_frame("proposal", [{"proposal_id": p, "status_date": JUNE, "name": p.lower()} for p in proposals]),
        contract_frame("project", [project_row("A")]),
        contract_frame("effort_by_person_month", effort),
        status_date=JUNE,
    )


def a(subject: str, decision: str, on: str, **more: str) -> dict[str, str]:
    return {"subject_id": subject, "decision": decision, "decided_on_date": on, **more}


def states(rows: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(rows["subject_id"], rows["decision_state"], strict=True))


def test_the_worked_example() -> None:
    rows = found(a("A", "approved", "2026-03-31"), a("B", "deferred", "2026-03-31", review_date="2026-05-31"))
    assert rows[["subject_id", "decision_state", "open_days"]].to_numpy().tolist() == [
        ["A", "not carried out", 91.0], ["B", "review overdue", 30.0],
    ]  # fmt: skip


def test_booked_time_tells_what_was_carried_out() -> None:
    approved = a("A", "approved", "2026-03-10")
    assert states(found(approved, booked={"A": "2026-04-01"})) == [("A", "carried out")]
    # Time of the month itself may have been booked before the decision.
    assert states(found(approved, booked={"A": "2026-03-01"})) == [("A", "not carried out")]
    cancelled = a("A", "cancelled", "2026-03-10", carried_out_on_date="2026-03-12")
    rows = found(cancelled, booked={"A": "2026-05-01"})
    assert states(rows) == [("A", "still booked on")]
    assert rows["booked_after_seconds"].to_list() == [3600.0]
    assert states(found(cancelled)) == [("A", "carried out")]


def test_only_the_last_decision_is_in_force_and_later_ones_are_not_known_yet() -> None:
    rows = found(
        a("B", "deferred", "2026-02-01", review_date="2026-04-01"), a("B", "deferred", "2026-04-02"),
        a("B", "cancelled", "2026-07-15"),
    )  # fmt: skip
    assert states(rows) == [("B", "no review date"), ("B", "replaced")]
    assert states(found(a("B", "deferred", "2026-06-01", review_date="2026-09-01"))) == [("B", "review ahead")]
    assert states(found(a("B", "continued", "2026-06-01"))) == [("B", "carried out")]
    back = a("B", "cancelled", "2026-02-01", carried_out_on_date="2026-02-02", review_date="2026-06-01")
    assert states(found(back)) == [("B", "review overdue")]


def test_proposals_that_nobody_decided_on_wait() -> None:
    rows = found(a("P1", "approved", "2026-06-01", carried_out_on_date="2026-06-02"), proposals=("P1", "P2"))
    assert states(rows) == [("P2", "undecided"), ("P1", "carried out")]
    assert rows["name"].to_list() == ["p2", "p1"]
    assert states(found(proposals=("P2",))) == [("P2", "undecided")]
