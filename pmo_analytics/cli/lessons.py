"""Commands of lessons: search them, see which a project needs, record what came of it, tend the repository."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pmo_analytics.cli.application import (
    DONE,
    REJECTED,
    AsOfOption,
    JsonOption,
    VersionOption,
    WorkspaceOption,
    app,
    one_of,
)
from pmo_analytics.errors import UsageError, nearest

if TYPE_CHECKING:
    import pandas as pd

    from pmo_analytics.warehouse import View, Warehouse

lessons = typer.Typer(
    name="lessons",
    help="Lessons, project documents and reviews: search them, see which a project needs, say what came of it.",
    no_args_is_help=True,
)
app.add_typer(lessons)

_KINDS = ("lesson", "document", "review")
_USE = ("lesson_id", "project_id", "shown_on_date", "applied", "recurred", "outcome_note")
ProjectArgument = Annotated[str, typer.Argument(metavar="PROJECT", help="The project's identifier.")]


@lessons.command()
def search(
    text: Annotated[str, typer.Argument(help="What is sought, in words.")],
    kind: Annotated[str | None, typer.Option("--kind", help="lesson, document or review.")] = None,
    category: Annotated[str | None, typer.Option("--category", help="Of this category alone.")] = None,
    project: Annotated[str | None, typer.Option("--project", help="Of this project alone.")] = None,
    portfolio: Annotated[str | None, typer.Option("--portfolio", help="Of this portfolio alone.")] = None,
    state: Annotated[
        str | None, typer.Option("--state", help="draft, in_review, published or retired; by default all but retired.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", help="Print at most this many.", min=1)] = 10,
    as_of: AsOfOption = None,
    version: VersionOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """What was learned about something: lessons, documents and reviews by words and meaning, with counts by facet.

    Nothing dated after the reporting date is found. Repetitions count as the
    lesson that they repeat.
    """
    from pmo_analytics.cli.lessons_tables import print_found
    from pmo_analytics.lesson_search import lesson_search
    from pmo_analytics.warehouse import Warehouse

    one_of("--kind", kind, _KINDS)
    if not text.strip():
        raise UsageError("there is nothing to search for", expected="a few words, such as 'late supplier'")
    given = {"text_kind": kind, "category": category, "project_id": project, "portfolio": portfolio, "state": state}
    where = {name: value for name, value in given.items() if value is not None}
    with Warehouse.open(workspace).at(as_of, version) as view, lesson_search(view) as found:
        answer = found.search(text, where=where, most=limit)
        print_found(answer, len(found.texts), _stamp(view), as_json=json)
    return DONE


@lessons.command(name="for")
def lessons_for(
    project: ProjectArgument,
    record: Annotated[
        bool, typer.Option("--record", help="Note today that these were put before the project, as a load of its own.")
    ] = False,
    as_of: AsOfOption = None,
    version: VersionOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Which published lessons a project should see, and which of its risks and words brought each."""
    from pmo_analytics.cli.lessons_tables import print_pushed
    from pmo_analytics.knowledge.lessons_for_project import lessons_for_project
    from pmo_analytics.performance.raid_log import open_risks
    from pmo_analytics.portfolio.membership import only
    from pmo_analytics.warehouse import Warehouse

    opened = Warehouse.open(workspace)
    with opened.at(as_of, version) as view:
        own = only(view.table("project"), project)
        found = view.run(lessons_for_project, project=own, open_risks=view.run(open_risks))
        stamp = _stamp(view)
    print_pushed(found, project, stamp, as_json=json)
    if not record or found.empty:
        return DONE
    rows = [{"lesson_id": str(name), "project_id": project} for name in found["lesson_id"]]
    return _recorded(opened, rows, is_silent=json)


@lessons.command()
def use(
    lesson: Annotated[str, typer.Argument(metavar="LESSON", help="The lesson's identifier.")],
    project: ProjectArgument,
    applied: Annotated[
        bool | None, typer.Option("--applied/--not-applied", help="Whether the project acted on it.")
    ] = None,
    recurred: Annotated[
        bool | None, typer.Option("--recurred/--not-recurred", help="Whether it happened to the project again.")
    ] = None,
    note: Annotated[str | None, typer.Option("--note", help="What came of it; never a person's name.")] = None,
    shown: Annotated[
        str | None, typer.Option("--shown", help="The day it was shown; by default the last one known, else today.")
    ] = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Record that a lesson was shown to a project, applied or not, and whether it happened again.

    It is loaded as a row of the register lesson_use, a load of its own; what is
    not given stays as it was for that day.
    """
    from pmo_analytics.warehouse import Warehouse
    from pmo_analytics.warehouse.as_of import parse_as_of

    opened = Warehouse.open(workspace)
    with opened.everything() as view:
        _known(view.table("lesson"), "lesson_id", lesson)
        _known(view.table("project"), "project_id", project)
        uses = view.table("lesson_use")
    own = uses[(uses["lesson_id"] == lesson) & (uses["project_id"] == project)].sort_values("shown_on_date")
    row: dict[str, Any] = {"lesson_id": lesson, "project_id": project}
    if shown is not None:
        row["shown_on_date"] = parse_as_of(shown)
        own = own[own["shown_on_date"].dt.date == row["shown_on_date"]]
    if len(own):
        last = own.iloc[-1].dropna().to_dict()
        row = {str(name): value for name, value in last.items()} | {"shown_on_date": last["shown_on_date"].date()}
    given = {"applied": applied, "recurred": recurred, "outcome_note": note}
    row |= {name: value for name, value in given.items() if value is not None}
    return _recorded(opened, [row], is_silent=json, as_json=json)


@lessons.command()
def review(
    days: Annotated[int, typer.Option("--days", help="Days after which a review is overdue.", min=0)] = 30,
    as_of: AsOfOption = None,
    version: VersionOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """What waits for its review, what is wrong in the workflow, and which finished projects lack their review."""
    from pmo_analytics.cli.lessons_tables import print_review
    from pmo_analytics.knowledge.lesson_workflow import lesson_findings
    from pmo_analytics.knowledge.review_outcomes import review_outcomes
    from pmo_analytics.warehouse import Warehouse

    opened = Warehouse.open(workspace)
    with opened.at(as_of, version) as view:
        stamp, outcomes = _stamp(view), view.run(review_outcomes)
    # All rows of a lesson, so that a wrong step from one state to another shows.
    with opened.everything(version) as whole:
        findings = whole.run(
            lesson_findings, status_date=_day(stamp), review_days=days
        )  # fmt: skip
    print_review(findings, outcomes, stamp, as_json=json)
    return DONE


@lessons.command()
def duplicates(
    least: Annotated[
        float, typer.Option("--least", help="Share of terms that two have in common, 0 to 1.", min=0.2, max=1.0)
    ] = 0.6,
    as_of: AsOfOption = None,
    version: VersionOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Pairs of lessons that say nearly the same, which of the two to keep, and why."""
    from pmo_analytics.cli.lessons_tables import print_duplicates
    from pmo_analytics.knowledge.lesson_duplicates import lesson_duplicates
    from pmo_analytics.warehouse import Warehouse

    with Warehouse.open(workspace).at(as_of, version) as view:
        found = view.run(lesson_duplicates, least_similarity=least)
        print_duplicates(found, _stamp(view), as_json=json)
    return DONE


def _stamp(view: View) -> dict[str, Any]:
    return {"as_of": view.as_of.isoformat(), "version": view.version}


def _day(stamp: dict[str, Any]) -> pd.Timestamp:
    import pandas as pd

    return pd.Timestamp(stamp["as_of"])


def _known(frame: pd.DataFrame, column: str, value: str) -> None:
    names = frame[column].astype(str).unique().tolist()
    if value not in names:
        close = nearest(value, names)
        raise UsageError(
            f"there is no such {column.removesuffix('_id')}",
            found=value,
            expected="one of the register" if names else "a register that is loaded",
            hint=f"did you mean {close!r}?" if close else None,
        )


def _recorded(opened: Warehouse, rows: list[dict[str, Any]], *, is_silent: bool = False, as_json: bool = False) -> int:
    """Load the rows of the register lesson_use as any export is; what became of them is told."""
    from dataclasses import asdict
    from datetime import UTC
    from pathlib import Path
    from tempfile import TemporaryDirectory
    from zoneinfo import ZoneInfo

    from pmo_analytics.exchange.register_csv import write
    from pmo_analytics.ingest import IngestOptions, ingest_file
    from pmo_analytics.system import edges
    from pmo_analytics.terminal import print_json, print_load

    today = edges().now().replace(tzinfo=UTC).astimezone(ZoneInfo(opened.workspace.time_zone)).date()
    cells = [[({"shown_on_date": today} | row).get(column) for column in _USE] for row in rows]
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"lesson_use_{today}.csv"
        write(path, _USE, cells)
        result = ingest_file(opened.workspace, path, IngestOptions(), edges())
    if as_json:
        print_json(asdict(result))
    elif not is_silent:
        print_load(result)
    return REJECTED if result.rows["rejected"] else DONE
