"""What an output carries beside its HTML: typed rows, whole or counted as left out, and nothing that is withheld."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from IPython.core.formatters import DisplayFormatter
from nbformat.v4 import new_code_cell, new_notebook, new_output

from pmo_analytics.errors import ReportError
from pmo_analytics.reporting import page_tables, reconciliation_tables
from pmo_analytics.reporting.fragments import Fragment, fragment
from pmo_analytics.reporting.page_tables import MIME, PageTable, plain_table, tables_of
from pmo_analytics.resources.calendar_differences import CalendarDifference
from tests.pages import HOSTILE


def carried(*tables: dict[str, Any]) -> list[PageTable]:
    output = new_output("display_data", data={"text/html": "", **page_tables.bundle(tables)})
    return tables_of(new_notebook(cells=[new_code_cell("", outputs=[output])]))


def test_cells_keep_their_types_and_seconds_are_hours() -> None:
    frame = pd.DataFrame(
        {
            "duration_seconds": [5400, 0],
            "actual_cost_amount": [1234.5, float("nan")],
            "currency": ["EUR", None],
            "period_month": pd.to_datetime(["2026-06-01", None]),
            "updated_at": pd.to_datetime(["2026-06-01 12:30", "2026-06-02 00:00"]),
            "is_open": [True, False],
            "budget_amount": [Decimal("0.12345678901234567890"), None],
            "items": [3, 4],
        }
    )
    (table,) = carried(plain_table("T", frame, note="n"))
    assert table.columns[0] == "duration_hours"
    assert list(table.columns[1:]) == list(frame.columns[1:])
    assert table.rows[0] == [
        1.5, 1234.5, "EUR", date(2026, 6, 1), datetime(2026, 6, 1, 12, 30), True, Decimal("0.12345678901234567890"), 3,
    ]  # fmt: skip
    assert table.rows[1] == [0.0, None, None, None, datetime(2026, 6, 2), False, None, 4]
    assert (table.title, table.note, table.left_out) == ("T", "n", 0)


def test_a_zone_is_kept_and_what_is_no_number_stands_as_text() -> None:
    frame = pd.DataFrame({"at": [datetime(2026, 1, 1, 5, tzinfo=UTC)], "x": [float("inf")], "code": ["007"]})
    (table,) = carried(plain_table("T", frame))
    assert table.rows == [[datetime(2026, 1, 1, 5, tzinfo=UTC), Decimal("Infinity"), "007"]]


def test_a_day_written_as_text_is_a_day_where_its_name_says_so() -> None:
    (table,) = carried(plain_table("T", pd.DataFrame({"month": ["2026-06-01"], "code": ["2026-06-01"]})))
    assert table.rows == [[date(2026, 6, 1), "2026-06-01"]]


def test_hostile_text_is_the_text_it_is_and_a_long_one_ends() -> None:
    (table,) = carried(plain_table(HOSTILE, pd.DataFrame({HOSTILE: [HOSTILE, "x" * 50_000]})))
    assert (table.title, list(table.columns), table.rows[0]) == (HOSTILE, [HOSTILE], [HOSTILE])
    assert table.rows[1] == ["x" * 3_999 + "…"]


def test_rows_beyond_what_an_output_carries_are_counted() -> None:
    plain = plain_table("T", pd.DataFrame({"text": ["x" * 1_000] * 500}), left_out=2)
    assert 150 < len(plain["rows"]) < 200
    assert len(plain["rows"]) + plain["left_out"] == 502


@pytest.mark.parametrize(
    "told",
    [
        {"tables": 1},
        {"tables": [{"title": "T"}]},
        {"tables": [plain_table("T", pd.DataFrame({"a": [1]})) | {"rows": [[1, 2]]}]},
        {"tables": [plain_table("T", pd.DataFrame({"a": [1]})) | {"columns": [["a", "date"]]}]},
        {"tables": [plain_table("T", pd.DataFrame({"a": [1]})) | {"columns": 3}]},
        [],
    ],
)
def test_tables_that_cannot_be_read_are_told(told: Any) -> None:
    output = new_output("display_data", data={MIME: told})
    with pytest.raises(ReportError, match="tables that cannot be read"):
        tables_of(new_notebook(cells=[new_code_cell("", outputs=[output])]))


def test_a_piece_of_a_page_shows_its_html_and_carries_its_rows() -> None:
    plain = plain_table("T", pd.DataFrame({"a": [1]}))
    piece = fragment("text", text="<b>").with_tables(plain)
    data, _ = DisplayFormatter().format(piece)
    assert data["text/html"] == "<pre>&lt;b&gt;</pre>"
    assert data[MIME] == {"tables": [plain]}
    assert MIME not in DisplayFormatter().format(Fragment("<i>"))[0]


def test_groups_that_are_too_small_stay_withheld() -> None:
    month = pd.Timestamp("2026-06-01")
    columns = list(CalendarDifference.to_schema().columns)
    teams = pd.DataFrame(
        [["Large", month, 7, 36e3, 72e3, -36e3, 0.0, 36e3, 0.0, ""], ["Small", month, 3, *[float("nan")] * 6, "few"]],
        columns=columns,
    )
    (plain,) = reconciliation_tables.calendar_table(teams, pd.Timestamp("2026-06-30")).tables
    (table,) = carried(plain)
    at = {name: place for place, name in enumerate(table.columns)}
    large, small = table.rows
    assert (large[at["persons"]], large[at["duration_hours"]]) == (7, 10.0)
    assert {name for name, place in at.items() if small[place] is not None} == {"team", "period_month", "quality_note"}
