"""What finished projects came to over what was first approved: cost over budget, time over baseline.

A project is finished where its last report says complete; the day is that of
the first of the reports that say so without a break, which may be later than the
day itself. Cost is the last actual cost over the sum of the first baseline that
was approved, where both are in one currency. Time is days from the start of the
baseline to that day over the baseline's own, with the baseline as the register
of projects has it now: where it was moved, the overrun is understated. Later
baselines must not count as approved: a project held against its last one never
overruns. Source: Flyvbjerg (2006) for final over approved; the rest is this
project's own.

Worked example: a project approved at 100 was rebaselined to 150 and cost 160:
its ratio is 1.6. Planned from 1 January to 30 June (180 days) and first reported
complete on 27 December (360 days), its ratio of time is 2.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, checked, optional, required
from pmo_analytics.contracts.cost import Budget
from pmo_analytics.contracts.marts import PlannedEarnedActual
from pmo_analytics.contracts.portfolio import Project, ProjectStatus

COST, TIME = "cost", "elapsed time"
NO_CATEGORY = "no category"


class ProjectOverrun(Contract):
    """One row per finished project and outcome: final over first approved.

    Key: project_id, outcome_kind. Above 1 it exceeded what was approved.
    `approved_value` and `final_value` are in `outcome_unit`, the currency of the
    budget or days. The ratio is missing, and `quality_note` says why, where one
    of the two is not known or not above zero.
    """

    project_id: Text = required()
    category: Text = required()
    outcome_kind: Text = required(isin=[COST, TIME])
    outcome_unit: Text = optional()
    finished_on_date: Date = required()
    approved_value: Number = optional(ge=0)
    final_value: Number = optional()
    overrun_ratio: Number = optional(gt=0)
    quality_note: Text = required()


def _finished_on(project_status: pd.DataFrame, status_date: pd.Timestamp) -> pd.Series[pd.Timestamp]:
    """First of the unbroken last reports that say complete, by project; projects of other states are left out."""
    known = project_status[project_status[ProjectStatus.status_date] <= status_date]
    latest_first = known.sort_values(ProjectStatus.status_date, ascending=False)
    is_other = latest_first[ProjectStatus.state] != "complete"
    since = latest_first[is_other.groupby(latest_first[ProjectStatus.project_id]).cumsum() == 0]
    return since.groupby(ProjectStatus.project_id)[ProjectStatus.status_date].min()


def _approved(budget: pd.DataFrame, status_date: pd.Timestamp) -> pd.DataFrame:
    """Sum of each project's first baseline, and its currency; missing where that has several."""
    known = budget[budget[Budget.baselined_on_date] <= status_date]
    versions = known.sort_values([Budget.baselined_on_date, Budget.baseline_version])
    first = versions.drop_duplicates(Budget.project_id)[[Budget.project_id, Budget.baseline_version]]
    groups = known.merge(first).groupby(Budget.project_id)
    found = groups.agg(
        approved_value=(Budget.planned_value_amount, "sum"),
        outcome_unit=(Budget.currency, "first"),
        currencies=(Budget.currency, "nunique"),
    )
    return found[found["currencies"] == 1].drop(columns="currencies")


def _final(planned_earned_actual: pd.DataFrame, status_date: pd.Timestamp) -> pd.DataFrame:
    """Each project's last actual cost, with its currency and the time that no rate was found for."""
    known = planned_earned_actual[
        (planned_earned_actual[PlannedEarnedActual.status_date] <= status_date)
        & planned_earned_actual[PlannedEarnedActual.actual_cost_amount].notna()
    ]
    last = known.sort_values(PlannedEarnedActual.period_month).drop_duplicates(
        PlannedEarnedActual.project_id, keep="last"
    )
    return last.set_index(PlannedEarnedActual.project_id)[["actual_cost_amount", "currency", "uncosted_seconds"]]


def _noted(frame: pd.DataFrame, conditions: dict[str, pd.Series[bool]]) -> pd.DataFrame:
    """The frame with its ratio, and the first of the conditions that hold as the reason why there is none."""
    note = pd.Series("", index=frame.index, dtype=str)
    for reason, holds in conditions.items():
        note = note.mask(holds.astype(bool) & (note == ""), reason)
    ratio = (frame["final_value"] / frame["approved_value"]).where(note == "")
    return frame.assign(overrun_ratio=ratio, quality_note=note)


def project_overrun(
    project: pd.DataFrame,
    project_status: pd.DataFrame,
    budget: pd.DataFrame,
    planned_earned_actual: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
) -> DataFrame[ProjectOverrun]:
    """Final over first approved cost and time of each project that was complete by `status_date`.

    Takes the registers `project`, `project_status` and `budget` and the mart
    `planned_earned_actual`. Cost with time that has no rate is withheld.
    """
    finished_on = _finished_on(project_status, status_date).rename("finished_on_date")
    latest = project.sort_values(Project.status_date).drop_duplicates(Project.project_id, keep="last")
    known = latest.set_index(Project.project_id).join(finished_on, how="inner")
    base = known.assign(category=known[Project.category].fillna(NO_CATEGORY))[["category", "finished_on_date"]]
    cost = base.join(_approved(budget, status_date)).join(_final(planned_earned_actual, status_date))
    cost = cost.assign(outcome_kind=COST, final_value=cost["actual_cost_amount"])
    cost = _noted(
        cost,
        {
            "no first baseline in one currency": ~(cost["approved_value"] > 0),
            "no actual cost": ~(cost["final_value"] > 0),
            "budget and cost are in two currencies": cost["currency"].ne(cost["outcome_unit"]).fillna(True),
            "some of its time has no rate": cost["uncosted_seconds"] > 0,
        },
    )
    start, finish = known[Project.baseline_start_date], known[Project.baseline_finish_date]
    days = {"approved_value": finish - start, "final_value": known["finished_on_date"] - start}
    time = base.assign(outcome_kind=TIME, outcome_unit="days")
    time = time.assign(**{name: each.dt.total_seconds() / 86_400.0 for name, each in days.items()})
    time = _noted(
        time,
        {
            "no baseline of its dates": ~(time["approved_value"] > 0),
            "complete before its baseline starts": ~(time["final_value"] > 0),
        },
    )
    time["approved_value"] = time["approved_value"].where(time["approved_value"] >= 0)
    columns = list(ProjectOverrun.to_schema().columns)
    frames = [each.rename_axis(Project.project_id).reset_index().reindex(columns=columns) for each in (cost, time)]
    frame = pd.concat(frames, ignore_index=True).sort_values(["project_id", "outcome_kind"], ignore_index=True)
    return checked(ProjectOverrun, frame)
