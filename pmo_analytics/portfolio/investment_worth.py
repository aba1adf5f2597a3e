"""What each project is worth: as it was planned, and as it is expected now.

Payments by month begin with the first planned or spent one, which is where
values are discounted to. As planned: the plan in force, month by month, against the
baseline of its benefits. As expected: what was spent, then what is left of the
estimate at completion in equal parts up to the expected finish; and what was
realised, then what is to come of benefits as late as they are, times what half
of past benefits came to at least. Every internal rate of return is given, since
payments that change sign more than once may have several, or none. Drawbacks are
taken off, and money that leads to other money counts once. All is nominal. Source: Brealey, Myers and Allen (2020), by
`cash_flows`.

Worked example: 100 are planned in January and spent, 60 a month of benefits for
February and March; 30 came in February, and nothing is known of past benefits. At a
rate of 0 the plan was worth 20; as expected it is −10, since March is taken as
planned.
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Number, Text, checked, optional, required
from pmo_analytics.contracts.completion import CompletionEstimate as Estimate
from pmo_analytics.contracts.marts import BenefitByMonth as Value
from pmo_analytics.contracts.marts import PlannedEarnedActual as Progress
from pmo_analytics.forecasting.quantile_scores import Floats
from pmo_analytics.portfolio.benefit_realisation import FEWEST, BenefitDoubleCount, mature_ratios
from pmo_analytics.portfolio.benefit_timing import BenefitTiming
from pmo_analytics.portfolio.cash_flows import internal_returns, modified_return, payback_periods, present_value

MONTHS = 12


class InvestmentWorth(Contract):
    """One row per project with a plan or cost and financial benefits in the same currency.

    Key: project_id. Present values are in the currency; rates are a year's,
    1 is 100 %. Payback counts months from the first payment, discounted where a
    rate is stated, and is missing where the money never comes back. Without a
    rate present values and the modified return are missing.
    """

    project_id: Text = required()
    currency: Text = required()
    planned_net_present_amount: Number = optional()
    expected_net_present_amount: Number = optional()
    planned_payback_months: Number = optional()
    expected_payback_months: Number = optional()
    discounted_payback_months: Number = optional()
    internal_returns: Text = required()
    modified_return: Number = optional()
    quality_note: Text = required()


def investment_worth(
    planned_earned_actual: pd.DataFrame,
    completion_outlook: pd.DataFrame,
    benefit_timing: pd.DataFrame,
    benefit_realisation: pd.DataFrame,
    benefit_double_count: pd.DataFrame,
    *,
    status_date: pd.Timestamp,
    discount_rate: float | None = None,
) -> DataFrame[InvestmentWorth]:
    """Projects by name, from a mart and frames of analyses; `discount_rate` is a year's, 0.05 being 5 %."""
    is_financial = benefit_timing[Value.is_financial].fillna(value=False)
    is_twice = benefit_timing[Value.benefit_id].isin(benefit_double_count[BenefitDoubleCount.benefit_id])
    values = benefit_timing[is_financial & benefit_timing[Value.project_id].notna() & ~is_twice]
    sign = np.where(values[Value.is_dis_benefit].fillna(value=False), -1.0, 1.0)
    ratios = mature_ratios(benefit_realisation)
    share = float(np.quantile(ratios, 0.5, method="weibull")) if len(ratios) >= FEWEST else None
    planned = values[Value.planned_amount].fillna(0.0) * sign
    values = values.assign(
        baseline=values[Value.baseline_amount].fillna(0.0) * sign,
        realised=values[Value.realised_amount].where(values[BenefitTiming.is_known]).fillna(0.0) * sign,
        ahead=planned.where(values[BenefitTiming.is_to_come], 0.0) * (1.0 if share is None else share),
    )
    gains = {tuple(map(str, key)): rows for key, rows in values.groupby([Value.project_id, Value.currency])}
    past = completion_outlook[completion_outlook[Estimate.period_month] <= status_date]
    latest = past.sort_values(Estimate.period_month).groupby(Estimate.project_id).tail(1).to_dict("records")
    known_outlooks = {str(row[Estimate.project_id]): row for row in latest}
    found = []
    for name, rows in planned_earned_actual.groupby(Progress.project_id):
        known = rows[Progress.currency].dropna()
        gain = gains.get((str(name), str(known.iloc[-1]))) if len(known) else None
        if gain is not None:
            outlook = known_outlooks.get(str(name), {})
            as_planned = _flows(_planned_cost(rows), gain, {Value.period_month: "baseline"})
            expected = _flows(
                _expected_cost(rows, outlook, status_date),
                gain,
                {Value.period_month: "realised", BenefitTiming.expected_month: "ahead"},
            )
            lacks = []
            if share is None:
                lacks.append(f"benefits to come as planned: {len(ratios)} past ones, not {FEWEST}")
            if pd.isna(outlook.get(Estimate.estimate_at_completion_amount)):
                lacks.append("cost to come is not known")
            found.append(
                {"project_id": name, "currency": known.iloc[-1], **_worth(as_planned, expected, discount_rate),
                 "quality_note": "; ".join(lacks)}
            )  # fmt: skip
    columns = list(InvestmentWorth.to_schema().columns)
    return checked(InvestmentWorth, pd.DataFrame(found, columns=columns))


def _planned_cost(rows: pd.DataFrame) -> pd.Series:
    """Planned value month by month, as payments."""
    plan = rows.set_index(Progress.period_month)[Progress.planned_value_amount].astype(float).ffill().fillna(0.0)
    return -plan.diff().fillna(plan)


def _expected_cost(rows: pd.DataFrame, outlook: dict[Hashable, Any], status_date: pd.Timestamp) -> pd.Series:
    """What was spent month by month, then what is left in equal parts up to the expected finish, as payments."""
    past = rows[rows[Progress.period_month] <= status_date].set_index(Progress.period_month)
    spent = past[Progress.actual_cost_amount].astype(float).ffill().fillna(0.0)
    payments = -spent.diff().fillna(spent)
    estimate = outlook.get(Estimate.estimate_at_completion_amount)
    left = 0.0 if pd.isna(estimate) else float(estimate) + float(payments.sum())
    if left <= 0:
        return payments
    first = (status_date + pd.offsets.MonthBegin(1)).normalize()
    finish = outlook.get(Estimate.expected_finish_date)
    last = first if pd.isna(finish) else max(first, pd.Timestamp(finish).replace(day=1))
    months = pd.date_range(first, last, freq="MS")
    return pd.concat([payments, pd.Series(-left / len(months), index=months)])


def _flows(cost: pd.Series, gain: pd.DataFrame, parts: dict[str, str]) -> Floats:
    """Payments and gains by month without gaps, from the first that is not zero."""
    sums = [cost, *(gain.groupby(when)[name].sum() for when, name in parts.items())]
    total = pd.concat(sums).groupby(level=0).sum()
    total = total[total.ne(0).cummax()]
    if total.empty:
        return np.zeros(0)
    months = pd.date_range(total.index.min(), total.index.max(), freq="MS")
    found: Floats = total.reindex(months, fill_value=0.0).to_numpy(dtype=float)
    return found


def _worth(planned: Floats, expected: Floats, discount_rate: float | None) -> dict[str, object]:
    rates = [(1.0 + rate) ** MONTHS - 1.0 for rate in internal_returns(expected.tolist())]
    monthly = None if discount_rate is None else (1.0 + discount_rate) ** (1.0 / MONTHS) - 1.0
    modified = math.nan if monthly is None else modified_return(expected.tolist(), monthly, monthly)
    return {
        "planned_net_present_amount": math.nan if monthly is None else present_value(monthly, planned.tolist()),
        "expected_net_present_amount": math.nan if monthly is None else present_value(monthly, expected.tolist()),
        "planned_payback_months": payback_periods(planned.tolist()),
        "expected_payback_months": payback_periods(expected.tolist()),
        "discounted_payback_months": math.nan if monthly is None else payback_periods(expected.tolist(), monthly),
        "internal_returns": ", ".join(f"{rate:.1%}" for rate in rates) or "none",
        "modified_return": (1.0 + modified) ** MONTHS - 1.0,
    }
