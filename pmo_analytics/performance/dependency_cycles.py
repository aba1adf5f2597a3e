"""Dependencies that run in a circle: who waits for each other, with a path of each circle named.

Source: a circle is a strongly connected component (Tarjan 1972) of what is still waited
for: of projects over all origins together, of issues, and of the tasks of
schedules. One path of each is named; other paths of the same circle show when
this one is opened.

Worked example: A waits for B, B for C and C for A; D waits for A. A, B and C
are one circle, A → B → C → A by who gives to whom; D is in none.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Text, Whole, checked, optional, required
from pmo_analytics.contracts.dependency_marts import OPEN, IssueDependency, ProjectDependency, ScheduleTie
from pmo_analytics.forecasting.schedule_axis import task_keys
from pmo_analytics.forecasting.schedule_network import circles

PROJECTS, ISSUES, TASKS = "projects", "issues", "tasks"
LONGEST_PATH = 12


class DependencyCycle(Contract):
    """One row per circle: of projects first, then of issues and tasks.

    `cycle_path` leads from giver to what waits, its first member again at its
    end; of more than twelve members the middle is left out. `project_ids` are
    the projects on it, joined by a comma.
    """

    cycle_level: Text = required(isin=[PROJECTS, ISSUES, TASKS])
    cycle_path: Text = required()
    member_count: Whole = required(ge=0)
    project_ids: Text = optional()


def dependency_cycles(
    project_dependency: pd.DataFrame, issue_dependency: pd.DataFrame, schedule_tie: pd.DataFrame
) -> DataFrame[DependencyCycle]:
    """The circles among links whose giver has not delivered, from the three marts of dependencies."""
    projects = _edges(
        project_dependency, ProjectDependency.predecessor_project_id, ProjectDependency.successor_project_id
    )
    issues = _edges(issue_dependency, IssueDependency.predecessor_key, IssueDependency.successor_key)
    waiting = schedule_tie[schedule_tie[ScheduleTie.link_state] == OPEN]
    tasks = waiting.assign(
        before=task_keys(waiting[ScheduleTie.predecessor_schedule_id], waiting[ScheduleTie.predecessor_id]),
        after=task_keys(waiting[ScheduleTie.schedule_id], waiting[ScheduleTie.successor_id]),
    )[["before", "after", ScheduleTie.predecessor_project_id]].set_axis(["before", "after", "project"], axis=1)
    rows = []
    for level, edges in ((PROJECTS, projects), (ISSUES, issues), (TASKS, tasks)):
        project_of = dict(zip(edges["before"], edges["project"], strict=True))
        members = list(dict.fromkeys([*edges["before"], *edges["after"]]))
        for path in circles(members, edges["before"].to_list(), edges["after"].to_list()):
            on_it = {str(name) for name in map(project_of.get, path) if not pd.isna(name)}
            rows.append(
                {
                    DependencyCycle.cycle_level: level,
                    DependencyCycle.cycle_path: path_text([str(member) for member in path]),
                    DependencyCycle.member_count: len(path) - 1,
                    DependencyCycle.project_ids: ", ".join(sorted(on_it)) or None,
                }
            )
    return checked(DependencyCycle, pd.DataFrame(rows, columns=list(DependencyCycle.to_schema().columns)))


def _edges(links: pd.DataFrame, before: str, after: str) -> pd.DataFrame:
    """Open links between two known ends, in order, with the giver's project."""
    is_open = (links["link_state"] == OPEN) & links[before].notna() & links[after].notna()
    kept = links.loc[is_open & (links[before] != links[after]), [before, after, "predecessor_project_id"]]
    edges = pd.DataFrame(kept.to_numpy(dtype=object), columns=["before", "after", "project"])
    return edges.drop_duplicates(["before", "after"]).sort_values(["before", "after"], ignore_index=True)


def path_text(path: list[str]) -> str:
    """A path with arrows; of a long one both ends."""
    if len(path) <= LONGEST_PATH + 1:
        return " → ".join(path)
    half = LONGEST_PATH // 2
    return " → ".join([*path[:half], f"… {len(path) - 2 * half} more …", *path[-half:]])
