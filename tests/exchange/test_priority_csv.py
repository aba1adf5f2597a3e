from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pmo_analytics.errors import UsageError
from pmo_analytics.exchange.priority_csv import read_priorities


def test_columns_stand_in_any_order_and_blank_lines_count_as_lines(tmp_path: Path) -> None:
    path = tmp_path / "weights.csv"
    path.write_text("\ufeffWeight, note ,Project_ID\n2,x,A\n\n0.5,,B\n", encoding="utf-8")
    found = read_priorities(path, ["A", "B", "C"])
    assert found.to_numpy().tolist() == [["A", 2.0], ["B", 0.5]]
    path.write_text("weight,project_id\n1,A\n\n\n1,D\n")
    with pytest.raises(UsageError, match=r"line 5, column 'project_id': no project 'D'"):
        read_priorities(path, ["A"])


def test_what_is_no_csv_file_ends_in_words(tmp_path: Path) -> None:
    path = tmp_path / "weights.csv"
    path.write_text("project_id,weight\nA," + "9" * 200)
    before = csv.field_size_limit(100)
    try:
        with pytest.raises(UsageError, match="is no CSV file"):
            read_priorities(path, ["A"])
    finally:
        csv.field_size_limit(before)
    with pytest.raises(UsageError, match="cannot be read"):
        read_priorities(tmp_path, ["A"])
