"""What the development of people is reckoned from, as a view of the warehouse gives it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from pmo_analytics.resources.capacity import capacity_outlook
from pmo_analytics.resources.capacity_demand import planned_demand, project_effort_ratio
from pmo_analytics.resources.delivery_factors import delivery_factor
from pmo_analytics.resources.effort_cost import hourly_cost
from pmo_analytics.resources.overload import team_overload
from pmo_analytics.resources.utilisation import utilisation
from pmo_analytics.warehouse.view import View


def capacity_forecast(view: View, months: int) -> pd.DataFrame:
    """The forecast of capacity of the months to come, as the page on capacity has it."""
    found: pd.DataFrame = view.run(
        capacity_outlook,
        planned_demand=view.run(planned_demand),
        delivery_factor=view.run(delivery_factor, run_categories=view.workspace.run_categories),
        project_effort_ratio=view.run(project_effort_ratio),
        months=months,
    )
    return found


def overload(view: View) -> pd.DataFrame:
    """Signs of overload by team and month."""
    found: pd.DataFrame = view.run(team_overload, utilisation=view.run(utilisation))
    return found


def worth_of_an_hour(view: View) -> dict[str, Any]:
    """What an hour that training closes would cost elsewhere, as options of the choice, and the currency of it.

    A contractor's hour by `[capacity]` of pmo.toml, else what an own hour has
    cost; empty where neither is known.
    """
    stated = view.workspace.capacity
    if "contractor_hourly_amount" in stated and "currency" in stated:
        amount, currency = float(stated["contractor_hourly_amount"]), str(stated["currency"])
        return {"worth_hourly_amount": amount, "currency": currency}
    own = hourly_cost(view.table("cost_by_project_month"), None, status_date=pd.Timestamp(view.as_of))
    return {} if own is None else {"worth_hourly_amount": own.amount, "currency": own.currency}
