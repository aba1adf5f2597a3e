"""Scenarios of capacity side by side with plans as they are: chances, hours short and what changes cost.

All meet the same draws (common random numbers), so that a difference is the
scenario's and no luck. Source: Law (2015) for common random numbers; costs are
hours times rates, as `capacity_actions` takes them.

Worked example: in half of the draws 20 hours of Java are short, in the others
none: 10 on average. With 20 hours bought none are: the chance changes by -0.5,
the mean by -10 hours, and at 100 euros an hour it costs 2,000.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from pmo_analytics.contracts.base import Contract, Date, Number, Text, checked, optional, required
from pmo_analytics.resources.capacity import CapacityOutlook, outlook_of
from pmo_analytics.resources.capacity_changes import applied, full_month
from pmo_analytics.resources.capacity_draws import DRAWS, MONTHS, SEED, CapacityInputs, capacity_draws, months_to_come
from pmo_analytics.resources.capacity_scenarios import Change, Contractor, Hire, Scenario, Training

AS_PLANNED = "plans as they are"
_HOUR = 3600.0
_OWN = "the cost of an own hour"
_KEY = ["skill_id", "period_month"]


class ScenarioOutlook(Contract):
    """One row per scenario, skill and month in which either it or plans as they are have something to say.

    Key: scenario, skill_id, period_month; plans as they are come first.
    `probability_change` and `mean_short_change_seconds` are the scenario's less
    those of plans as they are: below 0 is better. A skill and month that only
    one of the two has counts as nothing short in the other. All are missing where
    history is too thin.
    """

    scenario: Text = required()
    skill_id: Text = required()
    period_month: Date = required()
    shortfall_probability: Number = optional(ge=0, le=1)
    probability_change: Number = optional(ge=-1, le=1)
    mean_short_seconds: Number = optional(ge=0)
    mean_short_change_seconds: Number = optional()
    p80_short_seconds: Number = optional(ge=0)


class ScenarioCost(Contract):
    """One row per scenario and change: what it costs in the months looked at.

    Key: scenario, scenario_change. `change_amount` is in `currency`, and missing
    where what it takes is not stated or not known, which `quality_note` says.
    """

    scenario: Text = required()
    scenario_change: Text = required()
    currency: Text = optional()
    change_amount: Number = optional(ge=0)
    quality_note: Text = required()


def compared(
    inputs: CapacityInputs,
    scenarios: Sequence[Scenario],
    *,
    status_date: pd.Timestamp,
    months: int = MONTHS,
    draws: int = DRAWS,
    seed: int = SEED,
) -> pd.DataFrame:
    """The `ScenarioOutlook` of plans as they are and of each scenario, from the same draws.

    Raises UsageError as `applied` does.
    """
    changed = {scenario.name: applied(scenario, inputs, status_date=status_date) for scenario in scenarios}
    found = {
        name: outlook_of(capacity_draws(each, status_date=status_date, months=months, draws=draws, seed=seed))
        for name, each in ({AS_PLANNED: inputs} | changed).items()
    }
    plan = found[AS_PLANNED]
    columns = [
        CapacityOutlook.shortfall_probability, CapacityOutlook.mean_short_seconds, CapacityOutlook.p80_short_seconds,
    ]  # fmt: skip
    before = plan.set_index(_KEY)[columns]
    parts = []
    for name, outlook in found.items():
        rows = outlook.set_index(_KEY)[columns]
        index = rows.index.union(before.index)
        # Whoever's history is too thin says nothing of anything; else what one does not have is not short.
        now, then = (each.reindex(index) if each.isna().all(axis=None) else each.reindex(index, fill_value=0.0)
                     for each in (rows, before))  # fmt: skip
        now[ScenarioOutlook.probability_change] = now[columns[0]] - then[columns[0]]
        now[ScenarioOutlook.mean_short_change_seconds] = now[columns[1]] - then[columns[1]]
        parts.append(now.reset_index().assign(scenario=name))
    return checked(ScenarioOutlook, pd.concat(parts, ignore_index=True)[list(ScenarioOutlook.to_schema().columns)])


def scenario_costs(
    inputs: CapacityInputs,
    scenarios: Sequence[Scenario],
    *,
    status_date: pd.Timestamp,
    months: int = MONTHS,
    own_hourly_amount: float | None = None,
    currency: str | None = None,
    hire_cost_amount: float | None = None,
    contractor_hourly_amount: float | None = None,
    train_cost_amount: float | None = None,
) -> pd.DataFrame:
    """The `ScenarioCost` of each change; persons hired are paid for their whole time from their first month on.

    `own_hourly_amount` is what an hour of own work has cost, in `currency`.
    """
    axis = months_to_come(status_date, months)
    time = full_month(inputs)
    full_hours = time[time.index.isin(axis)] / _HOUR
    stated = {
        "hire_cost_amount": hire_cost_amount, "contractor_hourly_amount": contractor_hourly_amount,
        "train_cost_amount": train_cost_amount, _OWN: own_hourly_amount,
    }  # fmt: skip
    rows = []
    for scenario in scenarios:
        for change in scenario.changes:
            needed = _needed(change, axis, full_hours)
            lacking = [name for name in needed if stated[name] is None]
            amount = math.nan if lacking or not needed else sum(n * (stated[name] or 0) for name, n in needed.items())
            note = "" if needed else "what it costs is not known here"
            note = f"not stated or known: {', '.join(lacking)}" if lacking else note
            rows.append((scenario.name, change.words, currency, amount, note))
    return checked(ScenarioCost, pd.DataFrame(rows, columns=list(ScenarioCost.to_schema().columns)))


def _needed(change: Change, axis: tuple[pd.Timestamp, ...], full_hours: pd.Series[float]) -> dict[str, float]:
    """How many of each rate a change takes in the months looked at."""
    if isinstance(change, Hire):
        hours = float(full_hours[full_hours.index >= change.since].sum())
        return {_OWN: change.count * change.full_time_pct / 100 * hours, "hire_cost_amount": change.count}
    if isinstance(change, Contractor):
        months = [month for month in axis if change.since <= month <= change.until]
        return {"contractor_hourly_amount": change.hours_a_month * len(months)}
    return {"train_cost_amount": change.count} if isinstance(change, Training) else {}
