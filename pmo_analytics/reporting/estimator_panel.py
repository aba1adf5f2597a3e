"""The estimator's panel in JupyterLab: a question in four fields, and what work like it really took.

It answers as `pmo estimate` does, from the same functions, each time a field is
left. What is typed and what exports hold are shown as text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from pmo_analytics.contracts.marts import EstimateHistory
from pmo_analytics.errors import PmoError, UsageError
from pmo_analytics.reporting.figure_table import is_missing
from pmo_analytics.reporting.fragments import fragment
from pmo_analytics.reporting.past_work import past_of
from pmo_analytics.resources.effort_estimate import effort_estimate
from pmo_analytics.resources.past_items import Question, finished_items
from pmo_analytics.resources.similar_items import similar_items
from pmo_analytics.warehouse.view import View

if TYPE_CHECKING:
    import ipywidgets

_ANY = "any"
_HOUR = 3600.0


def answer_html(question: Question, view: View) -> str:
    """What work like this took, as a piece of HTML; the refusal of a question that cannot be asked, as one too."""
    status_date = pd.Timestamp(view.as_of)
    history, known, texts = past_of(view, question)
    try:
        found = effort_estimate(history, question, status_date=status_date, known=known)
    except PmoError as problem:
        return fragment("estimate_answer", problem=str(problem), found=None, similar=[], as_of=None, version=None).html
    has_estimate = question.estimate_seconds is not None
    items = finished_items(history, status_date, has_estimate=has_estimate)
    similar = similar_items(items, found.question, texts)
    return fragment(
        "estimate_answer", problem="", found=found, similar=[_told(row) for row in similar.to_dict("records")],
        unit="A/E" if has_estimate else "h", as_of=view.as_of, version=view.version,
    ).html  # fmt: skip


def _told(row: dict[Any, Any]) -> dict[str, Any]:
    hours = {
        "estimate": row[EstimateHistory.estimate_seconds] / _HOUR,
        "actual": row[EstimateHistory.actual_seconds] / _HOUR,
    }
    told = row | hours
    return {name: None if is_missing(value) else value for name, value in told.items()}


def estimator(view: View) -> ipywidgets.VBox:
    """Fields for the words, class, project and estimate of a piece of work, and below them what such work took.

    Raises UsageError where ipywidgets is not installed.
    """
    try:
        import ipywidgets as widgets
    except ImportError:
        raise UsageError("ipywidgets is not installed", hint="pip install 'pmo-analytics[lab]'") from None
    _, known, _ = past_of(view, Question())
    wide = {"layout": widgets.Layout(width="100%", max_width="640px"), "style": {"description_width": "7em"}}
    words = widgets.Text(description="Work", placeholder="migrate billing to SAP", continuous_update=False, **wide)
    work_class, project = (
        widgets.Dropdown(description=label, options=[(_ANY, None), *((name, name) for name in names)], **wide)
        for label, names in (("Class", known.classes), ("Project", known.projects))
    )
    hours = widgets.FloatText(description="Estimate, h", value=0.0, step=1.0, **wide)
    answer = widgets.HTML()

    def show(_: object = None) -> None:
        seconds = None if hours.value == 0 else _HOUR * hours.value
        answer.value = answer_html(Question(words.value.strip(), work_class.value, project.value, seconds), view)

    for field in (words, work_class, project, hours):
        field.observe(show, names="value")
    show()
    return widgets.VBox([words, work_class, project, hours, answer])
