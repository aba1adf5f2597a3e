"""The command that tells where capacity falls short, and what may be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pmo_analytics.cli.application import DONE, AsOfOption, JsonOption, VersionOption, WorkspaceOption, app
from pmo_analytics.cli.scenario_files import scenarios_of
from pmo_analytics.errors import UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = "capacity"
_MOST_MONTHS = 60


@app.command()
def capacity(
    skill: Annotated[str | None, typer.Option("--skill", help="One skill's identifier.")] = None,
    months: Annotated[int, typer.Option("--months", help="How many months to come, 1 to 60.")] = 12,
    scenario: Annotated[
        list[str] | None,
        typer.Option("--scenario", help="A scenario to hold against plans: a TOML file, or its name in capacity/."),
    ] = None,
    as_of: AsOfOption = None,
    version: VersionOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """By skill and month: how likely working time falls short, by how much, whom to hire or train by when."""
    import pandas as pd

    from pmo_analytics.cli.capacity_tables import CapacityAnswer, as_plain, print_capacity
    from pmo_analytics.reporting.capacity_inputs import capacity_inputs
    from pmo_analytics.resources.capacity import outlook_of
    from pmo_analytics.resources.capacity_actions import actions_of, rates_of
    from pmo_analytics.resources.capacity_comparison import compared, scenario_costs
    from pmo_analytics.resources.capacity_draws import capacity_draws
    from pmo_analytics.resources.capacity_scenarios import scenario_of
    from pmo_analytics.resources.delivered_hours import delivered_hours_passport
    from pmo_analytics.resources.effort_cost import hourly_cost
    from pmo_analytics.terminal import print_json
    from pmo_analytics.warehouse import Warehouse

    if not 1 <= months <= _MOST_MONTHS:
        raise UsageError("--months is out of range", found=str(months), expected=f"1 to {_MOST_MONTHS}")
    warehouse = Warehouse.open(workspace)
    scenarios = scenarios_of(scenario or [], warehouse.workspace.root / FOLDER, scenario_of)
    with warehouse.at(as_of, version) as view:
        day, number = pd.Timestamp(view.as_of), view.version
        settings, options = view.workspace.capacity, view.workspace.capacity_options
        inputs = capacity_inputs(view)
        cost = hourly_cost(view.table("cost_by_project_month"), None, status_date=day)
        record = view.run(delivered_hours_passport)
    made = capacity_draws(inputs, status_date=day, months=months)
    outlook = outlook_of(made)
    if skill is not None:
        _check_skill(skill, {*outlook["skill_id"], *inputs.skill["skill_id"]})
    rows = actions_of(made, cost, status_date=day, **options)
    own, currency, _ = rates_of(cost, settings.get("currency"))
    rates = {name: settings.get(name) for name in _RATES}
    answer = CapacityAnswer(
        day, number, months, _of(outlook, skill), _of(rows, skill), record, inputs,
        None if not scenarios else _of(compared(inputs, scenarios, status_date=day, months=months), skill),
        scenario_costs(
            inputs, scenarios, status_date=day, months=months, own_hourly_amount=own, currency=currency, **rates
        ),
    )  # fmt: skip
    if json:
        print_json(as_plain(answer))
    else:
        print_capacity(answer)
    return DONE


_RATES = ("hire_cost_amount", "contractor_hourly_amount", "train_cost_amount")


def _of(rows: Any, skill: str | None) -> Any:
    return rows if skill is None else rows[rows["skill_id"] == skill].reset_index(drop=True)


def _check_skill(skill: str, known: Iterable[str]) -> None:
    names = sorted(known)
    if skill not in names:
        close = nearest(skill, names)
        raise UsageError(
            f"no skill {skill!r}", expected=", ".join(names) or "no skill is asked for or assessed",
            hint=f"did you mean {close!r}?" if close else None,
        )  # fmt: skip
