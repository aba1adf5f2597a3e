"""Workbooks that people made, cell by cell as another reader has them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from pmo_analytics.sources.export import Record
from pmo_analytics.sources.workbook import sheets

pytestmark = pytest.mark.slow
# The other reader drops errors, and does not say which numbers are percentages.
BLANK = Record(0, 0, [])


def agree(value: Any, text: str) -> bool:
    if isinstance(value, str) or value is True or value is False:
        return text == (value if isinstance(value, str) else str(value).upper())
    if isinstance(value, timedelta):
        hours, minutes, _ = text.split(":")
        return timedelta(hours=int(hours), minutes=int(minutes)) <= value
    if isinstance(value, datetime):
        return text == (value.isoformat(sep=" ") if value.time() != time() else value.date().isoformat())
    if isinstance(value, date | time):
        return text == value.isoformat()
    return float(text.removesuffix("%")) == pytest.approx(value * (100 if text.endswith("%") else 1), rel=1e-15)


def test_every_cell_is_as_another_reader_has_it(real_data: Path) -> None:
    paths = sorted((real_data / "dslib").glob("*.xlsx"))
    assert len(paths) >= 10
    count = 0
    for path in paths:
        other = CalamineWorkbook.from_path(path)
        for sheet in sheets(path):
            rows = other.get_sheet_by_name(sheet.title).to_python(skip_empty_area=False)
            found = {record.line: record for record in sheet.records()}
            assert max(found, default=0) <= len(rows)
            for line, row in enumerate(rows, start=1):
                record = found.get(line, BLANK)
                cells = record.cells + [""] * (len(row) - len(record.cells))
                errors = dict(record.errors)
                unlike = [
                    (path.name, sheet.title, line, position, value, cells[position])
                    for position, value in enumerate(row)
                    if position not in errors and not agree(value, cells[position])
                ]
                assert unlike == []
                count += len(row)
    assert count > 200_000
