"""Commands that run pipelines by a timer: see, install and remove it, and the run that it calls."""

from __future__ import annotations

from typing import Annotated

import typer

from pmo_analytics.cli.application import DONE, JsonOption, WorkspaceOption, app, find_workspace, one_of
from pmo_analytics.errors import UsageError
from pmo_analytics.workspace import Workspace

schedule = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Run pipelines by cron or systemd: what is due, when, and how the last runs ended.",
)
app.add_typer(schedule, name="schedule")

PipelineArgument = Annotated[
    str | None, typer.Argument(help="Which one, such as monthly; by default every one that states a time.")
]
KindOption = Annotated[
    str | None, typer.Option("--kind", help="cron or systemd; by default systemd where there is a user manager.")
]


@schedule.command()
def show(pipeline: PipelineArgument = None, workspace: WorkspaceOption = None, json: JsonOption = False) -> int:
    """When pipelines run, what is due, which timers are installed, how the last scheduled run ended."""
    from pmo_analytics.cli.schedule_tables import print_schedules, schedules
    from pmo_analytics.system import now_in_utc

    place = find_workspace(workspace)
    print_schedules(schedules(place, _names(pipeline, place), now_in_utc()), place, as_json=json)
    return DONE


@schedule.command()
def install(
    pipeline: PipelineArgument = None,
    kind: KindOption = None,
    only_print: Annotated[bool, typer.Option("--print", help="Show what would be installed; change nothing.")] = False,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Install the timer of a pipeline, or of every one that states a time; again changes nothing."""
    from pmo_analytics.cli.schedule_tables import print_installed, print_planned
    from pmo_analytics.reporting.pipeline_settings import find_pipeline
    from pmo_analytics.scheduling import installation
    from pmo_analytics.system import now_in_utc

    one_of("--kind", kind, installation.KINDS)
    place = find_workspace(workspace)
    chosen = kind or installation.usual_kind()
    timers = [
        installation.planned(find_pipeline(name, place), place, chosen, now_in_utc(), installation.cron_zone())
        for name in _names(pipeline, place)
    ]
    if only_print:
        print_planned(timers, as_json=json)
        return DONE
    print_installed([(timer, installation.install(timer)) for timer in timers], as_json=json)
    return DONE


@schedule.command()
def remove(
    pipeline: PipelineArgument = None,
    kind: KindOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Take out the timer of a pipeline, or of every one, and nothing else."""
    from pmo_analytics.cli.schedule_tables import print_removed
    from pmo_analytics.reporting.pipeline_settings import find_pipeline, pipeline_names
    from pmo_analytics.scheduling import installation

    one_of("--kind", kind, installation.KINDS)
    place = find_workspace(workspace)
    names = [find_pipeline(pipeline, place).name] if pipeline else pipeline_names(place)
    calls = [installation.call_of(name, place) for name in names]
    kinds = [kind] if kind else list(installation.KINDS)
    removed = [(call, each) for call in calls for each in kinds if installation.remove(call, each)]
    print_removed(removed, as_json=json)
    return DONE


@schedule.command()
def run(
    pipeline: Annotated[str, typer.Argument(help="Which one, such as monthly.")],
    wait: Annotated[
        float, typer.Option("--wait", min=0, help="Seconds to wait for another scheduled run to end.")
    ] = 1800,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="Print nothing where nothing is due or all went well.")
    ] = False,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """What the timer calls: load the inbox, run what is due and has no good pack, the oldest first."""
    from pmo_analytics.cli.schedule_tables import print_scheduled_run
    from pmo_analytics.scheduling.scheduled_run import scheduled_run
    from pmo_analytics.system import edges, now_in_utc
    from pmo_analytics.terminal import say

    place = find_workspace(workspace)
    state = scheduled_run(
        pipeline, workspace=place, clock=now_in_utc, edges=edges(), wait_seconds=wait,
        tell=(lambda _: None) if json or quiet else say,
    )  # fmt: skip
    print_scheduled_run(pipeline, state, as_json=json, is_quiet=quiet)
    return DONE if state is None else state.exit_code or DONE


def _names(pipeline: str | None, place: Workspace) -> list[str]:
    """The pipelines asked for: the one named, else those that state a time."""
    from pmo_analytics.reporting.pipeline_settings import find_pipeline, pipeline_names

    if pipeline is not None:
        return [find_pipeline(pipeline, place).name]
    found = [name for name in pipeline_names(place) if find_pipeline(name, place).run_time is not None]
    if not found:
        raise UsageError("no pipeline states a time", expected='such as schedule = "working day 3 at 06:30"')
    return found
