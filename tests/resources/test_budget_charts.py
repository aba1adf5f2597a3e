from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.resources import budget_charts
from pmo_analytics.resources.budget_allocation import budget_kinds
from pmo_analytics.resources.budget_bridge import budget_bridge
from pmo_analytics.resources.budget_lines import COMPLETION, STANDS
from pmo_analytics.resources.budget_months import budget_months
from tests.budgets import baseline, budgets, month_row, months
from tests.resources.test_budget_bridge import WORKED, line, lines
from tests.specs import marks, rows_of_spec, styles

STATUS = pd.Timestamp("2026-06-30")
PLANS = budgets(
    baseline("A", "1", "2025-12-01", {"2026-03-01": 100}), baseline("A", "2", "2026-03-10", {"2026-03-01": 90})
)
NOTHING = {"forecast_spend_amount": None, "to_go_amount": None}


def bridge(*rows: dict[str, object]) -> pd.DataFrame:
    made: pd.DataFrame = budget_bridge(lines(*rows), PLANS, status_date=STATUS)
    return made


def test_the_bridge_says_how_far_over_and_draws_each_bar_where_the_last_one_ended() -> None:
    thousand = {name: 1000 * WORKED[name] for name in WORKED if name.endswith("_amount") and WORKED[name] is not None}
    data = budget_charts.year_bridge_data(
        bridge(
            WORKED | thousand, line("B", actual_amount=7, **NOTHING), line("C", currency="GBP", forecast_method=STANDS)
        )
    )
    assert (
        data["title"].iloc[0] == "2026 is forecast at EUR\u00a095\u00a0k, EUR\u00a05\u00a0k, 5.6\u00a0% over the budget"
    )
    assert data["step"].to_list()[3:6] == ["Budget", "Spent", "Accrued"]
    assert data[["begin", "end"]].iloc[3:9].to_numpy().tolist() == [
        [0, 90], [0, 40], [40, 45], [45, 65], [65, 95], [0, 95],
    ]  # fmt: skip
    assert data["role"].to_list() == ["better"] * 4 + ["worse"] * 3 + ["muted", "total"]
    assert "Without a forecast, and left out: 1. Not drawn: GBP" in data["subtitle"].iloc[0]
    spec = budget_charts.bridge(data).to_dict()
    assert {"better", "worse", "muted", "total"} <= styles(spec)
    assert rows_of_spec(spec, "label_at")[8]["label_at"] == 95
    assert data["axis_high"].iloc[0] > 100
    assert spec["title"]["text"] == data["title"].iloc[0]


def test_the_bridge_says_where_budgets_stand_and_a_forecast_below_the_budget() -> None:
    row = line("A", budget_amount=90_000, actual_amount=60_000, forecast_method=STANDS)
    data = budget_charts.year_bridge_data(bridge(row))
    assert data["title"].iloc[0].endswith("EUR\u00a030\u00a0k, 33.3\u00a0% under the budget")
    assert "Of 1 no forecast is judged: their budget stands" in data["subtitle"].iloc[0]
    same = budget_charts.year_bridge_data(bridge(line("A", budget_amount=90_000, actual_amount=90_000)))
    assert same["title"].iloc[0] == "2026 is forecast at EUR\u00a090\u00a0k, which is the budget"


def test_at_completion_the_title_speaks_of_the_projects() -> None:
    whole = {"horizon": COMPLETION, "fiscal_year": None, "fiscal_year_start_date": None}
    data = budget_charts.completion_bridge_data(bridge(line("A", **whole, budget_amount=5000, to_go_amount=6000)))
    assert data["title"].iloc[0].startswith("The projects are forecast at completion at EUR\u00a06\u00a0k")
    assert budget_charts.year_bridge_data(bridge(line("A", **whole, budget_amount=5000))).empty


COURSE = months(
    *[
        month_row("A", f"2026-{m:02d}-01", budget_amount=10_000, actual_amount=12_000 if m <= 6 else 0)
        for m in range(1, 13)
    ]
)


def test_the_course_of_the_year_ends_in_its_forecast_and_labels_keep_apart() -> None:
    course = budget_months(COURSE, status_date=STATUS)
    made = bridge(line("A", budget_amount=120_000, actual_amount=72_000, to_go_amount=49_000))
    data = budget_charts.year_course_data(course, made, status_date=STATUS)
    assert data["title"].iloc[0] == (
        "By June\u00a02026 EUR\u00a072\u00a0k are spent, EUR\u00a012\u00a0k above the budget of these months"
    )
    ends = data[data["label"] != ""].set_index("label")
    assert ends["amount"].to_dict() == {"Budget 120": 120, "Cost 72": 72, "Forecast 121": 121}
    # The forecast's label stands above the budget's, that of the cost above the budget's line.
    assert ends.loc["Budget 120", "label_shift"] > 10
    assert ends.loc["Cost 72", "label_shift"] == -15
    assert len(data[data["series"] == "Cost"]) == 6
    spec = budget_charts.year_course(data).to_dict()
    assert {"earned", "actual", "total"} <= styles(spec)
    assert "the point is the year's forecast" in spec["title"]["subtitle"]
    bare = budget_charts.year_course_data(course, made.iloc[0:0], status_date=STATUS)
    assert set(bare["series"]) == {"Budget", "Cost"}
    assert "point" not in marks(budget_charts.year_course(bare).to_dict())


def test_a_year_without_a_budget_has_no_course() -> None:
    nothing = bridge(WORKED).iloc[0:0]
    empty = budget_months(months(), status_date=STATUS)
    assert budget_charts.year_course_data(empty, nothing, status_date=STATUS).empty
    spent = budget_months(months(month_row("A", "2026-01-01", actual_amount=5)), status_date=STATUS)
    assert budget_charts.year_course_data(spent, nothing, status_date=STATUS).empty


def test_kinds_are_drawn_with_budget_and_forecast_and_none_where_nobody_has_one() -> None:
    frame = budget_kinds(
        lines(
            line("A", kind="capital", budget_amount=75_000, actual_amount=30_000, commitment_amount=5000),
            line("B", budget_amount=25_000, actual_amount=90_000),
            line("C", kind="not said", actual_amount=4000, **NOTHING),
        )
    )
    data = budget_charts.kinds_data(frame)
    assert data["title"].iloc[0] == "75\u00a0% of the budget and 24\u00a0% of the cost are capital"
    assert data["kind"].to_list() == ["Capital", "Operating", "Not said"]
    assert data[["spent", "owed", "budget"]].iloc[0].to_list() == [30, 35, 75]
    assert data["forecast"].to_list() == pytest.approx([35, 90, float("nan")], nan_ok=True)
    assert {"worse", "muted", "total"} <= styles(budget_charts.kinds(data).to_dict())
    silent = budget_kinds(lines(line("C", kind="not said", budget_amount=9)))
    assert budget_charts.kinds_data(silent)["title"].iloc[0] == "Budgets do not say what is capital"
    assert budget_charts.kinds_data(silent.iloc[0:0]).empty
