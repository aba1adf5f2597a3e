from __future__ import annotations

import pandas as pd
from bs4 import BeautifulSoup

from pmo_analytics.origins import Origin, stamped
from pmo_analytics.reporting.figure_table import frame_table
from pmo_analytics.reporting.page_tables import MIME


def frame(**columns: object) -> pd.DataFrame:
    return stamped(pd.DataFrame(columns), Origin("budget"))  # type: ignore[arg-type]


MADE = frame(
    portfolio=["North", '<b>=2+2</b> "{{ x }}"'],
    project_id=["A", "B"],
    project_count=[3, 1],
    budget_at_completion_amount=[1234.5, None],
    duration_seconds=[5400.0, 0.0],
    period_month=[pd.Timestamp("2026-06-01")] * 2,
    finish_delay_days=[-3.0, 12.0],
)


def test_headings_types_and_units_are_the_vocabularys() -> None:
    made = frame_table(MADE, anchor="sizes", title="Two portfolios", key=["portfolio"])
    soup = BeautifulSoup(made.html, "html.parser")
    heads = [cell.get_text() for cell in soup.select("thead th")]
    assert heads == [
        "Portfolio", "Project id", "Project count", "Budget at completion (BAC)", "Duration, h", "Period month",
        "Finish delay, days",
    ]  # fmt: skip
    first, second = ([cell.get_text() for cell in row.select("th, td")] for row in soup.select("tbody tr"))
    assert first[1:] == ["A", "3", "1,234.50", "1.50", "Jun\u00a02026", "\u22123"]
    assert second[0] == '<b>=2+2</b> "{{ x }}"'
    assert second[3] == "–"
    assert soup.find("b") is None


def test_every_number_has_a_name_and_the_workbook_every_row() -> None:
    made = frame_table(MADE, anchor="sizes", title="Two portfolios", key=["portfolio"], most=1)
    names = [str(figure["id"]) for figure in BeautifulSoup(made.html, "html.parser").select("a.figure")]
    assert names == [
        "sizes-North-project_count", "sizes-North-budget_at_completion", "sizes-North-duration",
        "sizes-North-finish_delay",
    ]  # fmt: skip
    (table,) = made._repr_mimebundle_()[MIME]["tables"]
    assert len(table["rows"]) == 2
    assert "1 more row is left out" in made.html


def test_a_frame_without_rows_says_so() -> None:
    made = frame_table(MADE.head(0), anchor="sizes", title="None", key=["portfolio"])
    assert "There are no rows." in made.html
    assert MIME not in made._repr_mimebundle_()
