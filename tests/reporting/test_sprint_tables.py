"""What the flow page says of sprints, from frames made by hand."""

from __future__ import annotations

import pandas as pd

from pmo_analytics.performance.sprint_predictability import COMPLETED, sprint_predictability, sprint_record
from pmo_analytics.reporting import sprint_tables
from tests.frames import contract_frame
from tests.performance.test_flow_charts import HOSTILE
from tests.performance.test_sprint_predictability import EXAMPLE, scoped, shares


def test_the_key_figure_is_the_median_with_its_interval_or_says_that_there_are_too_few() -> None:
    figure = sprint_tables.predictability_figure(sprint_record(sprint_predictability(shares(5, 6, 7, 8, 9, 10))))
    assert figure is not None
    assert (figure.value, figure.exact, figure.unit) == ("75\u00a0%", 75, "%")
    assert figure.note == ("median of the last 6 sprints, 95 % interval 50 to 100; 0\u00a0% came in after the start")
    few = sprint_tables.predictability_figure(sprint_record(sprint_predictability(shares(5, 6))))
    assert few is not None
    assert few.note.startswith("median of 2 sprints, fewer than the 6 that an interval takes")


def test_sprints_stand_with_what_became_of_their_items() -> None:
    scope = pd.concat([scoped(1, *EXAMPLE), scoped(2, *EXAMPLE[:1], state="open", sprint=HOSTILE)], ignore_index=True)
    rows = sprint_predictability(scope)
    html = sprint_tables.sprint_table(rows).html
    assert "since 2\u00a0February 2026, goes on" in html
    assert "19\u00a0January 2026\u201330\u00a0January 2026" in html
    assert "3 of 10" in html
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    record = sprint_tables.sprint_record_table(sprint_record(rows)).html
    assert ">project<" in record
    assert "fewer" not in record


def test_what_cannot_be_judged_is_counted_with_its_reason() -> None:
    unknown = scoped(3, (True, "not_known", None), sprint_state="not_known", start_date=None)
    html = sprint_tables.sprint_table(sprint_predictability(pd.concat([scoped(1, *EXAMPLE), unknown]))).html
    assert "Not judged: 1 (no history of its sprints)." in html
    alone = sprint_predictability(unknown)
    assert "No sprint can be judged: 1 (no history of its sprints)." in sprint_tables.sprint_table(alone).html
    nothing = sprint_predictability(contract_frame("sprint_scope", []))
    assert "No sprint with known dates has begun" in sprint_tables.sprint_table(nothing).html
    assert "There are no sprints" in sprint_tables.sprint_record_table(sprint_record(nothing)).html
    assert sprint_tables.predictability_figure(sprint_record(nothing)) is None
    assert (
        sprint_tables.predictability_figure(
            sprint_record(sprint_predictability(scoped(1, (True, COMPLETED, 1.0), state="open")))
        )
        is None
    )
