"""The SiP tasks through the register of estimate outcomes, against published figures and ones reached by hand."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from pmo_analytics.ingest import IngestOptions
from pmo_analytics.resources.estimation import ALL, estimate_accuracy
from pmo_analytics.warehouse.as_of import parse_as_of
from tests.exports import Desk

pytestmark = pytest.mark.slow
STATUS = "2014-12-31"
_HEADERS = ["item_id", "project_id", "work_class", "estimate_hours", "actual_hours", "state"]


@pytest.fixture(scope="module")
def tasks(real_data: Path) -> list[dict[str, str]]:
    with (real_data / "sip" / "Sip-task-info.csv").open(encoding="latin-1", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def history(tasks: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """`estimate_history` of the unique tasks, loaded as a register without a status date of its own."""
    desk = Desk(tmp_path_factory.mktemp("sip"))
    unique = {task["TaskNumber"]: task for task in reversed(tasks)}
    path = desk.folder / "estimate_outcome.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADERS)
        for number, task in unique.items():
            state = "cancelled" if task["StatusCode"] == "CANCELLED" else "finished"
            writer.writerow(
                [number, task["ProjectCode"], task["Category"], task["HoursEstimate"], task["HoursActual"], state]
            )
    result = desk.load(path, IngestOptions(status_date=parse_as_of(STATUS)))
    assert result.rows["added"] == len(unique) == 10_266
    with desk.warehouse.at(STATUS) as view:
        return view.table("estimate_history")


def accuracy(history: pd.DataFrame) -> pd.Series:
    return estimate_accuracy(history, status_date=pd.Timestamp(STATUS)).set_index("work_class").loc[ALL]


def test_counts_and_ratios(history: pd.DataFrame) -> None:
    row = accuracy(history)
    assert row["items_finished"] == 10_100
    assert row[["items_exact", "items_over", "items_under"]].to_list() == [3_474, 3_561, 3_065]
    assert row["pooled_ratio"] == pytest.approx(1.0661, abs=5e-5)
    assert row["mean_ratio"] == pytest.approx(1.3701, abs=5e-5)
    assert row["median_ratio"] == 1.0
    assert row["p80_ratio"] == pytest.approx(1.45, abs=5e-3)
    assert row["p90_ratio"] == pytest.approx(2.041, abs=5e-4)
    assert row["geometric_mean_ratio"] == pytest.approx(0.9185, abs=5e-5)


def test_error_against_guessing(history: pd.DataFrame, tasks: list[dict[str, str]]) -> None:
    left_out = {"CANCELLED", "TEMPLATE", "CHRONICLE"}
    kept = {task["TaskNumber"] for task in tasks if task["StatusCode"] not in left_out}
    assert len(kept) == 8_252
    row = accuracy(history[history["item_id"].isin(kept)])
    assert row["mean_absolute_error_seconds"] / 3600 == pytest.approx(4.2130, abs=5e-5)
    assert row["marp0_seconds"] / 3600 == pytest.approx(9.54187, abs=5e-6)
    assert row["standardised_accuracy"] == pytest.approx(0.5585, abs=5e-5)


def test_low_estimates_flatter_the_mean_relative_error_while_the_error_grows(history: pd.DataFrame) -> None:
    row = accuracy(history)
    low = accuracy(history.assign(estimate_seconds=history["estimate_seconds"] * 0.3))
    assert row["mean_relative_error_pct"] / 100 == pytest.approx(1.268, abs=5e-4)
    assert low["mean_relative_error_pct"] / 100 == pytest.approx(0.856, abs=5e-4)
    assert row["mean_absolute_error_seconds"] / 3600 == pytest.approx(6.77, abs=5e-3)
    assert low["mean_absolute_error_seconds"] / 3600 == pytest.approx(7.39, abs=5e-3)
    assert low["log_bias"] > row["log_bias"]
