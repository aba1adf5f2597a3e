"""What the command on levelling prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from pmo_analytics.reporting.levelling_inputs import LevellingInputs
    from pmo_analytics.resources.demand_levelling import LevelledDemand

_HOUR = 3600.0
NOTHING = (
    "Nothing is asked for in the months to come, or nobody's time is known: load the registers demand, person, "
    "person_skill and working_calendar."
)
NO_TASKS = "No schedule with an open task is loaded: load a schedule of Microsoft Project or Primavera P6."
_TOKENS = "Persons are tokens, in order of projects; what stands here are plans and says nothing of how anybody works."
_UNPROVEN = "The search ran into its limit: a better plan is possible."


@dataclass(frozen=True)
class TaskAnswer:
    """A `TaskLevelling` and the `WeeklySkillLoad` beside it."""

    rows: pd.DataFrame
    loads: pd.DataFrame


@dataclass(frozen=True)
class LevellingAnswer:
    """Frames to print; those that were not asked for are None."""

    inputs: LevellingInputs
    version: int
    months: int
    scenario: str | None = None
    plan: LevelledDemand | None = None
    ends: pd.DataFrame | None = None
    tasks: TaskAnswer | None = None
    is_assigned: bool = False
    handover: pd.DataFrame | None = None
    is_with_tasks: bool = False

    @property
    def unmet(self) -> pd.DataFrame:
        """What nobody covers once work has moved: rows of an `Assignment`."""
        frame = _given(self.plan).after
        return frame[frame["person_id"].isna()]


def as_plain(answer: LevellingAnswer) -> dict[str, Any]:
    """The answer as JSON holds it."""
    from pmo_analytics.cli.evidence import records

    inputs, plan, tasks = answer.inputs, answer.plan, answer.tasks
    return {
        "as_of": inputs.day.date().isoformat(), "version": answer.version, "months": answer.months,
        "scenario": answer.scenario, "priority_basis": inputs.basis,
        "priorities": [] if inputs.priority is None else records(inputs.priority),
        "moves": None if plan is None else records(plan.moves),
        "skill_load": None if plan is None else records(plan.loads),
        "uncovered": None if plan is None else records(answer.unmet),
        "projects": None if answer.ends is None else records(answer.ends),
        "tasks": None if tasks is None else records(tasks.rows),
        "weekly_skill_load": None if tasks is None else records(tasks.loads),
        "assignment": records(_given(plan).after) if answer.is_assigned else None,
        "replanning": None if answer.handover is None else records(answer.handover),
    }  # fmt: skip


def print_levelling(answer: LevellingAnswer) -> None:
    """Print what was asked for, then what projects weigh and what is assumed."""
    from pmo_analytics.terminal import say

    if answer.handover is not None:
        _print_handover(answer.handover)
    elif _given(answer.plan).loads.empty:
        say(f"{NOTHING} {answer.inputs.day:%Y-%m-%d}, version {answer.version}")
        return
    else:
        _print_moves(answer)
        _print_short(answer)
        if answer.is_with_tasks:
            _print_tasks(answer.tasks)
        if answer.is_assigned:
            _print_assignment(_given(answer.plan).after)
    changed = f"; scenario {answer.scenario!r}" if answer.scenario else ""
    say(
        f"\nPriorities: {_basis(answer)}. The {answer.months} months after {answer.inputs.day:%Y-%m-%d}, version "
        f"{answer.version}{changed}.\nAssumed: all that plans ask for comes about, in any part of its month; people "
        "give projects all the time of their calendar that is not leave or promised elsewhere."
    )


def _basis(answer: LevellingAnswer) -> str:
    priority, basis = answer.inputs.priority, answer.inputs.basis
    if priority is None:
        return f"{basis}; `--priorities FILE`, or scores in the registers criterion and criterion_score, weigh them"
    return f"{basis}, of {len(priority)} projects; any other weighs 1"


def _given(plan: LevelledDemand | None) -> LevelledDemand:
    if plan is None:
        raise AssertionError("nothing was levelled")
    return plan


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    from pmo_analytics.cli.evidence import tuples

    return [dict(zip(frame.columns, row, strict=True)) for row in tuples(frame)]


def _hours(seconds: float) -> str:
    value = seconds / _HOUR
    return f"{value:,.0f} h" if value >= 10 or not value else f"{value:,.1f} h"


def _print_moves(answer: LevellingAnswer) -> None:
    from pmo_analytics.terminal import print_table, say

    plan = _given(answer.plan)
    short, left = plan.loads["short_seconds"].sum(), plan.loads["left_short_seconds"].sum()
    if plan.moves.empty:
        say("No work has to move." if not short else f"No move makes less short than the {_hours(short)} that are.")
    else:
        say(f"What moves: of {_hours(short)} short, {_hours(left)} are short once work has moved")
        print_table(
            ["project", "skill", "level", "from", "to", "frees", "what for", "delays"],
            [
                (
                    row["project_id"], row["skill_id"], row["level"] or "any", f"{row['period_month']:%Y-%m}",
                    f"{row['to_month']:%Y-%m}", _hours(row["moved_seconds"]), row["resolved_overload"],
                    row["delayed_work"],
                )
                for row in _rows(plan.moves)
            ],
        )  # fmt: skip
        if not plan.moves["is_proven"].all():
            say(_UNPROVEN)
    late = [row for row in _rows(answer.ends) if row["late_months"]] if answer.ends is not None else []
    if late:
        say("\nProjects that end late for it")
        print_table(
            ["project", "priority", "baseline ends", "last work planned", "last work levelled", "months late", "moved"],
            [
                (
                    row["project_id"], f"{row['weight']:.3g}", row["baseline_finish_date"] or "not stated",
                    f"{row['planned_last_month']:%Y-%m}", f"{row['levelled_last_month']:%Y-%m}",
                    f"{row['late_months']:.0f}", _hours(row["moved_seconds"]),
                )
                for row in late
            ],
        )  # fmt: skip
    elif len(plan.moves):
        say("No project ends late for it.")


def _print_short(answer: LevellingAnswer) -> None:
    from pmo_analytics.terminal import print_table, say

    loads = _given(answer.plan).loads
    tight = loads[(loads["short_seconds"] > 0) | (loads["left_short_seconds"] > 0)]
    if tight.empty:
        return
    say("\nSkills that are short, before and after")
    print_table(
        ["skill", "month", "asked", "short", "asked after", "short after", "there"],
        [
            (
                row["skill_id"], f"{row['period_month']:%Y-%m}", _hours(row["demand_seconds"]),
                _hours(row["short_seconds"]), _hours(row["levelled_seconds"]), _hours(row["left_short_seconds"]),
                _hours(row["capacity_seconds"]),
            )
            for row in _rows(tight)
        ],
    )  # fmt: skip
    say("There: all who have the skill; their time counts for each of their skills, what is short person by person.")
    if len(answer.unmet):
        say("\nWhat stays short")
        print_table(
            ["project", "skill", "level", "month", "hours", "why"],
            [
                (
                    row["project_id"], row["skill_id"], row["level"] or "any", f"{row['period_month']:%Y-%m}",
                    _hours(row["assigned_seconds"]), row["reason"],
                )
                for row in _rows(answer.unmet)
            ],
        )  # fmt: skip


def _print_tasks(tasks: TaskAnswer | None) -> None:
    from pmo_analytics.terminal import print_table, say

    if tasks is None:
        say(f"\n{NO_TASKS}")
        return
    moved = tasks.rows[tasks.rows["shift_days"] > 0]
    short, left = tasks.loads["short_seconds"].sum(), tasks.loads["left_short_seconds"].sum()
    say(
        f"\nTasks: {len(moved)} of {len(tasks.rows)} open ones start later; of {_hours(short)} short by the week, "
        f"{_hours(left)} are short then"
    )
    if len(moved):
        print_table(
            ["task", "name", "project", "planned", "levelled", "days later", "frees", "what for", "delays"],
            [
                (
                    f"{row['schedule_id']}/{row['task_id']}", row["name"], row["project_id"], row["planned_start_date"],
                    row["levelled_start_date"], f"{row['shift_days']:.4g}", row["freed_work"],
                    row["resolved_overload"], row["delayed_work"],
                )
                for row in _rows(moved)
            ],
        )  # fmt: skip
    if not tasks.rows["is_proven"].all():
        say(_UNPROVEN)
    for note, rows in tasks.rows.groupby("quality_note"):
        names = [f"{row['schedule_id']}/{row['task_id']}" for row in _rows(rows)]
        say(f"{', '.join(names[:5])}{f' and {len(names) - 5} more' if len(names) > 5 else ''}: {note}")


def _print_assignment(assignment: pd.DataFrame) -> None:
    from pmo_analytics.terminal import print_table, say

    rows = _rows(assignment[assignment["person_id"].notna()])
    say(f"\nWho could do what, once work has moved. {_TOKENS}" if rows else "\nNobody could do what is asked for.")
    if rows:
        print_table(
            ["project", "skill", "level", "month", "person", "hours", "basis", "why"],
            [
                (
                    row["project_id"], row["skill_id"], row["level"] or "any", f"{row['period_month']:%Y-%m}",
                    row["person_id"], _hours(row["assigned_seconds"]), row["assignment_basis"], row["reason"],
                )
                for row in rows
            ],
        )  # fmt: skip


def _print_handover(handover: pd.DataFrame) -> None:
    from pmo_analytics.terminal import print_table, say

    if handover.empty:
        say("Nothing changes: the person is on nothing in the months looked at, or is there to do it.")
        return
    gone = handover[handover["plan_change"] == "leaves"]
    lost = (gone["assigned_seconds"] - gone["replanned_seconds"]).sum()
    left = handover.loc[handover["plan_change"] == "uncovered", "replanned_seconds"].sum()
    say(f"Of {_hours(lost)} to hand over, {_hours(left)} stay uncovered. {_TOKENS}")
    print_table(
        ["month", "project", "skill", "level", "person", "change", "before", "after", "why"],
        [
            (
                f"{row['period_month']:%Y-%m}", row["project_id"], row["skill_id"] or "not stated",
                "" if row["level"] is None else row["level"] or "any", row["person_id"] or "nobody",
                row["plan_change"], _hours(row["assigned_seconds"]), _hours(row["replanned_seconds"]), row["reason"],
            )
            for row in _rows(handover)
        ],
    )  # fmt: skip
    if not handover["is_proven"].all():
        say(_UNPROVEN)
