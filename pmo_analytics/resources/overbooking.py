"""Who is promised to projects beyond the time they have, and what was booked, promised and asked for side by side.

What is promised is a plan and no behaviour: line managers plan with it, so that
persons stand in it, as tokens. Source: by the usual definitions.

Worked example: Ann has 160 hours in July and is promised to A for 100 and to B
for 90: she is booked for 119 % of her time, 30 hours too much.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Date, Number, Text, Whole, checked, optional, required
from pmo_analytics.contracts.marts import CostByProjectMonth as Cost
from pmo_analytics.contracts.marts import EffortByPersonMonth as Effort
from pmo_analytics.contracts.people import Allocation, Demand, planned_demand_of

_KEY = ["person_id", "period_month"]


class Overbooking(Contract):
    """One row per person and whole month to come in which more is promised than the calendar has.

    Key: person_id, period_month; the largest excess first. `project_ids` are
    those promised to, joined by a comma. A month in which no calendar gives the
    person time, such as one after they left, has none: all of it is too much.
    """

    person_id: Text = required()
    period_month: Date = required()
    project_count: Whole = required(ge=1)
    project_ids: Text = required()
    allocated_seconds: Number = required(ge=0)
    calendar_seconds: Number = required(ge=0)
    excess_seconds: Number = required(gt=0)


class BookedPromisedAsked(Contract):
    """One row per project, month and currency with time booked, promised or asked for.

    Key: project_id, period_month, currency. `cost_amount` is what was booked at
    dated rates; its time without a rate is `uncosted_seconds`. Time is in one
    row of a project and month, that of the first currency.
    """

    project_id: Text = optional()
    period_month: Date = required()
    currency: Text = optional()
    duration_seconds: Number = required()
    allocated_seconds: Number = required(ge=0)
    demand_seconds: Number = required(ge=0)
    cost_amount: Number = required()
    uncosted_seconds: Number = required()


def overbooking(
    allocation: pd.DataFrame, planned_calendar_by_person_month: pd.DataFrame, *, status_date: pd.Timestamp
) -> DataFrame[Overbooking]:
    """Promises beyond a person's calendar after `status_date`, from the register `allocation` and a mart."""
    to_come = allocation[
        (allocation[Allocation.period_month] > status_date) & (allocation[Allocation.allocated_seconds] > 0)
    ]
    found = to_come.groupby(_KEY, as_index=False).agg(
        project_count=(Allocation.project_id, "nunique"),
        project_ids=(Allocation.project_id, lambda names: ", ".join(sorted(set(names)))),
        allocated_seconds=(Allocation.allocated_seconds, "sum"),
    )
    found = found.merge(planned_calendar_by_person_month, on=_KEY, how="left")
    found[Overbooking.calendar_seconds] = found[Overbooking.calendar_seconds].fillna(0.0)
    found[Overbooking.excess_seconds] = found[Overbooking.allocated_seconds] - found[Overbooking.calendar_seconds]
    kept = found[found[Overbooking.excess_seconds] > 0]
    order = [Overbooking.excess_seconds, *_KEY]
    kept = kept.sort_values(order, ascending=[False, True, True], ignore_index=True)
    return checked(Overbooking, kept[list(Overbooking.to_schema().columns)])


def booked_promised_asked(
    effort_by_person_month: pd.DataFrame,
    allocation: pd.DataFrame,
    demand: pd.DataFrame,
    cost_by_project_month: pd.DataFrame,
) -> DataFrame[BookedPromisedAsked]:
    """Time booked, promised and asked for by project and month, with cost: two marts and two registers, summed."""
    key = [Effort.project_id, Effort.period_month]
    sums = {
        BookedPromisedAsked.duration_seconds: effort_by_person_month[[*key, Effort.duration_seconds]],
        BookedPromisedAsked.allocated_seconds: allocation[[*key, Allocation.allocated_seconds]],
        BookedPromisedAsked.demand_seconds: planned_demand_of(demand)[[*key, Demand.demand_seconds]],
    }
    both = pd.concat([rows.groupby(key, dropna=False)[name].sum() for name, rows in sums.items()], axis=1)
    times = both.fillna(0.0).reset_index()
    cost = cost_by_project_month.groupby([*key, Cost.currency], dropna=False, as_index=False)[
        [Cost.cost_amount, Cost.uncosted_seconds]
    ].sum()
    rows = times.merge(cost, on=key, how="outer").sort_values([*key, Cost.currency], ignore_index=True)
    numbers = [*sums, Cost.cost_amount, Cost.uncosted_seconds]
    rows[numbers] = rows[numbers].fillna(0.0)
    rows[list(sums)] = rows[list(sums)].where(~rows.duplicated(key), 0.0)
    return checked(BookedPromisedAsked, rows[list(BookedPromisedAsked.to_schema().columns)])
