"""When projects may finish with the delays of their open risks, and whether cost and finish hold together.

The register states by how many days a risk delays, not which task. Where no
network of tasks is given, two readings stand for it: delays that add up, as if
all lay on the critical path, and delays beside each other, of which the longest
counts. No finish is later than the first; one is earlier than the second only
where a delay meets float, of which the register knows nothing. A risk happens
in the same draws here and in `cost_risk`, so that both can be asked together: a
project that keeps to its P80 of cost and to its P80 of finish does so less
often than to either, and more often where the same risks move both. How much it
costs and how long it delays are drawn apart. The base is the finish that was
last declared.
Sources: GAO-16-89G, best practice 8; NASA Cost Estimating Handbook (joint
confidence level); GAO-20-195G, step 9.

Worked example: declared for 30 June, two risks of 0.5 delay by 10 days each.
Beside each other: no delay in a quarter of draws, else 10 days. Added up: 0, 10
or 20 days in a quarter, a half and a quarter of draws, so that P80 is 20 July.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.portfolio import Project, ProjectStatus
from pmo_analytics.contracts.raid import Risk
from pmo_analytics.forecasting.discrete_risks import DELAY, EventDraws
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.performance.cost_model import delay_events, project_costs
from pmo_analytics.performance.cost_risk import DRAWS, DRIVER_CORRELATION, LEVEL, LINE_CORRELATION, SEED, project_totals
from pmo_analytics.performance.raid_log import is_closed
from pmo_analytics.performance.risk_register import last_reports

_ENDED = ("complete", "cancelled", "proposed")


class ScheduleRisk(Contract):
    """One row per running project with a declared finish: when it may finish, by two readings, the largest delay first.

    Key: project_id. `parallel_` is where the longest delay counts, `serial_`
    where delays add up; days are calendar days after the declared finish.
    `baseline_confidence_pct` is the share of draws that finish by the baseline
    where delays add up, missing without a baseline. `joint_confidence_pct` is the
    share within P80 of both cost and serial finish, missing where the cost is not
    simulated. `risk_count` are risks with a delay, `unquantified_count` those
    without a probability or days. Without a risk that has days nothing is known
    of the delay: its figures are missing.
    """

    project_id: Text = required()
    forecast_finish_date: Date = required()
    baseline_finish_date: Date = optional()
    parallel_p80_delay_days: Number = optional()
    serial_p50_delay_days: Number = optional()
    serial_p80_delay_days: Number = optional()
    parallel_p80_finish_date: Date = optional()
    serial_p80_finish_date: Date = optional()
    baseline_confidence_pct: Number = optional(ge=0, le=100)
    joint_confidence_pct: Number = optional(ge=0, le=100)
    risk_count: Whole = required()
    unquantified_count: Whole = required()


def schedule_risk(
    earned_value: pd.DataFrame,
    project: pd.DataFrame,
    project_status: pd.DataFrame,
    risk: pd.DataFrame,
    estimate: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    draws: int = DRAWS,
    seed: int = SEED,
    line_correlation: float = LINE_CORRELATION,
    driver_correlation: float = DRIVER_CORRELATION,
) -> DataFrame[ScheduleRisk]:
    """When the projects that have not ended may finish; takes what `cost_risk` does, the projects and their status."""
    costs = project_totals(
        [each for each in project_costs(earned_value, risk, estimate, status_date=status_date) if each.is_drawn],
        draws=draws, seed=seed, line_correlation=line_correlation, driver_correlation=driver_correlation,
    )  # fmt: skip
    events = EventDraws(draws, seed, driver_correlation=driver_correlation)
    reports = last_reports(risk, status_date)
    reports = reports[~is_closed(reports[Risk.state])]
    made: list[dict[str, Any]] = []
    for row in _declared(project, project_status, status_date).to_dict("records"):
        name = str(row[Project.project_id])
        delaying, left_out = delay_events(reports[reports[Risk.project_id] == name])
        drawn = [events.of(event, effect=DELAY) for event in delaying]
        declared: dict[str, Any] = {str(column): value for column, value in row.items()}
        made.append({
            **declared,
            **(_figures(declared, drawn, costs.get(name)) if drawn else {}),
            ScheduleRisk.risk_count: len(delaying),
            ScheduleRisk.unquantified_count: len(left_out),
        })  # fmt: skip
    frame = pd.DataFrame(made).reindex(columns=list(ScheduleRisk.to_schema().columns))
    order = [ScheduleRisk.serial_p80_delay_days, ScheduleRisk.project_id]
    return checked(ScheduleRisk, frame.sort_values(order, ascending=[False, True], ignore_index=True))


def _declared(project: pd.DataFrame, project_status: pd.DataFrame, status_date: pd.Timestamp) -> pd.DataFrame:
    """The projects whose last report does not end them and declares a finish, with their baseline."""
    reported = project_status[project_status[ProjectStatus.status_date] <= status_date]
    last = reported.sort_values(ProjectStatus.status_date).groupby(ProjectStatus.project_id).tail(1)
    running = last[~last[ProjectStatus.state].isin(_ENDED) & last[ProjectStatus.forecast_finish_date].notna()]
    named = project[[Project.project_id, Project.baseline_finish_date]].drop_duplicates(Project.project_id)
    return named.merge(
        running[[ProjectStatus.project_id, ProjectStatus.forecast_finish_date]], on=Project.project_id
    ).sort_values(Project.project_id)


def _figures(row: dict[Any, Any], drawn: list[Floats], cost: Floats | None) -> dict[str, Any]:
    serial, parallel = np.sum(drawn, axis=0), np.max(drawn, axis=0)
    forecast = pd.Timestamp(row[ScheduleRisk.forecast_finish_date])
    baseline = row[ScheduleRisk.baseline_finish_date]
    p50, p80 = np.quantile(serial, [0.5, LEVEL])
    longest = float(np.quantile(parallel, LEVEL))
    by_baseline, together = np.nan, np.nan
    if not pd.isna(baseline):
        by_baseline = 100 * float((serial <= (pd.Timestamp(baseline) - forecast).days).mean())
    if cost is not None:
        together = 100 * float(((serial <= p80) & (cost <= np.quantile(cost, LEVEL))).mean())
    return {
        ScheduleRisk.parallel_p80_delay_days: longest,
        ScheduleRisk.serial_p50_delay_days: float(p50),
        ScheduleRisk.serial_p80_delay_days: float(p80),
        # A part of a day is a day.
        ScheduleRisk.parallel_p80_finish_date: forecast + pd.Timedelta(days=int(np.ceil(longest))),
        ScheduleRisk.serial_p80_finish_date: forecast + pd.Timedelta(days=int(np.ceil(p80))),
        ScheduleRisk.baseline_confidence_pct: by_baseline,
        ScheduleRisk.joint_confidence_pct: together,
    }
