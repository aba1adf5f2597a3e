"""A row of every register goes in through its own template, CSV or XLSX, and comes back as it was written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pmo_analytics.contracts import registers
from pmo_analytics.contracts.base import CORE, Table
from pmo_analytics.exchange import register_csv, register_xlsx, template
from pmo_analytics.sources.definition import Field, from_register
from tests.exports import Desk

# By kind of field: as a file gives it, as the warehouse holds it. One lies within the bounds of every number.
SAMPLES: dict[str, tuple[str, object]] = {
    "date": ("2026-03-01", date(2026, 3, 1)),
    "month": ("2026-03", date(2026, 3, 1)),
    "instant": ("2026-03-01 09:30", datetime(2026, 3, 1, 9, 30)),
    "hours": ("1.5", Decimal(5400)),
    "number": ("1", Decimal(1)),
    "flag": ("yes", True),
    "person": ("E1", "P0001"),
}
TEXTS = {"issue_key": "BR-1", "other_key": "BR-2"}
# Loading the sheet of merged persons would make one person of all.
NAMES = sorted(registers().keys() - {"person_merge"})


def sample(table: Table, field: Field) -> tuple[str, object]:
    checks = table.model.to_schema().columns[field.column].checks
    allowed = [str(value) for check in checks for value in check.statistics.get("allowed_values", [])]
    text = "EUR" if field.column.endswith("currency") else TEXTS.get(field.column, f"a {field.column}")
    value = allowed[-1] if allowed else text
    return SAMPLES.get(field.kind, (value, value))


def place(table: Table) -> str:
    return f"core.{table.name}" if table.lake == CORE else f"personal_view.given_{table.name}"


def as_csv(folder: Path, table: Table, given: dict[str, str], note: str) -> Path:
    path = folder / "file.csv"
    columns = template.headers(table)
    register_csv.write(path, [*columns, "note"], [[*(given[column] for column in columns), note]])
    return path


def typed(text: str) -> Any:
    """What a spreadsheet makes of a text that someone types into a plain cell."""
    known = {"yes": True, "1": 1, "1.5": 1.5, "2026-03-01": date(2026, 3, 1), "2026-03": datetime(2026, 3, 1)}
    return known.get(text, datetime(2026, 3, 1, 9, 30) if text == "2026-03-01 09:30" else text)


def as_workbook(folder: Path, table: Table, given: dict[str, str], note: str) -> Path:
    """The template that `pmo` hands out, filled in as a person does."""
    path = folder / f"{table.name}.xlsx"
    path.unlink(missing_ok=True)
    register_xlsx.write_templates(folder, [table.name])
    book = openpyxl.load_workbook(path)
    sheet = book[table.name[:31]]
    headers = [cell.value for cell in sheet[1]]
    assert headers == template.headers(table)
    for position, header in enumerate(headers, start=1):
        sheet.cell(2, position, typed(given[str(header)]))
    sheet.cell(1, len(headers) + 1, "note")
    sheet.cell(2, len(headers) + 1, note)
    book.save(path)
    return path


Writer = Callable[[Path, Table, dict[str, str], str], Path]


def load(desk: Desk, write: Writer, name: str, note: str) -> dict[str, int]:
    """Load a row of the register; a column that nothing reads makes it another file."""
    table = registers()[name]
    given = {field.headers[0]: sample(table, field)[0] for field in from_register(table).fields}
    given |= {"name": "Ann Berg", "email": "ann@example.test"} if name == "person" else {}
    result = desk.load(write(desk.folder, table, given, note))
    assert (result.table, result.rejects) == (name, [])
    return {fate: count for fate, count in result.rows.items() if count}


@pytest.fixture(scope="module", params=[as_csv, as_workbook])
def write(request: pytest.FixtureRequest) -> Writer:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, write: Writer) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("every"))
    for name in NAMES:
        assert load(desk, write, name, "first") == {"added": 1}, name
    return desk


def test_a_row_of_every_register_comes_back_as_it_was_written(desk: Desk) -> None:
    with desk.warehouse.at("2026-03-01") as view:
        for name in NAMES:
            table = registers()[name]
            fields = from_register(table).fields
            columns = ", ".join(f'"{field.column}"' for field in fields)
            (row,) = view.rows(f"SELECT {columns} FROM {place(table)}")[1]
            assert row == tuple(sample(table, field)[1] for field in fields), name
            assert table.lake != CORE or len(view.table(name)) == 1


def test_a_row_that_has_a_date_is_not_seen_before_it(desk: Desk) -> None:
    with desk.warehouse.at("2026-02-28") as view:
        for name in NAMES:
            table = registers()[name]
            rows = view.rows(f"SELECT load_id FROM {place(table)}")[1]
            assert len(rows) == (1 if table.clock_column is None else 0), name


def test_the_same_row_again_is_found_unchanged(desk: Desk, write: Writer) -> None:
    for name in NAMES:
        assert load(desk, write, name, "again") == {"unchanged": 1}, name
