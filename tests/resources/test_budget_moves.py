from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.resources.budget_moves import budget_moves, paired
from tests.budgets import baseline, budgets

STATUS = pd.Timestamp("2026-06-30")
JAN, FEB, MAR = (pd.Timestamp(f"2026-0{m}-01") for m in (1, 2, 3))
OLD = {"2026-01-01": 100, "2026-02-01": 50}
NEW = {"2026-01-01": 70, "2026-02-01": 50, "2026-03-01": 60}


def told(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    rows = frame[["baseline_version", "kind", "money_from_month", "money_to_month", "moved_amount"]]
    return [tuple(None if pd.isna(each) else each for each in row) for row in rows.itertuples(index=False)]


def test_the_worked_example() -> None:
    found = budget_moves(
        budgets(baseline("A", "1", "2025-12-01", OLD), baseline("A", "2", "2026-02-10", NEW)), status_date=STATUS
    )
    assert told(found) == [("2", "operating", JAN, MAR, 30), ("2", "operating", None, MAR, 30)]
    assert found["previous_version"].to_list() == ["1", "1"]
    assert found["baselined_on_date"].unique().tolist() == [pd.Timestamp("2026-02-10")]


def test_a_baseline_moves_nothing_before_it_is_approved_and_one_alone_never() -> None:
    rows = budgets(baseline("A", "1", "2025-12-01", OLD), baseline("A", "2", "2026-02-10", NEW))
    assert budget_moves(rows, status_date=pd.Timestamp("2026-02-09")).empty
    assert budget_moves(budgets(baseline("A", "1", "2025-12-01", OLD)), status_date=STATUS).empty


def test_money_given_back_goes_to_no_month_and_another_kind_or_currency_is_other_money() -> None:
    less = baseline("A", "2", "2026-02-10", {"2026-01-01": 60})
    assert told(budget_moves(budgets(baseline("A", "1", "2025-12-01", OLD), less), status_date=STATUS)) == [
        ("2", "operating", JAN, None, 40), ("2", "operating", FEB, None, 50),
    ]  # fmt: skip
    capital = baseline("A", "2", "2026-02-10", OLD, is_capital=True)
    assert told(budget_moves(budgets(baseline("A", "1", "2025-12-01", OLD), capital), status_date=STATUS)) == [
        ("2", "capital", None, JAN, 100), ("2", "capital", None, FEB, 50),
        ("2", "operating", JAN, None, 100), ("2", "operating", FEB, None, 50),
    ]  # fmt: skip
    pounds = baseline("A", "2", "2026-02-10", {"2026-01-01": 100}, currency="GBP")
    found = budget_moves(
        budgets(baseline("A", "1", "2025-12-01", {"2026-01-01": 100}), pounds), status_date=STATUS
    ).sort_values("currency")
    assert found["currency"].to_list() == ["EUR", "GBP"]


def test_each_baseline_is_held_against_the_one_in_force_before_it() -> None:
    rows = budgets(
        baseline("A", "b", "2026-01-01", {"2026-01-01": 10}), baseline("A", "a", "2026-02-01", {"2026-01-01": 30}),
        baseline("A", "c", "2026-02-01", {"2026-01-01": 25}),
    )  # fmt: skip
    found = budget_moves(rows, status_date=STATUS)
    assert found[["previous_version", "baseline_version"]].to_numpy().tolist() == [["b", "a"], ["a", "c"]]
    assert found["moved_amount"].to_list() == [20, 5]


PLANS = st.dictionaries(
    st.sampled_from(list(pd.date_range("2026-01-01", periods=8, freq="MS"))), st.integers(0, 10**12)
)


@given(PLANS, PLANS)
def test_moves_make_the_new_plan_of_the_old_one(old: dict[pd.Timestamp, int], new: dict[pd.Timestamp, int]) -> None:
    change: Counter[pd.Timestamp] = Counter()
    moves = list(paired(old, new))
    for giver, taker, count in moves:
        assert count > 0
        if giver is not None:
            change[giver] -= count
        if taker is not None:
            change[taker] += count
    expected = {month: new.get(month, 0) - old.get(month, 0) for month in {*old, *new}}
    assert {month: count for month, count in change.items() if count} == {m: c for m, c in expected.items() if c}
    # Money is new or given back, never both.
    assert not (any(giver is None for giver, _, _ in moves) and any(taker is None for _, taker, _ in moves))
