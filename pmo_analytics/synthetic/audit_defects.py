"""Breaches planted at random in a portfolio without any: of each what an audit is to find, by project, rule and item.

It knows nothing of how rules are written or held: what each breach is to be
found as was written down by hand.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from pmo_analytics.synthetic.audit_portfolio import ASKED, Rows, before, clean_portfolio
from pmo_analytics.synthetic.schedule_defects import SCHEDULE_DEFECTS

Found = set[tuple[str, str, str | None]]
Defect = Callable[["Portfolio", str, Random], Found]


@dataclass
class Portfolio:
    """The rows of a portfolio by table, and what was planted in it."""

    rows: Rows
    planted: Found = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)

    def of(self, table: str, project: str) -> list[dict[str, Any]]:
        """The rows of a project."""
        return [row for row in self.rows.get(table, []) if row["project_id"] == project]

    def drop(self, table: str, project: str, keep: Callable[[dict[str, Any]], bool] = lambda _: False) -> None:
        """Take rows of a project out."""
        self.rows[table] = [row for row in self.rows.get(table, []) if row["project_id"] != project or keep(row)]

    def last(self, table: str, project: str, key: str) -> list[dict[str, Any]]:
        """Of each item of a project its last report."""
        found: dict[Any, dict[str, Any]] = {}
        for row in sorted(self.of(table, project), key=lambda row: row["status_date"]):
            found[row[key]] = row
        return list(found.values())


def planted_portfolio(seed: int, defect_count: int = 24) -> Portfolio:
    """A clean portfolio with so many breaches of different kinds and projects."""
    draw = Random(f"{seed}:defects")  # noqa: S311
    portfolio = Portfolio(copy.deepcopy(clean_portfolio(seed)))
    states: dict[str, str] = {}
    for row in sorted(portfolio.rows["project_status"], key=lambda row: row["status_date"]):
        states[row["project_id"]] = row["state"]
    spots = [
        (kind, group, project)
        for kind, (group, state, _) in DEFECTS.items()
        for project, known in states.items()
        if known == state
    ]
    draw.shuffle(spots)
    used: set[tuple[str, str]] = set()
    for kind, group, project in spots:
        if len(portfolio.kinds) >= defect_count:
            break
        # Two breaches of what belongs together of a project could hide each other.
        spot = {(each, project) for each in group.split(", ")}
        if spot & used or kind in portfolio.kinds:
            continue
        found = DEFECTS[kind][2](portfolio, project, draw)
        if found:
            used |= spot
            portfolio.kinds.add(kind)
            portfolio.planted |= found
    return portfolio


def _empty_cell(table: str, key: str, rule: str, *columns: str, only_open: bool = True) -> Defect:
    """A row of a register loses a value that it must have."""

    def plant(portfolio: Portfolio, project: str, draw: Random) -> Found:
        shut = {"retired", "Closed"}
        rows = [row for row in portfolio.last(table, project, key) if not only_open or row.get("state") not in shut]
        if not rows:
            return set()
        row = draw.choice(rows)
        row[draw.choice(columns)] = None
        return {(project, rule, None if key == "project_id" else row[key])}

    return plant


def _late_day(table: str, key: str, rule: str, column: str) -> Defect:
    """What was to be by a day was not, and the day is past."""

    def plant(portfolio: Portfolio, project: str, draw: Random) -> Found:
        shut = {"retired", "Closed"}
        rows = [
            row
            for row in portfolio.last(table, project, key)
            if row.get("state") not in shut and not row.get("actual_date") and not row.get("decided_on_date")
        ]
        if not rows:
            return set()
        row = draw.choice(rows)
        row[column] = before(draw.choice([1, 2, 80]))
        return {(project, rule, row[key])}

    return plant


def _never_loaded(table: str, *rules: str) -> Defect:
    """Nothing of a register is of the project."""

    def plant(portfolio: Portfolio, project: str, _: Random) -> Found:
        portfolio.drop(table, project)
        return {(project, rule, None) for rule in rules}

    return plant


def _without_artefact(portfolio: Portfolio, project: str, draw: Random) -> Found:
    kind = draw.choice(ASKED["G1"])
    if draw.random() < 0.5:
        portfolio.drop("artefact", project, lambda row: row["artefact_kind"] != kind)
    else:
        for row in portfolio.of("artefact", project):
            if row["artefact_kind"] == kind:
                row["approved_on_date"] = None
    return {(project, "GATE-EVIDENCE", f"G1 {kind}")}


def _approved_late(portfolio: Portfolio, project: str, draw: Random) -> Found:
    kind = draw.choice(ASKED["G1"])
    for row in portfolio.of("artefact", project):
        if row["artefact_kind"] == kind:
            row["approved_on_date"] = before(draw.choice([0, 199]))
    return {(project, "GATE-ON-TIME", f"G1 {kind}")}


def _gate_passed_over(portfolio: Portfolio, project: str, draw: Random) -> Found:
    if draw.random() < 0.5:
        portfolio.drop("gate_review", project, lambda row: row["gate_id"] != "G1")
    else:
        for row in portfolio.of("gate_review", project):
            if row["gate_id"] == "G1":
                row["outcome"] = "failed"
    return {(project, "GATE-ORDER", f"G1 {kind}") for kind in ASKED["G1"]}


def _without_method(portfolio: Portfolio, project: str, _: Random) -> Found:
    portfolio.of("project", project)[0]["methodology"] = None
    return {(project, rule, None) for rule in ("METHOD-STATED", "GATE-EVIDENCE", "GATE-ORDER")}


def _stale_status(portfolio: Portfolio, project: str, draw: Random) -> Found:
    last = max(portfolio.of("project_status", project), key=lambda row: row["status_date"])
    portfolio.drop("project_status", project, lambda row: row is last)
    last["status_date"] = before(draw.choice([46, 47, 300]))
    return {(project, "STATUS-RECENT", None)}


def _unexplained(portfolio: Portfolio, project: str, draw: Random) -> Found:
    last = max(portfolio.of("project_status", project), key=lambda row: row["status_date"])
    last |= {"rag_status": draw.choice(["red", "amber"]), "comment": draw.choice([None, "  "])}
    return {(project, "STATUS-EXPLAINED", None)}


def _incomplete_status(portfolio: Portfolio, project: str, draw: Random) -> Found:
    last = max(portfolio.of("project_status", project), key=lambda row: row["status_date"])
    last[draw.choice(["rag_status", "percent_complete_pct", "forecast_finish_date"])] = None
    return {(project, "STATUS-COMPLETE", None)}


def _old_review(portfolio: Portfolio, project: str, draw: Random) -> Found:
    rows = [row for row in portfolio.last("risk", project, "risk_id") if row["state"] != "retired"]
    row = draw.choice(rows)
    portfolio.drop("risk", project, lambda other: other["risk_id"] != row["risk_id"] or other is row)
    row["status_date"] = before(draw.choice([91, 200]))
    return {(project, "RISK-REVIEWED", row["risk_id"])}


def _endless_waiver(portfolio: Portfolio, project: str, draw: Random) -> Found:
    day = before(draw.randint(1, 90))
    portfolio.rows.setdefault("waiver", []).append(
        {"project_id": project, "rule_id": "BUDGET-PHASED", "granted_on_date": day, "expires_on_date": None}
    )
    return {(project, "WAIVER-EXPIRY", f"BUDGET-PHASED {day:%Y-%m-%d}")}


def _old_data_date(portfolio: Portfolio, project: str, draw: Random) -> Found:
    for row in portfolio.of("schedule_progress", project):
        row["status_date"] = before(draw.choice([46, 120]))
    return {(project, "SCHEDULE-CURRENT", None)}


# By kind: what it changes or is known by, the state of the projects that it fits, and what plants it.
DEFECTS: dict[str, tuple[str, str, Defect]] = {
    "artefact": ("gates", "active", _without_artefact),
    "artefact of a held project": ("gates", "on_hold", _without_artefact),
    "late approval": ("gates", "active", _approved_late),
    "gate passed over": ("gates, status", "active", _gate_passed_over),
    "no method": ("gates", "active", _without_method),
    "no manager": ("project", "active", _empty_cell("project", "project_id", "MANAGER-NAMED", "project_manager_id")),
    "no baseline": (
        "project", "active",
        _empty_cell("project", "project_id", "BASELINE-SET", "baseline_finish_date", "budget_at_completion_amount"),
    ),
    "waiver without an end": ("waiver", "active", _endless_waiver),
    "decision overdue": ("escalation", "active", _late_day("escalation", "escalation_id", "DECISION-OVERDUE",
                                                           "due_date")),
    "stale status": ("status", "active", _stale_status),
    "status of a held project": ("status", "on_hold", _stale_status),
    "status without a reason": ("status", "active", _unexplained),
    "incomplete status": ("status", "active", _incomplete_status),
    "no status": ("status", "active", _never_loaded("project_status", "STATUS-RECENT")),
    "milestone past its day": ("milestone", "active", _late_day("milestone", "milestone_id", "MILESTONE-DATED",
                                                                "forecast_date")),
    "milestone without a baseline": ("milestone", "active", _empty_cell("milestone", "milestone_id",
                                                                        "MILESTONE-BASELINE", "baseline_date")),
    "no milestones": ("milestone", "active", _never_loaded("milestone", "MILESTONE-DATED")),
    "no budget": ("budget", "active", _never_loaded("budget", "BUDGET-PHASED")),
    "no risks": ("risk", "active", _never_loaded("risk", "RISK-REGISTER")),
    "risk not looked at": ("risk", "active", _old_review),
    "risk without an owner": ("risk", "active", _empty_cell("risk", "risk_id", "RISK-OWNED", "owner_id")),
    "risk without a response": ("risk", "active", _empty_cell("risk", "risk_id", "RISK-RESPONSE", "response")),
    "risk not quantified": ("risk", "active", _empty_cell("risk", "risk_id", "RISK-QUANTIFIED", "probability",
                                                          "cost_most_likely_amount")),
    "risk past its day": ("risk", "active", _late_day("risk", "risk_id", "RISK-PROXIMITY", "proximity_date")),
    "issue without an owner": ("issue", "active", _empty_cell("raid_issue", "raid_issue_id", "ISSUE-OWNED",
                                                              "owner_id", "due_date")),
    "issue overdue": ("issue", "active", _late_day("raid_issue", "raid_issue_id", "ISSUE-OVERDUE", "due_date")),
    "assumption without an owner": ("assumption", "active", _empty_cell("assumption", "assumption_id",
                                                                        "ASSUMPTION-OWNED", "owner_id")),
    "benefit without an owner": ("benefit", "active", _empty_cell("benefit", "benefit_id", "BENEFIT-OWNED",
                                                                  "owner_id", "measure")),
    "no objective": ("contribution", "active", _never_loaded("contribution", "OBJECTIVE-SERVED")),
    "no demand": ("demand", "active", _never_loaded("demand", "DEMAND-PLANNED")),
    "no review": ("review", "complete", _never_loaded("post_project_review", "REVIEW-HELD")),
    "no lesson": ("lesson", "complete", _never_loaded("lesson", "LESSON-RECORDED")),
    "old data date": ("progress", "active", _old_data_date),
    **{kind: ("schedule", "active", defect) for kind, defect in SCHEDULE_DEFECTS.items()},
}  # fmt: skip
