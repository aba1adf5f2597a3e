"""What levelling is reckoned from, as a view of the warehouse gives it, with weights of projects and their origin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from pmo_analytics.exchange.priority_csv import read_priorities
from pmo_analytics.portfolio.project_priorities import project_priority
from pmo_analytics.resources.availability import availability_to_come
from pmo_analytics.resources.capacity_scenarios import Scenario
from pmo_analytics.resources.demand_levelling import LevelledDemand, levelled
from pmo_analytics.resources.levelled_projects import levelled_project
from pmo_analytics.resources.levelling_scenarios import StaffFrames, with_scenario
from pmo_analytics.resources.staffing import staffing
from pmo_analytics.warehouse.view import View

EVEN, SCORED = "all projects weigh the same", "the weighted values of criterion_score"
UNSCORED = f"{EVEN}, since no project has scores under criteria that have a weight"


@dataclass(frozen=True)
class LevellingInputs:
    """Frames of staff, of projects, and what projects weigh; `basis` says where weights are from."""

    staff: StaffFrames
    person: pd.DataFrame
    effort: pd.DataFrame
    project: pd.DataFrame
    project_dependency: pd.DataFrame
    priority: pd.DataFrame | None
    basis: str
    day: pd.Timestamp

    def levelled(self) -> LevelledDemand:
        """The levelled plan of the months that time is known of."""
        staff = staffing(
            self.staff.demand, self.staff.availability_to_come, self.person, self.staff.person_skill,
            self.staff.allocation, self.effort, status_date=self.day, priority=self.priority,
        )  # fmt: skip
        return levelled(staff, self.project, self.project_dependency)

    def ends(self, moves: pd.DataFrame) -> pd.DataFrame:
        """When the projects of which work moves end: a `LevelledProject`."""
        return levelled_project(self.staff.demand, self.staff.availability_to_come, moves, self.project)


def levelling_inputs(
    view: View, *, months: int, priorities: Path | None = None, scenario: Scenario | None = None
) -> LevellingInputs:
    """The inputs of the months to come; weights from a file, or else the portfolio's own scores, or else even."""
    demand, project = view.table("demand"), view.table("project")
    priority, basis = _priority(view, priorities, {*project["project_id"], *demand["project_id"]})
    staff = StaffFrames(
        demand, view.run(availability_to_come, months=months), view.table("person_skill"), view.table("allocation")
    )
    found = LevellingInputs(
        staff, view.table("person"), view.table("effort_by_person_month"), project,
        view.table("project_dependency"), priority, basis, pd.Timestamp(view.as_of),
    )  # fmt: skip
    if scenario is None:
        return found
    return replace(found, staff=with_scenario(scenario, staff, view.table("skill"), status_date=found.day))


def _priority(view: View, file: Path | None, projects: set[str]) -> tuple[pd.DataFrame | None, str]:
    if file is not None:
        return read_priorities(file, map(str, projects)), f"the weights of {file.name}"
    found = view.run(project_priority)
    if found.empty:
        return None, EVEN if view.table("criterion_score").empty else UNSCORED
    return found, SCORED
