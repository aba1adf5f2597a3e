"""The what-if panel of capacity in JupyterLab: hires and a project's certainty, and how chances change.

It answers as `pmo capacity --scenario` does, from the same functions and draws,
each time a field is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from pmo_analytics import numerals
from pmo_analytics.errors import PmoError, UsageError
from pmo_analytics.reporting.capacity_inputs import capacity_inputs
from pmo_analytics.reporting.figure_table import is_missing
from pmo_analytics.reporting.fragments import fragment
from pmo_analytics.resources.capacity_comparison import AS_PLANNED, compared
from pmo_analytics.resources.capacity_demand import PlannedDemand
from pmo_analytics.resources.capacity_draws import MONTHS, CapacityInputs, months_to_come
from pmo_analytics.resources.capacity_scenarios import Change, Hire, ProjectChange, Scenario
from pmo_analytics.warehouse.view import View

if TYPE_CHECKING:
    import ipywidgets

_NAME = "what if"
_HOUR = 3600.0


@dataclass(frozen=True)
class WhatIf:
    """What is tried: hires of a skill at a level from a month on, and another certainty of a project that is named."""

    skill: str
    hires: int
    level: int
    since: pd.Timestamp
    project: str | None = None
    certainty: float = 1.0

    @property
    def changes(self) -> tuple[Change, ...]:
        """The same as changes of a scenario."""
        hire = (Hire(self.skill, self.hires, self.since, self.level, 100.0),) if self.hires else ()
        likely = (ProjectChange(self.project, certainty=self.certainty),) if self.project is not None else ()
        return (*hire, *likely)


def what_if_html(asked: WhatIf, inputs: CapacityInputs, status_date: pd.Timestamp, *, months: int = MONTHS) -> str:
    """Chances of the skill by month as planned and as asked, as a piece of HTML; a refusal as one too."""
    scenarios = [Scenario(_NAME, asked.changes)] if asked.changes else []
    try:
        found = compared(inputs, scenarios, status_date=status_date, months=months)
    except PmoError as problem:
        return fragment("capacity_answer", problem=str(problem), rows=[], changes=[], others=[], skill="").html
    own = found[found["skill_id"] == asked.skill]
    now = own[own["scenario"] == (_NAME if scenarios else AS_PLANNED)].set_index("period_month")
    before = own[own["scenario"] == AS_PLANNED].set_index("period_month")
    rows = [
        {
            "month": numerals.month(month),
            "planned": numerals.percent(row["shortfall_probability"]),
            "asked": numerals.percent(now["shortfall_probability"].get(month)),
            "short": numerals.hours(now["mean_short_seconds"].get(month)),
            "change": _signed(now["mean_short_change_seconds"].get(month)),
        }
        for month, row in before.iterrows()
    ]
    moved = found[(found["scenario"] == _NAME) & (found["skill_id"] != asked.skill)]
    sums = moved.groupby("skill_id")["mean_short_change_seconds"].sum() / _HOUR
    others = [f"{skill} {numerals.signed(hours)} h" for skill, hours in sums.items() if abs(hours) >= 1]
    return fragment(
        "capacity_answer", problem="", rows=rows, changes=[change.words for change in asked.changes], others=others,
        skill=asked.skill,
    ).html  # fmt: skip


def _signed(seconds: object) -> str:
    return numerals.MISSING if is_missing(seconds) else f"{numerals.signed(float(str(seconds)) / _HOUR)}\u00a0h"


def capacity_what_if(view: View) -> ipywidgets.VBox:
    """Fields for hires of a skill and a project's certainty, and below them how chances change by month.

    Raises UsageError where ipywidgets is not installed, or nothing is asked for.
    """
    try:
        import ipywidgets as widgets
    except ImportError:
        raise UsageError("ipywidgets is not installed", hint="pip install 'pmo-analytics[lab]'") from None
    inputs, day = capacity_inputs(view), pd.Timestamp(view.as_of)
    plans = inputs.planned_demand
    skills = sorted({*plans[PlannedDemand.skill_id], *inputs.person_skill["skill_id"]})
    if not skills:
        raise UsageError("nothing is asked for", hint="load the registers demand and person_skill")
    wide = {"layout": widgets.Layout(width="100%", max_width="640px"), "style": {"description_width": "9em"}}
    months = [(numerals.month(month), month) for month in months_to_come(day, MONTHS)]
    skill = widgets.Dropdown(description="Skill", options=skills, **wide)
    hires = widgets.IntSlider(description="Persons to hire", value=1, min=0, max=10, continuous_update=False, **wide)
    level = widgets.IntSlider(description="At level", value=4, min=0, max=7, continuous_update=False, **wide)
    since = widgets.Dropdown(description="There from", options=months, **wide)
    names = sorted(plans[PlannedDemand.project_id].unique())
    project = widgets.Dropdown(
        description="Project", options=[("none", None), *((name, name) for name in names)], **wide
    )
    chance = widgets.IntSlider(description="comes about, %", value=100, min=0, max=100, continuous_update=False, **wide)
    answer = widgets.HTML()

    def show(_: object = None) -> None:
        asked = WhatIf(skill.value, hires.value, level.value, since.value, project.value, chance.value / 100)
        answer.value = what_if_html(asked, inputs, day)

    fields = [skill, hires, level, since, project, chance]
    for each in fields:
        each.observe(show, names="value")
    show()
    return widgets.VBox([*fields, answer])
