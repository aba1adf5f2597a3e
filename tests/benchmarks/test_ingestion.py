"""How long a large timesheet takes, against pandas with pandera on the same file, which stores nothing."""

from __future__ import annotations

import csv
import time
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from tests.exports import TOGGL_HEADERS, Desk, toggl_row

ROWS = 200_000


def write_timesheet(path: Path) -> None:
    first = date(2022, 1, 3)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(TOGGL_HEADERS)
        for i in range(ROWS):
            day = (first + timedelta(days=i % 1000)).isoformat()
            person, minutes = i % 211, i % 480 + 1
            clock = f"{minutes // 60:02d}:{minutes % 60:02d}:00"
            writer.writerow(toggl_row(f"p{person}", f"Project {i % 37}", day, clock, description=f"work {i % 91}"))


def pandas_with_pandera(path: Path) -> float:
    schema = pa.DataFrameSchema(
        {
            "Email": pa.Column(str, nullable=False),
            "Start date": pa.Column("datetime64[ns]", coerce=True),
            "Duration": pa.Column(
                "timedelta64[ns]", pa.Check.in_range(pd.Timedelta(0), pd.Timedelta(days=1)), coerce=True
            ),
        }
    )
    started = time.perf_counter()
    schema.validate(pd.read_csv(path), lazy=True)
    return time.perf_counter() - started


def test_ingest_of_200_000_timesheet_rows(tmp_path: Path) -> None:
    path = tmp_path / "toggl.csv"
    write_timesheet(path)
    desk = Desk(tmp_path)
    baseline = pandas_with_pandera(path)
    started = time.perf_counter()
    result = desk.load(path)
    seconds = time.perf_counter() - started
    assert result.rows["added"] == ROWS
    print(
        f"\ningest {ROWS:,} rows ({path.stat().st_size / 1e6:.1f} MB): {seconds:.1f} s, "
        f"{seconds / baseline:.1f} times pandas.read_csv + pandera ({baseline:.1f} s, nothing stored)"
    )
