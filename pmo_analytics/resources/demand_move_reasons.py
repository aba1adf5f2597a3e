"""What a move of demand is for, and what it delays, in words.

This project's own wording. A move frees hours of a skill in a month; the
shortage that it is for is one of that skill there, or of a skill that the same
people have. What it delays is told against the month in which the project's
baseline ends, with the projects that wait for it by the dependencies known.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pmo_analytics.contracts.dependency_marts import OPEN, ProjectDependency
from pmo_analytics.resources.assignment_reasons import hours, month_name
from pmo_analytics.resources.staffing import MINUTE, Need, Staffing

_SHOWN = 3
SkillMonth = tuple[str, pd.Timestamp]


def months_between(first: pd.Timestamp, last: pd.Timestamp) -> int:
    """Months from one to another."""
    return int(12 * (last.year - first.year) + last.month - first.month)


def months_late(need: Need, month: pd.Timestamp, due: dict[str, pd.Timestamp]) -> int:
    """Months past the project's due month, or past the need's own where that is later."""
    return max(0, months_between(max(need.month, due[need.project_id]), month))


def project_waits(project_dependency: pd.DataFrame) -> dict[str, list[str]]:
    """Projects by the one that they wait for, by what is open in the mart of dependencies."""
    first, second = ProjectDependency.predecessor_project_id, ProjectDependency.successor_project_id
    known = project_dependency[project_dependency[ProjectDependency.link_state] == OPEN].dropna(subset=[first, second])
    found: dict[str, set[str]] = {}
    for before, after in known[[first, second]].itertuples(index=False, name=None):
        if before != after:
            found.setdefault(str(before), set()).add(str(after))
    return {project: sorted(others) for project, others in found.items()}


@dataclass(frozen=True)
class MoveReasons:
    """What moves are told against: `short` is in seconds by project, of each skill and month, before anything moves."""

    staff: Staffing
    due: dict[str, pd.Timestamp]
    short: dict[SkillMonth, dict[str, float]]
    waits: dict[str, list[str]]

    def resolved(self, need: Need) -> str:
        """The shortage that a move of this need is for, and who goes before it."""
        month = month_name(need.month)
        near = [skill for skill, when in self.short if when == need.month and self._is_near(need.skill_id, skill)]
        if need.skill_id in near:
            first = f"{self._shortage(need.skill_id, need.month)} were short in {month}"
        elif near:
            told = ", ".join(self._shortage(skill, need.month) for skill in sorted(near)[:_SHOWN])
            first = f"{told} were short in {month}, and who has {need.skill_id} can do it"
        else:
            first = f"makes room in {month} for what moves there"
        heavier = sorted(
            {
                (-other.weight, other.project_id)
                for other in self.staff.needs
                if other.month == need.month
                and other.weight > need.weight
                and self._is_near(need.skill_id, other.skill_id)
            }
        )
        named = ", ".join(f"{project} (priority {-weight:g})" for weight, project in heavier[:_SHOWN])
        rest = f" and {len(heavier) - _SHOWN} more" if len(heavier) > _SHOWN else ""
        return first + (f"; {named}{rest} first" if named else "")

    def _shortage(self, skill_id: str, month: pd.Timestamp) -> str:
        by_project = self.short[skill_id, month]
        return f"{hours(sum(by_project.values()) / MINUTE)} of {skill_id} ({', '.join(sorted(by_project)[:_SHOWN])})"

    def delayed(self, need: Need, month: pd.Timestamp) -> str:
        """What a move of this need to a month delays."""
        due, late = self.due[need.project_id], months_late(need, month, self.due)
        if not late:
            return f"nothing: {need.project_id} is due in {month_name(max(due, need.month))}"
        months = "1 month" if late == 1 else f"{late} months"
        since = f"due in {month_name(due)}" if due >= need.month else f"planned past {month_name(due)} already"
        waiting = self.waits.get(need.project_id, [])
        told = f"; {', '.join(waiting[:_SHOWN])} waits for it" if waiting else ""
        return f"{need.project_id} by {months}, {since}{told}"

    def _is_near(self, skill_id: str, other_id: str) -> bool:
        """Whether it is the same skill, or somebody has both."""
        levels = self.staff.levels.values()
        return skill_id == other_id or any(skill_id in held and other_id in held for held in levels)
