"""When benefits come: by plan, as they came, and as late as they or their projects are.

A benefit that began late, which is that its first figure above or below zero is
of a later month than planned, comes as many months later to its end; one that has
not begun comes as many later as its project is forecast to finish past its
baseline. A month is overdue where something was to have come in it by now, and
no figure is stated. Source: Managing Successful Programmes (2020), benefit
profiles and their measurement.

Worked example: 10 a month are planned for January to April. 0 came in January, 8
in February, and nothing is stated for March: it began a month late, the plans of
March and April are to come in April and May, and March is overdue.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, checked, optional, required
from pmo_analytics.contracts.marts import BenefitByMonth as Value
from pmo_analytics.contracts.portfolio import Project, ProjectStatus

_KEY = ["benefit_id", "currency"]


class BenefitTiming(Contract):
    """One row per benefit, currency or unit of its measure, and month with a planned or realised value.

    Key: benefit_id, currency, period_month. What is planned for the month is to
    come in `expected_month`, `slip_months` later. `is_known`: the month has
    ended and its realised value is stated; `is_to_come`: the expected month has
    not ended; `is_overdue`: something was to come in the month, which has
    ended, and nothing is stated.
    """

    benefit_id: Text = required()
    project_id: Text = optional()
    currency: Text = optional()
    period_month: Date = required()
    baseline_amount: Number = optional()
    planned_amount: Number = optional()
    realised_amount: Number = optional()
    is_financial: Flag = optional()
    is_dis_benefit: Flag = optional()
    slip_months: Number = required(ge=0)
    expected_month: Date = required()
    is_known: Flag = required()
    is_to_come: Flag = required()
    is_overdue: Flag = required()


def benefit_timing(
    benefit_by_month: pd.DataFrame, project: pd.DataFrame, project_status: pd.DataFrame, *, status_date: pd.Timestamp
) -> DataFrame[BenefitTiming]:
    """Planned and realised months by benefit, from the mart of their values and two registers."""
    values = benefit_by_month[
        benefit_by_month[Value.planned_amount].notna() | benefit_by_month[Value.realised_amount].notna()
    ]
    has_ended = _ends_by(values[Value.period_month], status_date)
    is_known = has_ended & values[Value.realised_amount].notna()
    slips = values[Value.project_id].map(_slips(project, project_status)).fillna(0.0)
    slips = _own_delays(values, is_known).fillna(slips)
    pairs = zip(values[Value.period_month], slips, strict=True)
    shifted = [month + pd.DateOffset(months=int(slip)) for month, slip in pairs]
    expected = pd.Series(shifted, index=values.index, dtype="datetime64[ns]")
    has_begun = values[Value.period_month] >= expected.groupby([values[name] for name in _KEY], dropna=False).transform(
        "min"
    )
    is_planned = values[Value.planned_amount].fillna(0) != 0
    rows = values.assign(
        slip_months=slips.astype(float),
        expected_month=expected,
        is_known=is_known,
        is_to_come=~_ends_by(expected, status_date),
        is_overdue=has_ended & has_begun & is_planned & ~is_known,
    )
    columns = list(BenefitTiming.to_schema().columns)
    return checked(BenefitTiming, rows.sort_values([*_KEY, Value.period_month], ignore_index=True)[columns])


def _ends_by(months: pd.Series, status_date: pd.Timestamp) -> pd.Series:
    return months + pd.offsets.MonthBegin(1) <= status_date + pd.Timedelta(days=1)


def _own_delays(values: pd.DataFrame, is_known: pd.Series) -> pd.Series:
    """Months from the first planned to the first realised value of each row's benefit; missing before it began."""
    months = values[Value.period_month]
    numbers = months.dt.year * 12 + months.dt.month
    keys = [values[name] for name in _KEY]
    starts = {
        name: numbers.where(has).groupby(keys, dropna=False).transform("min")
        for name, has in (
            ("planned", values[Value.planned_amount].fillna(0) != 0),
            ("realised", is_known & (values[Value.realised_amount].fillna(0) != 0)),
        )
    }
    delays: pd.Series = (starts["realised"] - starts["planned"]).clip(lower=0)
    return delays


def _slips(project: pd.DataFrame, project_status: pd.DataFrame) -> dict[str, int]:
    """Months that each project is forecast to finish after its baseline, 0 where it is not."""
    last = project_status.sort_values(ProjectStatus.status_date).drop_duplicates(ProjectStatus.project_id, keep="last")
    both = project[[Project.project_id, Project.baseline_finish_date]].merge(
        last[[ProjectStatus.project_id, ProjectStatus.forecast_finish_date]], on=Project.project_id
    )
    both = both[both[Project.baseline_finish_date].notna() & both[ProjectStatus.forecast_finish_date].notna()]
    planned, forecast = both[Project.baseline_finish_date].dt, both[ProjectStatus.forecast_finish_date].dt
    months = (forecast.year - planned.year) * 12 + forecast.month - planned.month
    return dict(zip(both[Project.project_id].astype(str), months.clip(lower=0).astype(int), strict=True))
