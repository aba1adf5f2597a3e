from __future__ import annotations

import re

import pandas as pd

from pmo_analytics.performance.completion_forecasts import completion_record, cost_at_completion, finish_at_completion
from pmo_analytics.reporting import completion_tables
from pmo_analytics.reporting.fragments import Fragment
from tests.performance.test_completion_forecasts import NOBODY, history

HEALTH = pd.DataFrame({"project_id": ["RUN"], "name": ["<b>Harbour</b>"]})


def lines(made: Fragment) -> list[list[str]]:
    """The texts of a table's cells by line."""
    rows = re.findall(r"<tr>(.*?)</tr>", made.html, re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]
        for row in rows
    ]


def test_a_line_holds_every_assumption_and_the_note_says_what_is_shown() -> None:
    earned = history(5)
    record = completion_record(earned, NOBODY)
    made = completion_tables.cost_table(cost_at_completion(earned), record, HEALTH)
    heading, line = lines(made)
    assert heading[:3] == ["Project", "Budget", "Rest at plan"]
    # CPI is 0.8 and SPI(t) 0.8 after five months of eight earned.
    assert line[1:4] == ["100", "110", "125"]
    assert line[-1] == "–"
    assert "&lt;b&gt;Harbour&lt;/b&gt;" in made.html
    assert "In EUR. Rest at plan is shown, and no method is judged: 5 finished projects" in made.html
    assert "shown" not in line[2]


def test_the_finish_is_a_day_by_assumption() -> None:
    earned = history(5)
    made = completion_tables.finish_table(
        finish_at_completion(earned, NOBODY), completion_record(earned, NOBODY), HEALTH
    )
    heading, line = lines(made)
    assert heading == [
        "Project",
        "Planned months",
        "Plan",
        "Rest at plan",
        "Rest at SPI(t)",
        "Rest at plan, with class",
        "As its manager reports",
        "P80",
    ]
    assert line[1] == "10"


def test_the_record_has_a_line_an_assumption_and_nothing_is_said_of_nothing() -> None:
    made = completion_tables.record_table(completion_record(history(20), NOBODY))
    told = lines(made)
    # Five assumptions of cost and four of time, and what was chosen of each.
    assert len(told) == 1 + 6 + 5
    assert ["Rest at CPI", "cost", "20", "0.0\u00a0%"] in [line[:4] for line in told]
    empty = history(0).iloc[0:0]
    nothing = completion_tables.cost_table(cost_at_completion(empty), completion_record(empty, NOBODY), HEALTH)
    assert "No running project has a plan by month and progress." in nothing.html
