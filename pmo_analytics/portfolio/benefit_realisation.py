"""Whether the benefits came that were promised, and what is still to come.

The rate of realisation is what was realised over what was planned for the same
months, of one benefit in one currency or unit of measure; beside it stands the
rate against the baseline, which is the plan as first stated, since a plan that is
lowered raises its own rate. What is to come, as late as `benefit_timing` says,
is what is planned for the months after, times what past benefits came to: those
whose plan has run out, or that have a year of figures, one ratio each. Below nine
past benefits nothing is forecast. A month that is overdue is not zero: its plan is
in no rate. Sources:
Managing Successful Programmes for profiles and overdue measurement; Flyvbjerg
(2006) for the reference class.

Worked example: 10 a month are planned for January to April; 8 were realised in
January and 7 in February, nothing is stated for March. In March the rate is
15/20 = 0.75, and one month is overdue. Had it begun in February, with 8, January
being 0, it would be a month late, and 20 would be to come, in April and May.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Flag, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.benefits import Benefit, BenefitLink
from pmo_analytics.contracts.marts import BenefitByMonth as Value
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.portfolio.benefit_timing import BenefitTiming

FEWEST, MATURE_MONTHS = 9, 12
_KEY = ["benefit_id", "currency"]
_FIRST = ("slip_months", "first_overdue_month")


class BenefitRealisation(Contract):
    """One row per benefit and currency, or unit of its measure: what was planned, realised, and is to come.

    Key: benefit_id, currency. Amounts are in the currency, or the unit where
    there is none; a dis-benefit's are drawbacks. `due_planned_amount` is of
    months up to the status date with a realised figure, which `realisation_rate`
    is held against, `baseline_realisation_rate` against the baseline of the same
    months; `overdue_count` counts months past without one.
    `to_come_planned_amount` is planned for months that, `slip_months` later,
    lie after the status date. P50 and P20 of what is to come are missing where fewer
    than nine past benefits tell, which `quality_note` says.
    """

    benefit_id: Text = required()
    project_id: Text = optional()
    name: Text = optional()
    currency: Text = optional()
    is_financial: Flag = optional()
    is_dis_benefit: Flag = optional()
    has_owner: Flag = required()
    baseline_amount: Number = required()
    planned_amount: Number = required()
    due_planned_amount: Number = required()
    realised_amount: Number = required()
    realisation_rate: Number = optional()
    baseline_realisation_rate: Number = optional()
    realised_month_count: Whole = required(ge=0)
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


def benefit_realisation(benefit_timing: pd.DataFrame, benefit: pd.DataFrame) -> DataFrame[BenefitRealisation]:
    """Benefits by name, from a `BenefitTiming` frame and their register."""
    columns = list(BenefitRealisation.to_schema().columns)
    values = benefit_timing
    if values.empty:
        return checked(BenefitRealisation, pd.DataFrame(columns=columns))
    planned, baseline = (values[name].fillna(0.0) for name in (Value.planned_amount, Value.baseline_amount))
    is_known = values[BenefitTiming.is_known]
    parts = values[[*_KEY, BenefitTiming.slip_months]].assign(
        baseline_amount=baseline,
        planned_amount=planned,
        due_planned_amount=planned.where(is_known, 0.0),
        due_baseline_amount=baseline.where(is_known, 0.0),
        realised_amount=values[Value.realised_amount].where(is_known, 0.0),
        overdue_count=values[BenefitTiming.is_overdue].astype("int64"),
        to_come_planned_amount=planned.where(values[BenefitTiming.is_to_come], 0.0),
        realised_month_count=is_known.astype("int64"),
        first_overdue_month=values[Value.period_month].where(values[BenefitTiming.is_overdue]),
    )
    ways = {name: "sum" for name in parts.columns if name not in _KEY}
    rows = parts.groupby(_KEY, dropna=False).agg(ways | dict.fromkeys(_FIRST, "min")).reset_index()
    for name, due in (("realisation_rate", "due_planned_amount"), ("baseline_realisation_rate", "due_baseline_amount")):
        rows[name] = rows[BenefitRealisation.realised_amount] / rows[due].where(rows[due] != 0)
    ratios = mature_ratios(rows)
    known = [Benefit.benefit_id, Benefit.project_id, Benefit.name, Benefit.owner_id, Benefit.is_financial,
             Benefit.is_dis_benefit]  # fmt: skip
    rows = rows.merge(benefit[known], on=Benefit.benefit_id, how="left")
    rows[BenefitRealisation.has_owner] = rows[Benefit.owner_id].notna()
    for name, level in (("p50_to_come_amount", 0.5), ("p20_to_come_amount", 0.2)):
        share = float(np.quantile(ratios, level, method="weibull")) if len(ratios) >= FEWEST else np.nan
        rows[name] = rows[BenefitRealisation.to_come_planned_amount] * share
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


def mature_ratios(rows: pd.DataFrame) -> Floats:
    """Realised over planned of each benefit whose plan has run out, or that has a year of figures.

    Of a `BenefitRealisation` frame.
    """
    is_over = rows[BenefitRealisation.to_come_planned_amount] == 0
    is_mature = (is_over | (rows[BenefitRealisation.realised_month_count] >= MATURE_MONTHS)) & (
        rows[BenefitRealisation.due_planned_amount] > 0
    )
    found: Floats = rows[is_mature][BenefitRealisation.realisation_rate].to_numpy(dtype=float)
    return found


def _notes(rows: pd.DataFrame, mature: int) -> list[str]:
    found = []
    for row in rows.to_dict("records"):
        notes = [] if row["has_owner"] else ["nobody owns it"]
        if row["to_come_planned_amount"] and mature < FEWEST:
            notes.append(f"what is to come is not forecast: {mature} past benefits, {FEWEST} are needed")
        elif row["to_come_planned_amount"] and row["slip_months"]:
            notes.append(f"{row['slip_months']:.0f} month{'s' if row['slip_months'] > 1 else ''} later than planned")
        found.append("; ".join(notes))
    return found
