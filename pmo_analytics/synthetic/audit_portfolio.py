"""A portfolio that keeps what a PMO asks of its registers, down to the limits, and the schedules of its projects."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

Rows = dict[str, list[dict[str, Any]]]
DAY = 86_400.0
WORK_DAY = 8 * 3600.0
STATUS = datetime(2026, 6, 30)
GATES = (("G1", "define"), ("G2", "build"), ("G3", "hand over"))
ASKED = {"G1": ("business case", "charter"), "G2": ("design",), "G3": ("acceptance", "handover plan")}
_STATES = ("active", "active", "active", "active", "on_hold", "complete", "cancelled", "proposed")


def before(days: int) -> datetime:
    """So many days before the reporting date."""
    return STATUS - timedelta(days=days)


def clean_portfolio(seed: int, project_count: int = 14) -> Rows:
    """Registers and schedules in which nothing is wrong: what does not run is bare, what runs stands at the limits."""
    draw = Random(f"{seed}:clean")  # noqa: S311
    rows: Rows = {"stage_gate": [], "required_artefact": []}
    rows["methodology"] = [{"methodology_id": "house", "version": "2", "status_date": before(900), "name": "House"}]
    for position, (gate, stage) in enumerate(GATES, start=1):
        at: dict[str, Any] = {"methodology_id": "house", "version": "2", "gate_id": gate, "status_date": before(900)}
        rows["stage_gate"].append(at | {"position": position, "name": f"Gate {position}", "stage": stage})
        for kind in ASKED[gate]:
            rows["required_artefact"].append(at | {"artefact_kind": kind, "is_mandatory": True})
        rows["required_artefact"].append(at | {"artefact_kind": "newsletter", "is_mandatory": False})
    for number in range(project_count):
        state = "active" if number < 6 else draw.choice(_STATES)
        name = f"P{number:02d}"
        _add(rows, "project", _project(name, state, draw))
        for place, days in enumerate(sorted({draw.randint(0, 45), draw.randint(46, 200)}, reverse=True)):
            _add(rows, "project_status", _report(name, state, days, draw, is_first=place == 0))
        if state in {"active", "on_hold"}:
            _gates(rows, name, draw)
        if state == "active":
            _registers(rows, name, draw)
            _schedule(rows, name, draw)
        if state == "complete":
            _add(rows, "post_project_review", {"project_id": name, "review_date": before(draw.randint(0, 300))})
            _add(rows, "lesson", {"lesson_id": f"{name}-L1", "project_id": name, "title": "Ask the users early",
                                  "status_date": before(20)})  # fmt: skip
    return rows


def _add(rows: Rows, table: str, row: dict[str, Any]) -> None:
    rows.setdefault(table, []).append(row)


def _project(name: str, state: str, draw: Random) -> dict[str, Any]:
    row: dict[str, Any] = {"project_id": name, "status_date": before(400), "name": f"Project {name}"}
    row["portfolio"] = draw.choice(["North", "South", None])
    if state in {"active", "on_hold"}:
        row |= {
            "methodology": draw.choice(["house", "House"]), "methodology_version": draw.choice(["2", None]),
            "project_manager_id": f"M{draw.randint(1, 5)}", "baseline_start_date": before(300),
            "baseline_finish_date": before(-draw.randint(10, 300)), "currency": "EUR",
            "budget_at_completion_amount": float(draw.randint(50, 900) * 1000),
        }  # fmt: skip
    return row


def _report(name: str, state: str, days: int, draw: Random, *, is_first: bool) -> dict[str, Any]:
    row = {"project_id": name, "status_date": before(days), "state": "proposed" if is_first else state}
    if is_first or state != "active":
        return row
    status = draw.choice(["green", "green", "amber", "red"])
    return row | {
        "rag_status": status, "percent_complete_pct": float(draw.randint(0, 99)), "stage": "build",
        "forecast_finish_date": before(-draw.randint(0, 300)),
        "comment": "Suppliers are late." if status != "green" else draw.choice([None, "Steady."]),
    }  # fmt: skip


def _gates(rows: Rows, name: str, draw: Random) -> None:
    """The first gate is passed, the second perhaps; what they ask for was approved by then, that day included."""
    for gate in ("G1", "G2") if draw.random() < 0.6 else ("G1",):
        held = 200 if gate == "G1" else 60
        if draw.random() < 0.4:
            _add(rows, "gate_review", {"project_id": name, "gate_id": gate, "review_date": before(held + 30),
                                       "outcome": "not passed"})  # fmt: skip
        outcome = draw.choice(["passed", "Approved", "conditional"])
        _add(rows, "gate_review", {"project_id": name, "gate_id": gate, "review_date": before(held),
                                   "outcome": outcome})  # fmt: skip
        for kind in ASKED[gate]:
            row = {"project_id": name, "artefact_kind": kind, "status_date": before(10)}
            if draw.random() < 0.3:
                _add(rows, "artefact", row | {"version": "0.1", "approved_on_date": None})
            approved = before(held + draw.choice([0, 0, 5, 40]))
            _add(rows, "artefact", row | {"version": "1.0", "approved_on_date": approved})


def _registers(rows: Rows, name: str, draw: Random) -> None:
    for number in range(draw.randint(2, 6)):
        reached = draw.random() < 0.5
        at = {"project_id": name, "milestone_id": f"M{number}", "status_date": before(draw.randint(0, 40)),
              "name": "Step", "baseline_date": before(draw.randint(-200, 200))}  # fmt: skip
        _add(rows, "milestone", at | {"status_date": before(100), "forecast_date": before(50)})
        day = before(draw.randint(1, 200)) if reached else None
        forecast = before(draw.randint(0, 60)) if reached else before(-draw.choice([0, 1, 40]))
        _add(rows, "milestone", at | {"forecast_date": forecast, "actual_date": day})
    for number in range(draw.randint(1, 5)):
        _risk(rows, name, f"{name}-R{number}", is_open=number == 0 or draw.random() < 0.7, draw=draw)
    for number in range(draw.randint(1, 3)):
        is_open = number == 0 or draw.random() < 0.6
        row = {"raid_issue_id": f"{name}-I{number}", "project_id": name, "title": "Scope is disputed",
               "status_date": before(120), "state": draw.choice(["open", None]) if is_open else "Closed"}  # fmt: skip
        row |= {"owner_id": "M1", "due_date": before(-draw.choice([0, 20]))} if is_open else {"owner_id": None}
        _add(rows, "raid_issue", row)
    _add(rows, "assumption", {"assumption_id": f"{name}-A0", "project_id": name, "title": "Staff stays",
                              "status_date": before(200), "owner_id": "M2", "state": "open"})  # fmt: skip
    _add(
        rows,
        "escalation",
        {
            "escalation_id": f"{name}-E0",
            "project_id": name,
            "title": "Money",
            "status_date": before(100),
            "due_date": before(90),
            "decided_on_date": before(80),
        },
    )
    _add(rows, "escalation", {"escalation_id": f"{name}-E1", "project_id": name, "title": "Staff",
                              "status_date": before(5), "due_date": before(-draw.choice([0, 9]))})  # fmt: skip
    _add(rows, "benefit", {"benefit_id": f"{name}-B0", "project_id": name, "name": "Less paper",
                           "status_date": before(300), "owner_id": "M3", "measure": "sheets"})  # fmt: skip
    _add(rows, "contribution", {"project_id": name, "objective_id": "O1", "status_date": before(300)})
    _add(
        rows,
        "budget",
        {
            "project_id": name,
            "baseline_version": "1",
            "period_month": datetime(2026, 6, 1),
            "baselined_on_date": before(300),
            "planned_value_amount": 10.0,
            "currency": "EUR",
        },
    )
    _add(rows, "demand", {"project_id": name, "skill_id": "S1", "period_month": datetime(2026, 7, 1),
                          "status_date": before(30), "demand_seconds": 3600.0})  # fmt: skip
    if draw.random() < 0.5:
        _add(
            rows,
            "waiver",
            {
                "project_id": name,
                "rule_id": draw.choice(["RISK-OWNED", "STATUS-RECENT"]),
                "granted_on_date": before(300),
                "expires_on_date": before(draw.choice([100, 1])),
            },
        )


def _risk(rows: Rows, project: str, name: str, *, is_open: bool, draw: Random) -> None:
    row: dict[str, Any] = {"risk_id": name, "project_id": project, "title": "Supplier fails"}
    if is_open:
        row |= {
            "state": draw.choice(["open", "Open", None]), "owner_id": "M4", "response": "a second supplier",
            "probability": 0.3, "cost_most_likely_amount": 5000.0, "currency": "EUR",
            "proximity_date": draw.choice([None, before(0), before(-50)]),
        }  # fmt: skip
        if draw.random() < 0.4:
            # What an earlier report lacked no longer counts.
            _add(rows, "risk", {"risk_id": name, "project_id": project, "title": "Supplier fails", "state": "open",
                                "status_date": before(150)})  # fmt: skip
        _add(rows, "risk", row | {"status_date": before(draw.choice([0, 30, 90]))})
    else:
        _add(rows, "risk", row | {"status_date": before(draw.randint(100, 300)), "state": "retired"})


def _schedule(rows: Rows, name: str, draw: Random) -> None:
    """A chain of tasks, ten or more done, with others that may wait beside it; all as it was planned."""
    schedule, done, still = f"S-{name}", draw.randint(20, 30), draw.randint(44, 60)
    at = {"schedule_id": schedule, "project_id": name, "status_date": STATUS, "task_type": "task"}
    day = before(done * 4)
    for number in range(done + still):
        is_done = number < done
        days = 3 if is_done else draw.randint(1, 9)
        if number == done:
            day = STATUS + timedelta(days=1)
        end = day + timedelta(days=days, hours=-8)
        row = at | {
            "task_id": f"T{number:03d}", "name": f"Task {number}", "state": "done" if is_done else "to_do",
            "duration_seconds": days * WORK_DAY, "remaining_duration_seconds": 0.0 if is_done else days * WORK_DAY,
            "start_at": day, "finish_at": end, "baseline_start_at": day, "baseline_finish_at": end,
            "total_float_seconds": 0.0,
        }  # fmt: skip
        _add(rows, "schedule_activity", row | ({"actual_start_at": day, "actual_finish_at": end} if is_done else {}))
        if number:
            _add(rows, "schedule_tie", link(schedule, f"T{number - 1:03d}", f"T{number:03d}", is_done=number <= done))
        day = end + timedelta(hours=8)
    places = range(done, done + still - 3, (still - 3) // 6)
    for side, number in enumerate(list(places)[:6]):
        start = next(r for r in rows["schedule_activity"][-still - side :] if r["task_id"] == f"T{number + 1:03d}")
        task = start | {"task_id": f"X{side}", "name": f"Beside {side}", "duration_seconds": WORK_DAY,
                        "remaining_duration_seconds": WORK_DAY,
                        "finish_at": start["start_at"] + timedelta(hours=8),
                        "baseline_finish_at": start["start_at"] + timedelta(hours=8),
                        "total_float_seconds": draw.choice([1, 20, 44]) * WORK_DAY}  # fmt: skip
        _add(rows, "schedule_activity", task)
        _add(rows, "schedule_tie", link(schedule, f"T{number:03d}", f"X{side}"))
        _add(rows, "schedule_tie", link(schedule, f"X{side}", f"T{number + 3:03d}"))
    _add(rows, "schedule_progress", {"schedule_id": schedule, "project_id": name,
                                     "status_date": before(draw.choice([0, 45]))})  # fmt: skip


def link(schedule: str, first: str, second: str, *, is_done: bool = False) -> dict[str, Any]:
    """A tie from the finish of one task to the start of the next."""
    return {
        "origin": "schedule", "predecessor_schedule_id": schedule, "predecessor_id": first, "schedule_id": schedule,
        "successor_id": second, "relation": "FS", "lag_seconds": 0.0,
        "link_state": "delivered" if is_done else "open",
    }  # fmt: skip
