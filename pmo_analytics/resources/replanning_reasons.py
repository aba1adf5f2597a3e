"""Why a share changes when somebody leaves, and why something stays uncovered, in words.

This project's own wording. Who takes over is told with the skill and level that
they have, and from whom; who does less, with what they do instead; what stays
uncovered, as `assignment_reasons` tells it of those who are left.
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from pmo_analytics.resources.assignment_reasons import Cover, Minutes, covered_reason, hours, unmet_cause
from pmo_analytics.resources.staffing import Staffing


class HandoverReasons:
    """Words for each change of a plan, from minutes by need and person before and after."""

    def __init__(
        self, staff: Staffing, planned: Minutes, found: Minutes, leaver: str, last: pd.Timestamp, *, on_site: bool
    ) -> None:
        self.leaver = leaver
        self._staff, self._last = staff, last
        self._gain = {key: found.get(key, 0) - planned.get(key, 0) for key in {*planned, *found}}
        self._on_project = staff.on_project | {(who, staff.needs[place].project_id) for place, who in planned}
        others = replace(
            staff,
            levels={who: held for who, held in staff.levels.items() if who != leaver},
            slots=tuple(slot for slot in staff.slots if slot.person_id != leaver),
        )
        self._cover = Cover(others, found, on_site)

    def leaves(self) -> str:
        """Of whom leaves."""
        return f"last day {self._last:%Y-%m-%d}"

    def unstated(self, project: str) -> str:
        """Of time allocated to a project that states no demand for it."""
        return f"allocated to {project}, which states no demand for it: what skill it takes is not known"

    def of_share(self, place: int, who: str) -> str:
        """Of a person whose share of a need is another."""
        if who == self.leaver:
            return self.leaves()
        need = self._staff.needs[place]
        if self._gain[place, who] < 0:
            instead = {
                self._staff.needs[other].project_id: self._staff.needs[other].weight
                for (other, person), gain in sorted(self._gain.items())
                if person == who and gain > 0 and self._staff.needs[other].month == need.month
            }
            told = ", ".join(f"{project} (priority {weight:g})" for project, weight in instead.items())
            return f"needed on {told}; this is priority {need.weight:g}"
        basis = "stays" if (who, need.project_id) in self._on_project else "new"
        given = [
            f"{person} {hours(-gain)}"
            for (other, person), gain in sorted(self._gain.items())
            if other == place and gain < 0
        ]
        return f"{covered_reason(self._cover, place, who, basis)}; from {', '.join(given)}"

    def uncovered(self, place: int) -> str:
        """Of what nobody covers any more."""
        return unmet_cause(self._cover, place)[1]
