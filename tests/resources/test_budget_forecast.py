"""Forecasts of a fiscal year: each method by hand, and what the record of finished years lets be shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pmo_analytics.resources.budget_forecast import year_end_forecast, year_end_record
from pmo_analytics.resources.budget_trial import NEEDED
from pmo_analytics.resources.budget_year_ends import (
    BUDGET,
    FORECASTS,
    METHODS,
    REST_AT_PLAN,
    RUN_RATE,
    TO_GO_AT_RATE,
    TO_GO_BY_PLAN,
    year_ends,
)
from tests.budgets import baseline, budgets, currencies, month_row, months
from tests.frames import contract_frame

STATUS = pd.Timestamp("2026-06-30")
Frames = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]


def progress(project: str, shares: dict[str, float]) -> list[dict[str, Any]]:
    return [
        {
            "project_id": project, "period_month": pd.Timestamp(day), "percent_complete_pct": share,
            "status_date": pd.Timestamp(day) + pd.offsets.MonthEnd(0), "currency": "EUR", "uncosted_seconds": 0.0,
        }
        for day, share in shares.items()
    ]  # fmt: skip


def monthly(first: str, *amounts: float) -> dict[str, float]:
    days = pd.date_range(first, periods=len(amounts), freq="MS")
    return {str(day.date()): amount for day, amount in zip(days, amounts, strict=True)}


def spent(project: str, amounts: dict[str, float], **cells: Any) -> list[dict[str, Any]]:
    return [month_row(project, day, actual_amount=amount, **cells) for day, amount in amounts.items()]


# Ten a month for 15 months; half a year took 40, and 60 % of the work are done.
WORKED: Frames = (
    budgets(baseline("A", "1", "2025-12-01", monthly("2026-01-01", *[10.0] * 15))),
    months(*spent("A", monthly("2026-01-01", 5, 5, 5, 5, 10, 10))),
    contract_frame("planned_earned_actual", progress("A", {"2026-06-01": 60})),
    currencies("A"),
)


def by_method(row: pd.Series) -> dict[str, float]:
    return {method: row[column] for method, column in FORECASTS.items()}


def forecast(frames: Frames, day: pd.Timestamp = STATUS) -> pd.DataFrame:
    made: pd.DataFrame = year_end_forecast(year_ends(*frames, status_date=day), status_date=day)
    return made


def told_record(frames: Frames) -> pd.DataFrame:
    made: pd.DataFrame = year_end_record(year_ends(*frames, status_date=STATUS), status_date=STATUS)
    return made


def test_the_worked_example_by_every_method() -> None:
    rows = year_ends(*WORKED, status_date=STATUS).set_index("month_end_date")
    assert rows.index.to_list() == list(pd.date_range("2026-01-31", periods=6, freq="ME"))
    june = rows.loc[STATUS]
    assert june[["months_left", "budget_amount", "actual_amount"]].to_list() == [6, 120, 40]
    assert by_method(june) == pytest.approx(
        {BUDGET: 120, RUN_RATE: 80, REST_AT_PLAN: 100, TO_GO_BY_PLAN: 80, TO_GO_AT_RATE: 80}
    )
    # Nothing is reported by January: what is to go is the rest at plan.
    january = rows.loc[pd.Timestamp("2026-01-31")]
    assert by_method(january) == pytest.approx(
        {BUDGET: 120, RUN_RATE: 60, REST_AT_PLAN: 115, TO_GO_BY_PLAN: 115, TO_GO_AT_RATE: 115}
    )
    assert rows["outcome_amount"].isna().all()


def test_the_budget_stands_where_no_year_is_over_and_says_why() -> None:
    (row,) = forecast(WORKED).to_dict("records")
    assert (row["forecast_spend_amount"], row["method"], row["is_refused"]) == (120, BUDGET, True)
    assert np.isnan(row["p80_amount"])
    assert "0 finished years of projects can be asked with 6 months left" in row["verdict"]
    assert told_record(WORKED).empty


def test_what_is_spent_is_no_less_than_spent_and_a_month_under_way_is_no_month_end() -> None:
    budget, _, course, currency = WORKED
    over = months(*spent("A", monthly("2026-01-01", 100, 50, 5, 5, 10, 10)))
    (row,) = forecast((budget, over, course, currency), pd.Timestamp("2026-06-15")).to_dict("records")
    assert (row["months_left"], row["forecast_spend_amount"]) == (7, 170)


def test_each_month_end_knows_the_baseline_then_in_force_and_money_in_its_currency_alone() -> None:
    budget = budgets(
        baseline("A", "1", "2025-12-01", monthly("2026-01-01", 100)),
        baseline("A", "2", "2026-03-10", monthly("2026-01-01", 60, 0, 0, 90)),
        baseline("B", "1", "2026-02-10", monthly("2026-01-01", 7), currency="GBP"),
    )
    money = months(
        *spent("A", {"2026-01-01": 50}), *spent("A", {"2026-02-01": 10}, currency="USD", to_currency="EUR", rate=0.5),
        *spent("A", {"2026-02-01": 8}, currency="SEK", to_currency="EUR"),
    )  # fmt: skip
    nothing = contract_frame("planned_earned_actual", [])
    both = pd.concat([currencies("A"), currencies("B", currency="GBP")], ignore_index=True)
    rows = year_ends(budget, money, nothing, both, status_date=pd.Timestamp("2026-03-31"))
    told = rows[["project_id", "month_end_date", "budget_amount", "actual_amount"]]
    told = told.assign(month_end_date=rows["month_end_date"].dt.month)
    assert told.to_numpy().tolist() == [
        ["A", 1, 100, 50], ["A", 2, 100, 55], ["B", 2, 7, 0], ["A", 3, 150, 55], ["B", 3, 7, 0],
    ]  # fmt: skip


def test_a_fiscal_year_from_april_ends_in_march() -> None:
    budget = budgets(baseline("A", "1", "2025-01-01", monthly("2025-04-01", *[10.0] * 15)))
    money = months(
        *[month_row("A", day, "2025-04-01", actual_amount=9.0) for day in monthly("2025-04-01", *[0.0] * 15)]
    )
    rows = year_ends(
        budget, money, contract_frame("planned_earned_actual", []), currencies("A"), status_date=STATUS
    ).set_index("month_end_date")  # fmt: skip
    assert rows["months_left"].to_list() == [*range(11, -1, -1), 11, 10, 9]
    assert rows.loc[pd.Timestamp("2026-03-31"), ["outcome_amount", "actual_amount"]].to_list() == [108, 108]
    assert rows.loc[STATUS, ["budget_amount", "actual_amount"]].to_list() == [30, 27]


def history(actual: Callable[[np.random.Generator, int], np.ndarray], *, projects: int = 14, seed: int = 7) -> Frames:
    """Projects with a budget of ten a month in 2024, 2025 and 2026; what they cost by month, up to June 2026."""
    generator = np.random.default_rng(seed)
    plans, costs, names = [], [], [f"P{n:02d}" for n in range(projects)]
    for name in names:
        plans.append(baseline(name, "1", "2023-12-01", monthly("2024-01-01", *[10.0] * 36)))
        amounts = np.concatenate([actual(generator, year) for year in range(3)])[:30]
        costs += spent(name, monthly("2024-01-01", *amounts))
    return budgets(*plans), months(*costs), contract_frame("planned_earned_actual", []), currencies(*names)


def half_saved(generator: np.random.Generator, _: int) -> np.ndarray:
    """The first half of a year saves what it saves, and the second is spent as planned: the rest at plan is right."""
    return np.concatenate([np.full(6, generator.uniform(2, 8)), np.full(6, 10.0) + generator.normal(0, 0.3, 6)])


def noise(generator: np.random.Generator, _: int) -> np.ndarray:
    """The budget is spent, whatever the first half took."""
    first = generator.uniform(5, 15, 6)
    return np.concatenate([first, (120 - first.sum() + generator.normal(0, 3)) * np.full(6, 1 / 6)])


def test_a_method_that_proved_better_is_shown_with_its_p80_and_record() -> None:
    frames = history(half_saved)
    rows = forecast(frames)
    assert set(rows["method"]) == {REST_AT_PLAN}
    assert not rows["is_refused"].any()
    assert (rows["p80_amount"] >= rows["forecast_spend_amount"]).all()
    first_half = frames[1].set_index("project_id").loc[lambda f: f["period_month"] >= "2026-01-01", "actual_amount"]
    expected = first_half.groupby("project_id").sum() + 60
    assert rows.set_index("project_id")["forecast_spend_amount"].to_numpy() == pytest.approx(expected, abs=1.5)
    record = told_record(frames)
    used = record[record["is_used"]].iloc[0]
    assert (used["method"], used["months_left"], used["year_count"]) == (REST_AT_PLAN, 6, 28)
    assert used["skill_low"] > 0
    assert 0 <= used["p80_held_pct"] <= 100
    assert "% better than" in used["verdict"]


def test_where_nothing_beats_what_is_usual_that_is_shown_and_said() -> None:
    frames = history(noise)
    rows = forecast(frames)
    assert set(rows["method"]) == {BUDGET}
    assert rows["verdict"].iloc[0].startswith(f"{BUDGET} is shown, the best of what is usual")
    assert rows["forecast_spend_amount"].to_numpy() == pytest.approx(np.full(14, 120), abs=4)


def test_eight_years_before_and_eight_judged_are_too_few() -> None:
    few = forecast(history(half_saved, projects=NEEDED - 1))
    assert few["is_refused"].all()
    enough = forecast(history(half_saved, projects=NEEDED))
    assert not enough["is_refused"].any()


def test_the_record_counts_each_finished_year_once_at_every_distance() -> None:
    record = told_record(history(half_saved, projects=3))
    assert record["months_left"].unique().tolist() == [6, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11]
    assert set(record["year_count"]) == {6}
    asked = record[record["is_asked"]].set_index("method")
    assert (asked.loc[BUDGET, "pooled_budget_error_pct"], asked.loc[REST_AT_PLAN, "mean_budget_error_pct"]) == (
        pytest.approx(-asked.loc[BUDGET, "mean_budget_error_pct"]),
        pytest.approx(0, abs=2),
    )
    assert asked["is_used"].to_dict() == {name: name == BUDGET for name in METHODS}


def test_later_rows_change_nothing() -> None:
    frames = history(half_saved)
    budget, money, course, currency = frames
    later = STATUS + pd.Timedelta(days=1)
    more = budgets(baseline("P00", "2", str(later.date()), monthly("2026-01-01", *[99.0] * 12)))
    budget_later = pd.concat([budget, more], ignore_index=True)
    money_later = pd.concat(
        [money, months(*spent("P00", {"2026-07-01": 99.0}))], ignore_index=True
    )  # fmt: skip
    expected = year_ends(budget, money, course, currency, status_date=STATUS)
    found = year_ends(budget_later, money_later, course, currency, status_date=STATUS)
    pd.testing.assert_frame_equal(found, expected)
