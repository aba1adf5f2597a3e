from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.errors import UsageError
from pmo_analytics.resources.size_question import size_answer
from tests.frames import contract_frame
from tests.resources.test_project_size_models import STATUS, history, project

CLASS = "function points"


def answer(estimate_history: pd.DataFrame, size: float = 100) -> pd.DataFrame:
    return size_answer(estimate_history, CLASS, size, status_date=STATUS).set_index("outcome_kind")


def test_the_worked_example_of_two_hours_a_point() -> None:
    rows = [project(k, float(k + 1), 2.0 * (k + 1)) for k in range(10)]
    found = answer(contract_frame("estimate_history", rows), 8)
    assert found.loc["effort", "items_known"] == 10
    assert found.loc["effort", "p50_value"] == pytest.approx(16 if found.loc["effort", "method"] != "median" else 11)
    assert found.index.to_list() == ["effort"]


def test_where_size_tells_it_is_used_and_the_range_is_told() -> None:
    found = answer(history(60))
    row = found.loc["effort"]
    assert not row["is_refused"]
    # Eight hours a point, within the scatter that was planted.
    assert 600 < row["p50_value"] < 1_060
    assert row["p50_value"] < row["p80_value"] < row["p90_value"]
    assert "size outside those known" in answer(history(60), 1e6).loc["effort", "quality_note"]


def test_a_class_without_sizes_is_refused_with_what_is_missing() -> None:
    found = answer(contract_frame("estimate_history", [project(1, None, 5.0)]))
    assert found["is_refused"].all()
    assert found["p50_value"].isna().all()
    assert "10 more are missing" in found.loc["effort", "verdict"]


@pytest.mark.parametrize("size", [0.0, -1.0, float("nan"), float("inf")])
def test_a_size_that_is_none_is_refused(size: float) -> None:
    with pytest.raises(UsageError, match="above zero"):
        answer(history(3), size)
    with pytest.raises(UsageError, match="unit of its class"):
        size_answer(history(3), None, 8, status_date=STATUS)
