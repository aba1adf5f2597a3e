"""The figures that bridges are of, by project, as a view tells them, and money of them in one currency."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from pmo_analytics.contracts.marts import BenefitByMonth as Value
from pmo_analytics.contracts.portfolio import Project
from pmo_analytics.performance.baselines import earned_value_as_baselined
from pmo_analytics.performance.completion_outlook import completion_outlook
from pmo_analytics.performance.earned_value import EarnedValue, earned_value, latest
from pmo_analytics.performance.forecast_bridge import DAYS
from pmo_analytics.performance.health import ProjectHealth, live, project_health
from pmo_analytics.portfolio.benefit_realisation import BenefitDoubleCount, benefit_double_count
from pmo_analytics.resources.budget_amounts import UNITS
from pmo_analytics.warehouse import View

NO_PROJECT = "no project"
KEY, CURRENCY, AMOUNT = Project.project_id, Project.currency, "amount"
COUNTED = [EarnedValue.planned_value_amount, EarnedValue.earned_value_amount, EarnedValue.actual_cost_amount]
Rates = dict[tuple[str, str], float]


def at_completion(view: View, options: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """What each running project comes to and when it finishes, and whether the portfolio's page sums it."""
    baselined = view.run(earned_value_as_baselined)
    outlook = view.run(completion_outlook, earned_value_as_baselined=baselined, **options)
    earned = view.run(earned_value)
    running = live(view.run(project_health, earned_value=earned, completion_outlook=outlook))
    last = latest(earned)
    is_counted = last[COUNTED].notna().all(axis="columns") & last[EarnedValue.currency].notna()
    rows = running[[KEY, ProjectHealth.estimate_at_completion_amount, ProjectHealth.expected_finish_date]]
    return rows.merge(last[[KEY, CURRENCY]].assign(is_counted=is_counted), on=KEY).astype({KEY: str})


def costs(found: pd.DataFrame) -> pd.DataFrame:
    """Project, currency and cost at completion of those that are summed, from `at_completion`."""
    rows = found[found["is_counted"] & found[ProjectHealth.estimate_at_completion_amount].notna()]
    return rows.rename(columns={ProjectHealth.estimate_at_completion_amount: AMOUNT})[[KEY, CURRENCY, AMOUNT]]


def finishes(found: pd.DataFrame) -> pd.DataFrame:
    """Project and the number of the day on which it is expected to finish, from `at_completion`."""
    rows = found[found[ProjectHealth.expected_finish_date].notna()]
    days = [day.toordinal() for day in rows[ProjectHealth.expected_finish_date]]
    return pd.DataFrame({KEY: rows[KEY], CURRENCY: DAYS, AMOUNT: days})


def benefits(view: View) -> pd.DataFrame:
    """What benefits come to by project and currency: measured, or else forecast, or else planned, drawbacks taken off.

    Money alone, and of benefits that lead to one another the last.
    """
    values = view.table("benefit_by_month")
    twice = view.run(benefit_double_count)[BenefitDoubleCount.benefit_id]
    is_money = values[Value.is_financial].fillna(value=False).astype(bool) & values[Value.currency].notna()
    rows = values[is_money & ~values[Value.benefit_id].isin(twice)]
    expected = rows[Value.realised_amount].fillna(rows[Value.forecast_amount]).fillna(rows[Value.planned_amount])
    sign = rows[Value.is_dis_benefit].fillna(value=False).astype(bool).map({True: -1.0, False: 1.0}).astype(float)
    project = rows[Value.project_id].fillna(NO_PROJECT).astype(str)
    found = pd.DataFrame({KEY: project, CURRENCY: rows[Value.currency], AMOUNT: expected.fillna(0.0) * sign})
    return found.reset_index(drop=True)


def main_currency(frame: pd.DataFrame) -> str | None:
    """The currency of most rows, the first by name of several."""
    counts = frame[CURRENCY].value_counts()
    return min(counts[counts == counts.max()].index) if len(counts) else None


def changed(frame: pd.DataFrame, rates: Rates, unit: str) -> dict[str, int | None]:
    """Ten-thousandths of `unit` by project; None where an amount of it has no rate."""
    found: dict[str, int | None] = {}
    for project, currency, amount in zip(frame[KEY], frame[CURRENCY], frame[AMOUNT], strict=True):
        rate = 1.0 if currency == unit else rates.get((currency, unit))
        before = found.get(project, 0)
        exact = None if rate is None else round(Decimal(repr(float(amount))) * Decimal(repr(rate)) * UNITS)
        found[project] = None if before is None or exact is None else before + exact
    return found
