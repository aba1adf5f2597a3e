"""All benefits together: what came of the plan so far, what the whole comes to, and what is not measured.

Money alone is summed, each currency for itself; drawbacks are taken off, and a
benefit that leads to another one of its currency is counted once, where it ends.
What is realised is held against the plan of the same months. Source: Managing
Successful Programmes (2020), reviews of benefits.

Worked example: 8 came of 10 that were planned for the same months, a drawback of 2
came as planned, and a third benefit has an overdue month: 6 of 8 came, which is
0.75, and one of three benefits is overdue.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Number, Text, Whole, checked, optional, required
from pmo_analytics.portfolio.benefit_outlook import BenefitOutlook
from pmo_analytics.portfolio.benefit_realisation import BenefitDoubleCount, BenefitRealisation

_SUMS = [
    BenefitRealisation.baseline_amount, BenefitRealisation.planned_amount, BenefitRealisation.due_planned_amount,
    BenefitRealisation.realised_amount,
]  # fmt: skip
_END = [BenefitOutlook.p20_amount, BenefitOutlook.p50_amount, BenefitOutlook.p80_amount]


class BenefitTotal(Contract):
    """One row per currency, that with the largest plan first: benefits less drawbacks.

    Key: currency. P20, P50 and P80 are of all that will have come by the end, and
    missing below nine past benefits, or where nothing is to come.
    """

    currency: Text = required()
    benefit_count: Whole = required(ge=1)
    baseline_amount: Number = required()
    planned_amount: Number = required()
    due_planned_amount: Number = required()
    realised_amount: Number = required()
    realisation_rate: Number = optional()
    p20_amount: Number = optional()
    p50_amount: Number = optional()
    p80_amount: Number = optional()


class BenefitMeasurement(Contract):
    """One row, where there is any benefit: months that are overdue, and benefits that nobody owns."""

    benefit_count: Whole = required(ge=1)
    overdue_benefit_count: Whole = required(ge=0)
    overdue_count: Whole = required(ge=0)
    unowned_count: Whole = required(ge=0)


def benefit_totals(
    benefit_realisation: pd.DataFrame, benefit_double_count: pd.DataFrame, benefit_outlook: pd.DataFrame
) -> DataFrame[BenefitTotal]:
    """Sums by currency, from frames of the analyses of these names, of the same date."""
    columns = list(BenefitTotal.to_schema().columns)
    rows = benefit_realisation
    is_counted = rows[BenefitRealisation.is_financial].fillna(value=False) & rows[BenefitRealisation.currency].notna()
    twice = benefit_double_count[BenefitDoubleCount.benefit_id]
    rows = rows[is_counted & ~rows[BenefitRealisation.benefit_id].isin(twice)]
    if rows.empty:
        return checked(BenefitTotal, pd.DataFrame(columns=columns))
    sign = np.where(rows[BenefitRealisation.is_dis_benefit].fillna(value=False), -1.0, 1.0)
    signed = rows[_SUMS].mul(sign, axis=0).assign(currency=rows[BenefitRealisation.currency], benefit_count=1)
    sums = signed.groupby(BenefitTotal.currency).sum()
    due = sums[BenefitTotal.due_planned_amount]
    sums[BenefitTotal.realisation_rate] = sums[BenefitTotal.realised_amount] / due.where(due != 0)
    ends = benefit_outlook.sort_values(BenefitOutlook.period_month).drop_duplicates(
        BenefitOutlook.currency, keep="last"
    )
    found = sums.join(ends.set_index(BenefitOutlook.currency)[_END]).reset_index()
    ordered = found.sort_values(
        [BenefitTotal.planned_amount, BenefitTotal.currency], ascending=[False, True], ignore_index=True
    )
    return checked(BenefitTotal, ordered[columns])


def benefit_measurement(benefit_realisation: pd.DataFrame) -> DataFrame[BenefitMeasurement]:
    """Counts over all benefits, those without money among them, from a `BenefitRealisation` frame."""
    columns = list(BenefitMeasurement.to_schema().columns)
    if benefit_realisation.empty:
        return checked(BenefitMeasurement, pd.DataFrame(columns=columns))
    rows = benefit_realisation.groupby(BenefitRealisation.benefit_id).agg(
        overdue=(BenefitRealisation.overdue_count, "sum"), is_owned=(BenefitRealisation.has_owner, "any")
    )
    found = {
        BenefitMeasurement.benefit_count: len(rows),
        BenefitMeasurement.overdue_benefit_count: int((rows["overdue"] > 0).sum()),
        BenefitMeasurement.overdue_count: int(rows["overdue"].sum()),
        BenefitMeasurement.unowned_count: int((~rows["is_owned"].astype(bool)).sum()),
    }
    return checked(BenefitMeasurement, pd.DataFrame([found], columns=columns))
