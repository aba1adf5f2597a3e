"""What capacity is reckoned from, as a view of the warehouse gives it."""

from __future__ import annotations

from pmo_analytics.resources.capacity_demand import planned_demand, project_effort_ratio
from pmo_analytics.resources.capacity_draws import CapacityInputs
from pmo_analytics.resources.delivery_factors import delivery_factor
from pmo_analytics.warehouse.view import View


def capacity_inputs(view: View) -> CapacityInputs:
    """Plans as they are; what categories of projects are run work, pmo.toml says."""
    return CapacityInputs(
        view.run(planned_demand),
        view.table("planned_calendar_by_person_month"),
        view.table("person_skill"),
        view.run(delivery_factor, run_categories=view.workspace.run_categories),
        view.run(project_effort_ratio),
        skill=view.table("skill"),
    )
