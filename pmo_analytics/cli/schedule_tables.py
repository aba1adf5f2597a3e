"""Schedules as text and as JSON."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pmo_analytics.reporting.pipeline_settings import find_pipeline, pipeline_names
from pmo_analytics.scheduling.installation import SYSTEMD, Timer, call_of, installed
from pmo_analytics.scheduling.run_log import RunState, last_run
from pmo_analytics.scheduling.scheduled_run import due_periods, is_under_way
from pmo_analytics.scheduling.timer_call import TimerCall
from pmo_analytics.terminal import clean, print_json
from pmo_analytics.workspace import Workspace


@dataclass(frozen=True)
class Schedule:
    """One pipeline: when it runs, when next, what is due now, its timers, its last scheduled run."""

    pipeline: str
    title: str
    every: str
    schedule: str | None
    next_due: str | None
    due: list[str]
    timers: list[str]
    last_run: RunState | None


def schedules(workspace: Workspace, names: Sequence[str], now: datetime) -> list[Schedule]:
    """The schedules of pipelines at an instant with a zone."""
    zone = ZoneInfo(workspace.time_zone)
    found = []
    for name in names:
        pipeline = find_pipeline(name, workspace)
        run_time = pipeline.run_time
        following = run_time.next_due(now, zone, workspace.working_days).isoformat() if run_time else None
        due = [end.isoformat() for end in due_periods(pipeline, workspace, now).ends]
        found.append(
            Schedule(
                name,
                pipeline.title,
                pipeline.every,
                str(run_time) if run_time else None,
                following,
                due,
                installed(call_of(name, workspace)),
                last_run(workspace, name),
            )
        )
    return found


def print_schedules(found: Sequence[Schedule], workspace: Workspace, *, as_json: bool) -> None:
    """Print when pipelines run and how their last scheduled runs ended."""
    if as_json:
        print_json([asdict(each) for each in found])
        return
    for each in found:
        print(clean(f"{each.pipeline}: {each.title}, every {each.every}, {each.schedule or 'at no stated time'}"))
        if each.next_due:
            print(f"  next      {datetime.fromisoformat(each.next_due):%a %Y-%m-%d %H:%M} {workspace.time_zone}")
        print(f"  due now   {', '.join(each.due) or 'nothing'}")
        print(f"  timer     {', '.join(each.timers) or f'none: pmo schedule install {each.pipeline}'}")
        print(clean(f"  last run  {run_text(each.last_run, workspace) if each.last_run else 'none'}"))


def run_text(state: RunState, workspace: Workspace) -> str:
    """How a scheduled run ended, in a line."""
    began = datetime.fromisoformat(state.began).astimezone(ZoneInfo(workspace.time_zone))
    if state.exit_code is None:
        return f"{began:%Y-%m-%d %H:%M}, {'under way' if is_under_way(workspace) else 'did not end'}, see {state.log}"
    how = "done" if state.exit_code == 0 else f"ended with {state.exit_code}"
    why = f": {state.reason}" if state.reason else ""
    return f"{began:%Y-%m-%d %H:%M}, {how}, {state.pages} pages, {state.failed} failed{why}, see {state.log}"


def last_runs(workspace: Workspace) -> list[RunState]:
    """The last scheduled run of every pipeline that had one."""
    return [state for name in pipeline_names(workspace) if (state := last_run(workspace, name))]


def print_planned(timers: Sequence[Timer], *, as_json: bool) -> None:
    """Print what would be installed."""
    if as_json:
        print_json([_plain(timer) | {"texts": timer.texts} for timer in timers])
        return
    for timer in timers:
        for name, text in timer.texts.items():
            print(f"# {name}" if timer.kind == SYSTEMD else f"# in the crontab: {timer.call.pipeline}")
            print(clean(text), end="")


def print_installed(timers: Sequence[tuple[Timer, bool]], *, as_json: bool) -> None:
    """Print which timers are installed now, and which were so already."""
    if as_json:
        print_json([_plain(timer) | {"is_changed": changed} for timer, changed in timers])
        return
    for timer, changed in timers:
        print(f"{timer.call.pipeline}: {timer.kind}, {'installed' if changed else 'installed already'}")
    if any(timer.kind == SYSTEMD for timer, _ in timers):
        print("timers of a user stop when the user logs out, unless: loginctl enable-linger")


def print_removed(removed: Sequence[tuple[TimerCall, str]], *, as_json: bool) -> None:
    """Print which timers were taken out."""
    if as_json:
        print_json([{"pipeline": call.pipeline, "kind": kind, "name": call.name} for call, kind in removed])
        return
    for call, kind in removed:
        print(f"{call.pipeline}: {kind}, removed")
    if not removed:
        print("no timer was installed")


def print_scheduled_run(pipeline: str, state: RunState | None, *, as_json: bool, is_quiet: bool) -> None:
    """Print how a scheduled run ended; where it is quiet, only what went wrong."""
    if as_json:
        print_json(None if state is None else asdict(state))
    elif state is None:
        if not is_quiet:
            print(f"{pipeline}: nothing is due")
    elif state.exit_code:
        print(clean(f"pmo: {pipeline} ended with {state.exit_code}: {state.reason or 'pages failed'}"), file=sys.stderr)
        print(clean(f"  see {state.log}"), file=sys.stderr)
    elif not is_quiet:
        print(clean(f"{pipeline}: done, {state.pages} pages, see {state.log}"))


def _plain(timer: Timer) -> dict[str, Any]:
    return {"pipeline": timer.call.pipeline, "kind": timer.kind, "name": timer.call.name}
