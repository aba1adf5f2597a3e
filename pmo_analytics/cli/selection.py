"""The command that chooses projects under budgets, hours and links, and says why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pmo_analytics.cli.application import DONE, AsOfOption, JsonOption, VersionOption, WorkspaceOption, app
from pmo_analytics.cli.scenario_files import scenarios_of
from pmo_analytics.errors import UsageError

if TYPE_CHECKING:
    pass

FOLDER = "selection"
_MOST_POINTS, _MOST_SECONDS = 200, 3600.0


@app.command()
def select(
    scenario: Annotated[
        list[str] | None,
        typer.Option("--scenario", help="Budgets and rules: a TOML file, or its name in selection/. Several compare."),
    ] = None,
    points: Annotated[int, typer.Option("--points", help="About how many points of value against cost, 0 to 200.")] = 8,
    money: Annotated[float, typer.Option("--money", help="How much more of a budget is tried.")] = 10_000.0,
    hours: Annotated[float, typer.Option("--hours", help="How many hours more of a skill and month are tried.")] = 40.0,
    seconds: Annotated[
        float, typer.Option("--seconds", help="The longest search for the choice, and for each of its tables.")
    ] = 60.0,
    as_of: AsOfOption = None,
    version: VersionOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Which proposals to choose: the most value that budgets, hours and links allow, with the reason for each."""
    import pandas as pd

    from pmo_analytics.cli.selection_tables import Details, as_plain, print_selection
    from pmo_analytics.portfolio.selection_answer import answered, cost_frontier, objective_frontier, worths
    from pmo_analytics.portfolio.selection_setup import prepared
    from pmo_analytics.portfolio.selection_terms import SelectionTerms, terms_of
    from pmo_analytics.reporting.selection_inputs import USUAL, selection_registers
    from pmo_analytics.system import solver_output_dropped
    from pmo_analytics.terminal import print_json
    from pmo_analytics.warehouse import Warehouse

    _check("--points", points, 0, _MOST_POINTS)
    _check("--seconds", seconds, 0.1, _MOST_SECONDS)
    _check("--money", money, 0.01, 1e12)
    _check("--hours", hours, 0.01, 1e6)
    warehouse = Warehouse.open(workspace)
    folder = warehouse.workspace.root / FOLDER
    named = scenario or ([USUAL] if (folder / f"{USUAL}.toml").is_file() else [])
    scenarios = scenarios_of(named, folder, terms_of) or [SelectionTerms()]
    with warehouse.at(as_of, version) as view:
        day, number = pd.Timestamp(view.as_of), view.version
        given, fiscal = selection_registers(view, scenarios), view.workspace.budget_rule[0]
    ready = [prepared(given, status_date=day, terms=terms, fiscal_year_start=fiscal) for terms in scenarios]
    made = []
    with solver_output_dropped():
        for each in ready:
            answer = answered(each, seconds=seconds)
            more = worths(answer, money=money, hours=hours, seconds=seconds)
            is_asked = bool(points) and answer.choice.is_found
            cost = cost_frontier(answer, points=points, seconds=seconds) if is_asked else None
            is_asked = is_asked and each.terms.against is not None
            goal = objective_frontier(answer, points=points, seconds=seconds) if is_asked else None
            made.append(Details(answer, more, cost, goal))
    if json:
        print_json(as_plain(made, day=day, version=number))
    else:
        print_selection(made, day=day, version=number)
    return DONE


def _check(option: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise UsageError(f"{option} is out of range", found=f"{value:g}", expected=f"{least:g} to {most:,g}")
