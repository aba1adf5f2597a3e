"""Tables of baselines and of measured progress: the finding in the title, the figures by hand, text as text."""

from __future__ import annotations

import pandas as pd

from pmo_analytics.performance.baselines import baseline_history, rebaselined_projects
from pmo_analytics.performance.percent_complete import PercentComplete
from pmo_analytics.reporting.progress_tables import baseline_table, progress_table, rebaseline_table
from tests.frames import contract_frame, project_row
from tests.performance.test_baselines import STATUS
from tests.performance.test_baselines import budget as small_budget
from tests.reporting.test_completion_tables import lines

PIER = contract_frame("project", [project_row("P", name="<i>Pier</i>")])


def budget() -> pd.DataFrame:
    rows = small_budget()
    return rows.assign(planned_value_amount=1000 * rows["planned_value_amount"])


def measured(*rows: tuple[str, float | None, str | None]) -> pd.DataFrame:
    """Rules with what they measure and the schedule they do it in; 70 are declared."""
    frame = pd.DataFrame([
        {
            "schedule_id": schedule, "project_id": "P", "status_date": STATUS, "progress_rule": rule,
            "weighed_by": "stated weights" if rule == "milestones" else "planned duration",
            "percent_complete_pct": share, "declared_pct": 70.0, "counted": 4,
            "declared_difference_points": None if share is None else 70.0 - share, "unweighted_task_count": 0,
            "level_of_effort_seconds": 0.0,
        }
        for rule, share, schedule in rows
    ])  # fmt: skip
    found: pd.DataFrame = PercentComplete.validate(frame.reindex(columns=list(PercentComplete.to_schema().columns)))
    return found


def test_every_baseline_has_a_line_with_what_it_changed() -> None:
    made = baseline_table(baseline_history(budget(), status_date=STATUS))
    assert "Rebaselined once: EUR\u00a030\u00a0k more, 62 days later" in made.html
    _, first, second = lines(made)
    assert first[3] == first[5] == "–"
    assert second[3:] == ["EUR\u00a030\u00a0k", "31\u00a0August 2026", "+62"]
    one = baseline_table(baseline_history(budget(), status_date=pd.Timestamp("2026-03-31")))
    assert "The project was never rebaselined" in one.html
    assert (
        "No plan by month of this project is loaded."
        in baseline_table(baseline_history(budget().iloc[:0], status_date=STATUS)).html
    )


def test_the_title_tells_how_far_more_is_declared_than_measured() -> None:
    made = progress_table(
        measured(("0/100", 40.0, "S"), ("50/50", 65.0, "S"), ("units", None, "S"), ("milestones", 25.0, None))
    )
    assert "70\u00a0% are declared, 25\u00a0% measured by milestones" in made.html
    told = [line[:4] for line in lines(made)[1:]]
    assert told == [
        ["0/100S", "40\u00a0%", "70\u00a0%", "+30"],
        ["50/50S", "65\u00a0%", "70\u00a0%", "+5"],
        ["Milestones reached, weighted", "25\u00a0%", "70\u00a0%", "+45"],
    ]
    # Five points are no finding.
    assert made.html.count('class="num off"') == 2
    calm = progress_table(measured(("0/100", 75.0, "S")))
    assert "No rule measures less than the 70\u00a0% that are declared" in calm.html
    assert "Neither a schedule nor milestones" in progress_table(measured(("units", None, "S"))).html


def test_projects_that_were_rebaselined_and_none() -> None:
    history = baseline_history(budget(), status_date=STATUS)
    made = rebaseline_table(rebaselined_projects(history, PIER))
    assert "1 project was rebaselined" in made.html
    assert "&lt;i&gt;Pier&lt;/i&gt;" in made.html
    (line,) = lines(made)[1:]
    assert line[1:] == ["1", "5\u00a0April 2026", "EUR\u00a0100\u00a0k", "EUR\u00a0130\u00a0k", "+30\u00a0%", "+62"]
    none = rebaseline_table(rebaselined_projects(history.iloc[:1], PIER))
    assert "No project was rebaselined." in none.html
