"""Commands that estimate work from what past work took."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pmo_analytics.cli.application import DONE, AsOfOption, JsonOption, VersionOption, WorkspaceOption, app

_OF_SIZE = ("p50_value", "p80_value", "p90_value", "mean_value")

if TYPE_CHECKING:
    import pandas as pd

    from pmo_analytics.resources.effort_cost import HourlyCost
    from pmo_analytics.resources.effort_estimate import EffortEstimate


@app.command()
def estimate(
    text: Annotated[str, typer.Argument(help="The work in words, such as 'migrate billing to SAP'.")],
    work_class: Annotated[str | None, typer.Option("--class", help="The class of work, such as Feature.")] = None,
    hours: Annotated[float | None, typer.Option("--hours", help="Its estimate in hours, if there is one.")] = None,
    size: Annotated[
        float | None, typer.Option("--size", help="Its size in its class's own unit, such as points.")
    ] = None,
    project: Annotated[str | None, typer.Option("--project", help="The project's identifier.")] = None,
    as_of: AsOfOption = None,
    version: VersionOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """What work like this really took: P50, P80 and P90, how such forecasts did here, and the past items."""
    import pandas as pd

    from pmo_analytics.reporting.past_work import past_of
    from pmo_analytics.resources.effort_cost import hourly_cost
    from pmo_analytics.resources.effort_estimate import effort_estimate
    from pmo_analytics.resources.past_items import Question, finished_items
    from pmo_analytics.resources.similar_items import similar_items
    from pmo_analytics.resources.size_question import size_answer
    from pmo_analytics.warehouse import Warehouse

    asked = Question(text.strip(), work_class, project, None if hours is None else 3600.0 * hours)
    with Warehouse.open(workspace).at(as_of, version) as view:
        history, known, texts = past_of(view, asked)
        status_date, number = pd.Timestamp(view.as_of), view.version
        costs = view.table("cost_by_project_month")
    found = effort_estimate(history, asked, status_date=status_date, known=known)
    of_size = None
    if size is not None:
        of_size = size_answer(history, found.question.work_class, size, status_date=status_date)
    rate = hourly_cost(costs, found.question.project_id, status_date=status_date)
    items = finished_items(history, status_date, has_estimate=hours is not None)
    similar = similar_items(items, found.question, texts)
    if json:
        _print_json(found, similar, rate, of_size, status_date, number)
    else:
        _print(found, similar, rate, of_size, status_date, number)
    return DONE


def _basis(found: EffortEstimate) -> str:
    from pmo_analytics.resources.past_items import MOST_ITEMS

    left_out = f"; {found.left_out:,} left out for want of figures or dates" if found.left_out else ""
    last = f"the last {MOST_ITEMS:,} of " if found.items > MOST_ITEMS else ""
    return f"{last}{found.items:,} finished items{left_out}"


def _rows(found: EffortEstimate, rate: HourlyCost | None) -> list[tuple[Any, ...]]:
    """Hours, ratio, cost and elapsed days by level, as far as they are known."""
    rows: list[tuple[Any, ...]] = [("hours", *(f"{value:,.1f}" for value in found.hours.values()))]
    if found.ratios:
        rows.append(("actual over estimate", *(f"{value:.2f}" for value in found.ratios.values())))
    if rate is not None:
        rows.append((f"cost, {rate.currency}", *(f"{value:,.0f}" for value in rate.of(found.hours).values())))
    if found.elapsed:
        rows.append(("calendar days", *(f"{value:,.0f}" for value in found.elapsed.values())))
    return rows


def _print(
    found: EffortEstimate,
    similar: pd.DataFrame,
    rate: HourlyCost | None,
    of_size: pd.DataFrame | None,
    status_date: pd.Timestamp,
    version: int,
) -> None:
    from pmo_analytics.cli.evidence import tuples
    from pmo_analytics.resources.past_items import MOST_ITEMS
    from pmo_analytics.terminal import print_table, say

    unit = "A/E" if found.question.estimate_seconds is not None else "h"
    if found.hours:
        columns = ["", *(f"P{level}" for level in found.hours)]
        print_table(columns, _rows(found, rate))
        say(f"by {found.method}, from {_basis(found)}; {status_date:%Y-%m-%d}, version {version}\n")
    say(found.record + ("" if found.hours else f" There are {_basis(found)}; {status_date:%Y-%m-%d}."))
    if found.elapsed:
        say(f"\nCalendar days from estimate to finish, both counted. {found.elapsed_record}")
    if rate is not None and found.hours:
        where = rate.project_id or "the whole organisation"
        left_out = f", {rate.uncosted_hours:,.0f} more without that rate" if rate.uncosted_hours else ""
        say(
            f"\nCost at {rate.amount:,.2f} {rate.currency} an hour: the mean of {rate.hours:,.0f} hours of {where} in "
            f"twelve months{left_out}."
        )
    if of_size is not None:
        _print_of_size(of_size)
    say("\nReference classes, widest first" + ("" if found.method == "reference classes" else " (not used)"))
    print_table(
        ["class", "items", "weight", *(f"P{level} {unit}" for level in (50, 80, 90)), "why"],
        [
            (
                step.name,
                step.items,
                f"{100 * step.share:.0f} %",
                *(f"{step.quantiles[level]:.2f}" if step.quantiles else "–" for level in (50, 80, 90)),
                step.why,
            )
            for step in found.trail
        ],
    )
    among = f" among the last {MOST_ITEMS:,}" if found.items > MOST_ITEMS else ""
    say(f"\nPast items most like it{among}")
    print_table(
        ["item", "project", "class", "estimate h", "actual h", "A/E", "finished", "likeness", "text"],
        [
            (
                row["item_id"],
                row["project_id"],
                row["work_class"],
                f"{row['estimate_seconds'] / 3600:,.1f}",
                f"{row['actual_seconds'] / 3600:,.1f}",
                "–" if row["ratio"] is None else f"{row['ratio']:.2f}",
                f"{row['finished_on_date']:%Y-%m-%d}",
                f"{row['likeness']:.2f}",
                row["text"][:60],
            )
            for row in (dict(zip(similar.columns, each, strict=True)) for each in tuples(similar))
        ],
    )


def _print_of_size(of_size: pd.DataFrame) -> None:
    from pmo_analytics.cli.evidence import records
    from pmo_analytics.terminal import print_table, say

    rows = records(of_size)
    say(f"\nFrom its size of {rows[0]['size']:g}, {rows[0]['work_class']}")
    print_table(
        ["", "P50", "P80", "P90", "mean", "items", "by", "record"],
        [
            (
                f"{row['outcome_kind']}, {row['outcome_unit']}",
                *("–" if row[name] is None else f"{row[name]:,.1f}" for name in _OF_SIZE),
                row["items_known"],
                row["method"],
                "; ".join(part for part in (row["verdict"], row["quality_note"]) if part),
            )
            for row in rows
        ],
    )


def _print_json(
    found: EffortEstimate,
    similar: pd.DataFrame,
    rate: HourlyCost | None,
    of_size: pd.DataFrame | None,
    status_date: pd.Timestamp,
    version: int,
) -> None:
    from pmo_analytics.cli.evidence import records
    from pmo_analytics.terminal import print_json

    columns = [
        "item_id", "project_id", "work_class", "text", "estimate_seconds", "actual_seconds", "ratio",
        "estimated_on_date", "finished_on_date", "likeness", "actual_source",
    ]  # fmt: skip
    print_json(
        {
            "as_of": status_date.date().isoformat(), "version": version, "question": vars(found.question),
            "items": found.items, "left_out": found.left_out, "method": found.method,
            "hours": {f"p{level}": value for level, value in found.hours.items()},
            "ratios": {f"p{level}": value for level, value in found.ratios.items()},
            "record": found.record,
            "calendar_days": {f"p{level}": value for level, value in found.elapsed.items()},
            "calendar_days_record": found.elapsed_record,
            "cost": None
            if rate is None
            else {f"p{level}": value for level, value in rate.of(found.hours).items()} | {"rate": vars(rate)},
            "from_size": None if of_size is None else records(of_size),
            "classes": [
                vars(step) | {"quantiles": {f"p{level}": value for level, value in step.quantiles.items()}}
                for step in found.trail
            ],
            "similar_items": records(similar[columns]),
            "passport": records(found.passport.frame()),
        }
    )  # fmt: skip
