"""Whether the benefits came that were promised, and what is still to come.

The rate of realisation is what was realised over what was planned for the same
months, of one benefit in one currency or unit of measure. What is to come is what
is planned still, times what past benefits came to: those whose plan has run out,
or that have a year of figures, one ratio each; it comes as many months later as
the project is late. Below nine past benefits nothing is forecast. A month that was planned and
has passed without a figure is overdue, not zero: its plan is in no rate. Sources:
Managing Successful Programmes for profiles and overdue measurement; Flyvbjerg
(2006) for the reference class.

Worked example: 10 a month are planned for January to April; 8 were realised in
January and 7 in February, nothing is stated for March. In March the rate is
15/20 = 0.75, and one month is overdue.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.benefits import Benefit, BenefitLink
from pmo_analytics.contracts.marts import BenefitByMonth as Value
from pmo_analytics.contracts.portfolio import Project, ProjectStatus
from pmo_analytics.forecasting.quantile_scores import Floats

FEWEST, MATURE_MONTHS = 9, 12
_KEY = ["benefit_id", "currency"]


class BenefitRealisation(Contract):
    """One row per benefit and currency, or unit of its measure: what was planned, realised, and is to come.

    Key: benefit_id, currency. Amounts are in the currency, or the unit where
    there is none; a dis-benefit's are drawbacks. `due_planned_amount` is of
    months up to the status date with a realised figure, which `realisation_rate`
    is held against; `overdue_count` counts planned months past without one.
    `to_come_planned_amount` is of months after it, `slip_months` how late the
    project is forecast. P50 and P20 of what is to come are missing where fewer
    than nine past benefits tell, which `quality_note` says.
    """

    benefit_id: Text = required()
    project_id: Text = optional()
    name: Text = optional()
    currency: Text = optional()
    is_dis_benefit: Flag = optional()
    has_owner: Flag = required()
    planned_amount: Number = required()
    due_planned_amount: Number = required()
    realised_amount: Number = required()
    realisation_rate: Number = optional()
    overdue_count: Whole = required(ge=0)
    first_overdue_month: Date = optional()
    to_come_planned_amount: Number = required()
    slip_months: Number = required(ge=0)
    p50_to_come_amount: Number = optional()
    p20_to_come_amount: Number = optional()
    quality_note: Text = required()


class BenefitDoubleCount(Contract):
    """One row per financial benefit that leads, directly or through others, to another financial one of its currency.

    Key: benefit_id, other_benefit_id. Both would count the same money:
    `planned_amount` is the lesser of their plans, the most that may stand twice.
    """

    benefit_id: Text = required()
    other_benefit_id: Text = required()
    currency: Text = required()
    planned_amount: Number = required()
    benefit_path: Text = required()


def benefit_realisation(
    benefit_by_month: pd.DataFrame,
    benefit: pd.DataFrame,
    project: pd.DataFrame,
    project_status: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
) -> DataFrame[BenefitRealisation]:
    """Benefits by name, from the mart of their values and three registers."""
    columns = list(BenefitRealisation.to_schema().columns)
    values = benefit_by_month[
        benefit_by_month[Value.planned_amount].notna() | benefit_by_month[Value.realised_amount].notna()
    ]
    if values.empty:
        return checked(BenefitRealisation, pd.DataFrame(columns=columns))
    is_due = values[Value.period_month] + pd.offsets.MonthBegin(1) <= status_date + pd.Timedelta(days=1)
    is_known = is_due & values[Value.realised_amount].notna()
    is_overdue = is_due & values[Value.realised_amount].isna() & (values[Value.planned_amount].fillna(0) != 0)
    planned = values[Value.planned_amount].fillna(0.0)
    parts = values[_KEY].assign(
        planned_amount=planned,
        due_planned_amount=planned.where(is_known, 0.0),
        realised_amount=values[Value.realised_amount].where(is_known, 0.0),
        overdue_count=is_overdue.astype("int64"),
        to_come_planned_amount=planned.where(~is_due, 0.0),
        known_months=is_known.astype("int64"),
        first_overdue_month=values[Value.period_month].where(is_overdue),
    )
    sums = parts.groupby(_KEY, dropna=False).agg(
        {name: "min" if name == "first_overdue_month" else "sum" for name in parts.columns if name not in _KEY}
    )
    rows = sums.reset_index()
    due = rows[BenefitRealisation.due_planned_amount]
    rows[BenefitRealisation.realisation_rate] = rows[BenefitRealisation.realised_amount] / due.where(due != 0)
    ratios = _mature_ratios(rows)
    rows = rows.merge(benefit[[Benefit.benefit_id, Benefit.project_id, Benefit.name, Benefit.owner_id,
                               Benefit.is_dis_benefit]], on=Benefit.benefit_id, how="left")  # fmt: skip
    rows[BenefitRealisation.has_owner] = rows[Benefit.owner_id].notna()
    rows[BenefitRealisation.slip_months] = rows[Project.project_id].map(_slips(project, project_status)).fillna(0.0)
    rows["p50_to_come_amount"], rows["p20_to_come_amount"] = np.nan, np.nan
    if len(ratios) >= FEWEST:
        for name, level in (("p50_to_come_amount", 0.5), ("p20_to_come_amount", 0.2)):
            rows[name] = rows[BenefitRealisation.to_come_planned_amount] * float(
                np.quantile(ratios, level, method="weibull")
            )
    rows[BenefitRealisation.quality_note] = _notes(rows, len(ratios))
    return checked(BenefitRealisation, rows.sort_values(_KEY, ignore_index=True)[columns])


def benefit_double_count(benefit_link: pd.DataFrame, benefit_by_month: pd.DataFrame) -> DataFrame[BenefitDoubleCount]:
    """Financial benefits that lead to other financial ones, from the benefit map and the mart of values."""
    money = benefit_by_month[
        benefit_by_month[Value.is_financial].fillna(value=False) & benefit_by_month[Value.currency].notna()
    ]
    plans = money.groupby([Value.benefit_id, Value.currency])[Value.planned_amount].sum()
    onward: dict[str, list[str]] = {}
    for one, other in zip(
        benefit_link[BenefitLink.benefit_id], benefit_link[BenefitLink.other_benefit_id], strict=True
    ):
        onward.setdefault(str(one), []).append(str(other))
    sums = plans.reset_index()
    names = zip(sums[Value.benefit_id].astype(str), sums[Value.currency].astype(str), strict=True)
    known = dict(zip(names, sums[Value.planned_amount].astype(float), strict=True))
    found = [
        (name, way[-1], unit, min(amount, known[way[-1], unit]), " → ".join(way))
        for (name, unit), amount in known.items()
        for way in _ways(onward, name)
        if (way[-1], unit) in known
    ]
    frame = pd.DataFrame(found, columns=list(BenefitDoubleCount.to_schema().columns))
    return checked(BenefitDoubleCount, frame)


def _ways(onward: dict[str, list[str]], start: str) -> list[list[str]]:
    """The shortest way from a benefit to each that it leads to."""
    ways: dict[str, list[str]] = {start: [start]}
    waiting = [start]
    while waiting:
        name = waiting.pop(0)
        for following in sorted(onward.get(name, [])):
            if following not in ways:
                ways[following] = [*ways[name], following]
                waiting.append(following)
    return [way for name, way in ways.items() if name != start]


def _mature_ratios(rows: pd.DataFrame) -> Floats:
    """Realised over planned of each benefit whose plan has run out, or that has a year of figures."""
    is_over = rows[BenefitRealisation.to_come_planned_amount] == 0
    is_mature = (is_over | (rows["known_months"] >= MATURE_MONTHS)) & (rows[BenefitRealisation.due_planned_amount] > 0)
    found: Floats = rows[is_mature][BenefitRealisation.realisation_rate].to_numpy(dtype=float)
    return found


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


def _notes(rows: pd.DataFrame, mature: int) -> list[str]:
    found = []
    for row in rows.to_dict("records"):
        notes = [] if row["has_owner"] else ["nobody owns it"]
        if row["to_come_planned_amount"] and mature < FEWEST:
            notes.append(f"what is to come is not forecast: {mature} past benefits, {FEWEST} are needed")
        elif row["to_come_planned_amount"] and row["slip_months"]:
            notes.append(f"to begin {row['slip_months']:.0f} months later than planned")
        found.append("; ".join(notes))
    return found
