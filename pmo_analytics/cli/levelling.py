"""The command that levels work: what moves and why, who could do what, and who takes over when somebody leaves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pmo_analytics.cli.application import DONE, AsOfOption, JsonOption, VersionOption, WorkspaceOption, app
from pmo_analytics.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from pmo_analytics.cli.levelling_tables import TaskAnswer
    from pmo_analytics.reporting.levelling_inputs import LevellingInputs
    from pmo_analytics.warehouse import View

_MOST_MONTHS = 24


@app.command()
def level(
    months: Annotated[int, typer.Option("--months", help="How many months to come, 1 to 24.")] = 6,
    tasks: Annotated[bool, typer.Option("--tasks", help="Starts of scheduled tasks too, by the working day.")] = False,
    assign: Annotated[bool, typer.Option("--assign", help="Who could do what once work has moved.")] = False,
    leaver: Annotated[
        str | None,
        typer.Option("--leaver", help="Who takes over from this person: a token, or an identifier of the register."),
    ] = None,
    on: Annotated[
        str | None, typer.Option("--on", help="The leaver's last day, by default the reporting date.")
    ] = None,
    priorities: Annotated[
        Path | None, typer.Option("--priorities", help="What projects weigh: a CSV file with project_id and weight.")
    ] = None,
    scenario: Annotated[
        str | None, typer.Option("--scenario", help="A scenario of `pmo capacity`, applied before levelling.")
    ] = None,
    as_of: AsOfOption = None,
    version: VersionOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Which work moves to which month so that nobody is asked for more than there is; what that frees and delays."""
    from pmo_analytics.cli.capacity import FOLDER
    from pmo_analytics.cli.levelling_tables import LevellingAnswer, as_plain, print_levelling
    from pmo_analytics.cli.scenario_files import scenarios_of
    from pmo_analytics.reporting.levelling_inputs import levelling_inputs
    from pmo_analytics.resources.capacity_scenarios import scenario_of
    from pmo_analytics.terminal import print_json
    from pmo_analytics.warehouse import Warehouse

    _check(months, leaver, on, [name for name, given in _beside(tasks, assign, scenario).items() if given])
    warehouse = Warehouse.open(workspace)
    made = scenarios_of([] if scenario is None else [scenario], warehouse.workspace.root / FOLDER, scenario_of)
    with warehouse.at(as_of, version) as view:
        inputs = levelling_inputs(view, months=months, priorities=priorities, scenario=next(iter(made), None))
        plan = None if leaver is not None else inputs.levelled()
        answer = LevellingAnswer(
            inputs, view.version, months,
            scenario=made[0].name if made else None,
            plan=plan,
            ends=None if plan is None else inputs.ends(plan.moves),
            tasks=_tasks(view, inputs, months) if tasks else None,
            is_with_tasks=tasks,
            is_assigned=assign,
            handover=None if leaver is None else _handover(view, inputs, months, leaver, on),
        )  # fmt: skip
    if json:
        print_json(as_plain(answer))
    else:
        print_levelling(answer)
    return DONE


def _beside(tasks: bool, assign: bool, scenario: str | None) -> dict[str, bool]:
    return {"--tasks": tasks, "--assign": assign, "--scenario": scenario is not None}


def _check(months: int, leaver: str | None, on: str | None, beside: list[str]) -> None:
    if not 1 <= months <= _MOST_MONTHS:
        raise UsageError("--months is out of range", found=str(months), expected=f"1 to {_MOST_MONTHS}")
    if leaver is None and on is not None:
        raise UsageError("--on is the last day of a leaver", hint="name the person with --leaver")
    if leaver is not None and beside:
        raise UsageError(
            "--leaver is answered from the plan as it is", found=", ".join(beside), hint="ask the two one by one"
        )
    if "--tasks" in beside and "--scenario" in beside:
        raise UsageError(
            "tasks are levelled with the registers as they are", found="--tasks, --scenario",
            hint="ask the two one by one",
        )  # fmt: skip


def _tasks(view: View, inputs: LevellingInputs, months: int) -> TaskAnswer | None:
    """What levelling does to scheduled tasks; None where no schedule has an open task."""
    from pmo_analytics.cli.levelling_tables import TaskAnswer
    from pmo_analytics.resources.staffing import weights
    from pmo_analytics.resources.task_levelling import levelled_plan, load_rows, task_rows

    activity = view.table("schedule_activity")
    if activity.empty:
        return None
    plan = levelled_plan(
        activity, view.table("schedule_tie"), inputs.staff.demand, inputs.project, inputs.person,
        inputs.staff.person_skill, view.table("working_calendar"), view.table("absence"), inputs.staff.allocation,
        status_date=inputs.day, months=months, priority=inputs.priority,
    )  # fmt: skip
    rows = task_rows(plan, weights(inputs.priority))
    return TaskAnswer(rows, load_rows(plan)) if len(rows) else None


def _handover(view: View, inputs: LevellingInputs, months: int, leaver: str, on: str | None) -> pd.DataFrame:
    import pandas as pd

    from pmo_analytics.resources.replanning import replanning
    from pmo_analytics.warehouse.as_of import parse_as_of

    last = inputs.day if on is None else pd.Timestamp(parse_as_of(on))
    found: pd.DataFrame = view.run(
        replanning, person_id=_token(view, leaver), left_date=last, months=months, priority=inputs.priority
    )
    return found


def _token(view: View, person: str) -> str:
    """The token of a person named by the register's own identifier; the text itself where none has it."""
    _, rows = view.rows(
        "SELECT coalesce(m.merged_into_id, a.person_id) FROM personal_view.given_person_alias AS a "
        "LEFT JOIN core.person_merge AS m ON m.person_id = a.person_id "
        "WHERE a.source = 'register' AND a.external_key = lower(?)",
        [person],
    )
    return str(rows[0][0]) if len(rows) == 1 else person
