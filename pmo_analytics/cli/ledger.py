"""Commands of the decision ledger: record what is predicted, hold it to what came, show how it did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pmo_analytics.cli.application import DONE, AsOfOption, JsonOption, VersionOption, WorkspaceOption, app
from pmo_analytics.errors import PmoError, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from pmo_analytics.forecasting.prediction_ledger import Moment, StatedRange
    from pmo_analytics.resources.past_items import Question
    from pmo_analytics.warehouse import Warehouse

ledger = typer.Typer(
    name="ledger",
    help="Keep predictions with what they rested on, and score them when outcomes arrive.",
    no_args_is_help=True,
)
app.add_typer(ledger)

ItemOption = Annotated[str | None, typer.Option("--item", help="The item's identifier, such as ABC-12.")]


@ledger.command()
def record(
    text: Annotated[str | None, typer.Argument(help="The work in words; kept beside the prediction.")] = None,
    item: ItemOption = None,
    work_class: Annotated[str | None, typer.Option("--class", help="The class of work, such as Feature.")] = None,
    hours: Annotated[float | None, typer.Option("--hours", help="Its estimate in hours.")] = None,
    project: Annotated[str | None, typer.Option("--project", help="The project's identifier.")] = None,
    low: Annotated[float | None, typer.Option("--low", help="Low end of a stated range, in hours.")] = None,
    high: Annotated[float | None, typer.Option("--high", help="High end of a stated range, in hours.")] = None,
    level: Annotated[float | None, typer.Option("--level", help="How often such ranges are to hold, in %.")] = None,
    by: Annotated[
        str | None, typer.Option("--by", help="Who states it: a group's label. Names of persons are personal data.")
    ] = None,
    as_of: AsOfOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Keep what `pmo estimate` forecasts for an item, or for every open one; or a range that a group states.

    What is not given of an item is taken from the history. By default all is
    seen that is known; with an earlier --as-of the prediction is a backtest,
    flagged and shown apart.
    """
    from pmo_analytics.cli.ledger_tables import print_recorded
    from pmo_analytics.forecasting.prediction_ledger import unrecorded
    from pmo_analytics.resources.past_items import Question
    from pmo_analytics.warehouse import Warehouse
    from pmo_analytics.warehouse.stores.decision_ledger import append_predictions

    asked = Question((text or "").strip(), work_class, project, None if hours is None else 3600.0 * hours)
    for given in (text, item, by):
        _check_text(given)
    said = _stated_range(item, asked, low=low, high=high, level=level, by=by, as_of=as_of)
    if item is None and asked != Question():
        raise UsageError(
            "a prediction is of an item, so that its outcome can be known",
            expected="--item, such as --item ABC-12",
            hint="`pmo estimate` answers without one; `pmo ledger record` alone takes every open item",
        )
    opened = Warehouse.open(workspace)
    moment, history = _seen(opened, as_of)
    item = _spelled(item, history)
    made, refused = _range_made(said, item, history, moment) if said else _forecast(item, asked, history, moment)
    if item is not None and refused:
        raise PmoError(refused[item], hint="nothing was recorded; a range can be: --low, --high, --level, --by")
    kept = append_predictions(opened.workspace, lambda found: unrecorded(made, found.predictions))
    print_recorded(made, kept, refused, history, moment, as_json=json)
    return DONE


@ledger.command()
def score(
    as_of: AsOfOption = None, version: VersionOption = None, workspace: WorkspaceOption = None, json: JsonOption = False
) -> int:
    """Score every prediction whose item is finished; the same outcome again adds nothing, another one a row."""
    from pmo_analytics.cli.ledger_tables import print_scored
    from pmo_analytics.forecasting.prediction_scores import new_scores
    from pmo_analytics.system import edges
    from pmo_analytics.warehouse import Warehouse
    from pmo_analytics.warehouse.stores.decision_ledger import append_scores, read_ledger

    opened = Warehouse.open(workspace)
    with opened.at(as_of or opened.latest_day(), version) as view:
        history, day, known = view.table("estimate_history"), view.as_of, view.version
    now = edges().now()
    kept = append_scores(
        opened.workspace,
        lambda found: new_scores(
            found.predictions, found.scores, history, scored_at=now, status_date=day, warehouse_version=known
        ),
    )
    print_scored(kept, read_ledger(opened.workspace), day, known, as_json=json)
    return DONE


@ledger.command()
def show(
    item: ItemOption = None,
    method: Annotated[str | None, typer.Option("--method", help="Of this method alone: 'stated range'.")] = None,
    lines: Annotated[int, typer.Option("--lines", help="Predictions to print, the latest ones.", min=0)] = 40,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Predictions, what came of them, what has changed since, and how each method did."""
    from pmo_analytics.cli.ledger_tables import print_ledger
    from pmo_analytics.forecasting.prediction_standing import prediction_standing
    from pmo_analytics.forecasting.prediction_summary import prediction_summary
    from pmo_analytics.warehouse import Warehouse
    from pmo_analytics.warehouse.stores.decision_ledger import read_ledger

    opened = Warehouse.open(workspace)
    found = read_ledger(opened.workspace)
    predictions = _chosen(_chosen(found.predictions, "item_id", item), "method", method)
    with opened.at(opened.latest_day()) as view:
        standing = prediction_standing(predictions, found.scores, view.table("estimate_history"))
    summary = prediction_summary(predictions, found.scores)
    print_ledger(standing, summary, found, lines, as_json=json)
    return DONE


def _seen(opened: Warehouse, as_of: str | None) -> tuple[Moment, pd.DataFrame]:
    """When this is, by the real clock and by what can be seen, and the mart of estimates as it is seen."""
    from datetime import UTC
    from zoneinfo import ZoneInfo

    from pmo_analytics.forecasting.prediction_ledger import Moment
    from pmo_analytics.system import edges

    now, latest = edges().now(), opened.latest_day()
    made_on = now.replace(tzinfo=UTC).astimezone(ZoneInfo(opened.workspace.time_zone)).date()
    with opened.at(as_of or latest) as view:
        return Moment(now, made_on, view.as_of, view.version, latest), view.table("estimate_history")


def _stated_range(
    item: str | None,
    asked: Question,
    *,
    low: float | None,
    high: float | None,
    level: float | None,
    by: str | None,
    as_of: str | None,
) -> StatedRange | None:
    """The range that is stated, None where none is; UsageError where it is stated in part, or with a forecast."""
    from pmo_analytics.forecasting.prediction_ledger import StatedRange

    given = {"--item": item, "--low": low, "--high": high, "--level": level, "--by": by}
    if all(value is None for name, value in given.items() if name != "--item"):
        return None
    lacking = [name for name, value in given.items() if value is None]
    if item is None or low is None or high is None or level is None or by is None:
        raise UsageError(
            "a range is stated in part",
            found=f"no {', '.join(lacking)}",
            expected="--item ABC-12 --low 5 --high 20 --level 80 --by 'team north'",
        )
    if (asked.work_class, asked.project_id, asked.estimate_seconds, as_of) != (None, None, None, None):
        raise UsageError(
            "a range is stated now, of an item as it stands",
            expected="no --class, --project, --hours or --as-of beside it",
        )
    return StatedRange(item, low, high, level, by, asked.text or None)


def _range_made(
    said: StatedRange, item: str | None, history: pd.DataFrame, moment: Moment
) -> tuple[pd.DataFrame, dict[str, str]]:
    from dataclasses import replace

    from pmo_analytics.forecasting.prediction_ledger import range_prediction

    return range_prediction(replace(said, item_id=item or said.item_id), history, moment), {}


def _forecast(
    item: str | None, asked: Question, history: pd.DataFrame, moment: Moment
) -> tuple[pd.DataFrame, dict[str, str]]:
    """What is forecast for the item, or for every open one, and why others got none."""
    import pandas as pd

    from pmo_analytics.forecasting.prediction_ledger import forecast_predictions
    from pmo_analytics.resources.effort_predictions import effort_predictions, item_question, open_questions

    questions = open_questions(history) if item is None else [item_question(history, item, asked)]
    found = effort_predictions(history, questions, status_date=pd.Timestamp(moment.status_date))
    return forecast_predictions(found.forecasts, moment), found.refused


def _spelled(item: str | None, history: pd.DataFrame) -> str | None:
    """The item as the history spells it, where it has one that differs in case alone."""
    if item is None:
        return None
    known = history["item_id"].astype(str)
    same = known[known.str.casefold() == item.strip().casefold()].to_list()
    return item.strip() if item.strip() in same or not same else str(same[0])


def _chosen(frame: pd.DataFrame, column: str, value: str | None) -> pd.DataFrame:
    if value is None:
        return frame
    from pmo_analytics.errors import nearest

    kept = frame[frame[column].str.casefold() == value.strip().casefold()]
    if kept.empty:
        close = nearest(value, frame[column].unique())
        raise UsageError(
            f"the ledger has no prediction of {column.removesuffix('_id')} {value!r}",
            hint=f"did you mean {close!r}?" if close else "`pmo ledger show` lists them",
        )
    return kept


def _check_text(text: str | None) -> None:
    try:
        (text or "").encode()
    except UnicodeEncodeError:
        raise UsageError("a text is not UTF-8", found=repr(text)) from None
    if text is not None and not text.strip():
        raise UsageError("an item, a text or a label is empty", expected="leave the option out, or say something")
