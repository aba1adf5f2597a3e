"""An audit of a few rows: registers by name, all others empty."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pmo_analytics.governance.audit import audit_checks, audit_findings, audit_results
from pmo_analytics.governance.dcma import dcma_points
from pmo_analytics.governance.gate_evidence import gate_evidence
from pmo_analytics.performance.raid_log import open_risks
from tests.frames import contract_frame

JUNE = pd.Timestamp("2026-06-30")
PROGRESS = (
    "task_count,unweighted_task_count,planned_seconds,begun_seconds,finished_seconds,stated_done_seconds,"
    "level_of_effort_seconds,milestone_count,milestones_reached,unit_task_count,unit_planned_seconds,"
    "unit_done_seconds,weighted_milestone_count,milestone_weight,milestone_weight_reached"
).split(",")


@dataclass(frozen=True)
class Audit:
    """What an audit comes to."""

    results: pd.DataFrame
    checks: pd.DataFrame
    findings: pd.DataFrame
    gates: pd.DataFrame

    def state(self, project: str, rule: str) -> str:
        """The state of one check."""
        (found,) = self.checks.loc[
            (self.checks["project_id"] == project) & (self.checks["rule_id"] == rule), "check_state"
        ]
        return str(found)

    @property
    def found(self) -> set[tuple[str, str, str | None]]:
        """Findings that are not waived, by project, rule and item."""
        rows = self.findings[self.findings["check_state"] != "waived"]
        parts = rows[["project_id", "rule_id", "found_item"]].itertuples(index=False, name=None)
        return {(project, rule, None if pd.isna(item) else item) for project, rule, item in parts}


def audited(
    rows: Mapping[str, Sequence[dict[str, Any]]], status_date: pd.Timestamp = JUNE, *, holds_inputs: bool = False
) -> Audit:
    """The audit of a portfolio given by its rows; with `holds_inputs` it is asserted that no frame was changed."""
    frames: dict[str, pd.DataFrame] = {}

    def run(analysis: Any, **given: pd.DataFrame) -> pd.DataFrame:
        for name in inspect.signature(analysis).parameters:
            is_option = inspect.signature(analysis).parameters[name].default is not inspect.Parameter.empty
            if name != "status_date" and name not in given and not is_option:
                if name not in frames:
                    frames[name] = _frame(name, rows.get(name, []))
                given[name] = frames[name]
        if "status_date" in inspect.signature(analysis).parameters:
            return analysis(**given, status_date=status_date)  # type: ignore[no-any-return]
        return analysis(**given)  # type: ignore[no-any-return]

    gates, points = run(gate_evidence, open_risks=run(open_risks)), run(dcma_points)
    results = run(audit_results, gate_evidence=gates, dcma_points=points)
    kept = {name: _frame(name, rows.get(name, [])) for name in frames} if holds_inputs else {}
    for name, frame in kept.items():
        pd.testing.assert_frame_equal(frames[name], frame)
    return Audit(results, audit_checks(results), audit_findings(results), gates)


def _frame(name: str, rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    defaults: dict[str, Any] = dict.fromkeys(PROGRESS, 0) if name == "schedule_progress" else {}
    return contract_frame(name, [defaults | row for row in rows])
