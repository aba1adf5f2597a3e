from __future__ import annotations

from itertools import pairwise
from typing import Any

import pandas as pd
import pytest

from pmo_analytics.performance import s_curve_charts as charts
from pmo_analytics.performance.baselines import earned_value_as_baselined
from pmo_analytics.performance.completion_forecasts import cost_at_completion
from pmo_analytics.performance.s_curve import s_curve
from tests.frames import contract_frame, course, outlook_of
from tests.performance.test_s_curve import CONE, outlook
from tests.specs import marks, rows_of_spec, styles

STATUS = pd.Timestamp("2025-04-30")
JANUARY = pd.Timestamp("2025-01-31")


def ends(data: pd.DataFrame) -> dict[str, str]:
    """The labels by the series whose end they stand at."""
    return {str(row["series"]): str(row["label"]) for row in data[data["label"] != ""].to_dict("records")}


def of_two() -> pd.DataFrame:
    rows = contract_frame("planned_earned_actual", [
        *course("A", [100e3, 200e3, 300e3, 400e3, 500e3], [90e3, 180e3, 240e3, 300e3], [100e3, 210e3, 330e3, 450e3]),
        *course("B", [50e3, 100e3, 150e3, 200e3, 250e3], [50e3, 100e3, 150e3, 200e3], [40e3, 80e3, 120e3, 160e3]),
        *course("C", [10e3, 20e3, 30e3]),
    ])  # fmt: skip
    return s_curve(rows, outlook_of(rows, status_date=STATUS), status_date=STATUS)


def of_one(**values: Any) -> pd.DataFrame:
    rows = contract_frame("planned_earned_actual", course("A", [10, 20], [8], [9]))
    scaled = rows.assign(**{name: rows[name] * 1e3 for name in rows if name.endswith("_amount")})
    told = outlook("2025-03-28", **values)
    told = told.assign(**{name: told[name] * 1e3 for name in told if name.endswith("_amount")})
    return s_curve(scaled, told, status_date=JANUARY)


def test_it_is_in_a_readable_unit_and_names_the_gap_and_what_is_expected() -> None:
    data = charts.s_curve_data(of_two(), status_date=STATUS)
    # Sums of A and B in thousands: EV 500, AC 610, PV 600; A comes to 450 + 200, B to 160 + 50.
    assert ends(data) == {
        "plan": "Planned 750.0", "earned": "Earned 500.0", "actual": "Cost 610.0", "expected": "Expected 860.0",
    }  # fmt: skip
    assert data["title"].iloc[0] == (
        "Cost runs EUR 110.0 thousand ahead of what was earned, and earned value stands 100.0 behind plan"
    )
    assert data["subtitle"].iloc[0] == (
        "EUR thousand, cumulative; 2 projects with plan, progress and cost; left out: 1; dotted: 860.0 expected, "
        "rest at plan; no cone: P80s of several projects do not add up"
    )
    assert set(data.loc[data["series"] == "earned", "month"]) == {f"2025-0{m}-01" for m in range(1, 5)}
    spec = charts.s_curve(data).to_dict()
    assert {"plan", "earned", "actual", "forecast", "today"} <= styles(spec)
    assert "area" not in marks(spec)


def test_a_cone_is_drawn_from_the_record_with_the_span_of_the_finish() -> None:
    finishes = {"p10_finish_date": pd.Timestamp("2025-03-10"), "p90_finish_date": pd.Timestamp("2025-05-31")}
    data = charts.s_curve_data(of_one(**CONE, **finishes), status_date=JANUARY)
    assert ends(data)["P80"] == "P80 25.0"
    assert "bands: P10 to P90 and, darker, P50 to P80; blue: the finish, P10 to P90" in data["subtitle"].iloc[0]
    cone = data[data["series"] == "expected"]
    assert cone["p90"].to_list() == pytest.approx([9, 19, 29, 29, 29])
    # The end of May stands where May's figures do.
    assert (data["axis_begin"].iloc[0], data["axis_end"].iloc[0]) == ("2025-02-11", "2025-05-01")
    spec = charts.s_curve(data).to_dict()
    assert {"cone-outer", "cone-inner", "interval", "forecast"} <= styles(spec)
    assert rows_of_spec(spec, "p10")[-1]["p10"] == pytest.approx(15)
    assert data["description"].iloc[0].endswith("21.0 is expected, with a cone from P10 to P90.")


def test_where_there_is_no_cone_the_other_forecasts_are_points_and_the_reason_is_told() -> None:
    rows = contract_frame("planned_earned_actual", course("A", [10e3, 20e3], [8e3], [9e3]))
    baselined = earned_value_as_baselined(rows, contract_frame("budget", []), status_date=JANUARY)
    costs = cost_at_completion(baselined)
    curve = s_curve(rows, outlook_of(rows, status_date=JANUARY), status_date=JANUARY)
    data = charts.s_curve_data(curve, status_date=JANUARY, costs=costs)
    points = data[~data["series"].isin(["plan", "earned", "actual", "expected"])].set_index("series")["amount"]
    # 9 + 12 / (8 / 9) at CPI; what is shown is the line's end, not a point.
    assert points["rest at CPI"] == pytest.approx(22.5)
    assert "rest at plan" not in points
    assert (
        data["subtitle"]
        .iloc[0]
        .endswith("no cone: 0 finished projects; it takes 9 to prove another better; points: the other forecasts")
    )
    assert {"muted", "forecast"} <= styles(charts.s_curve(data).to_dict())


def test_what_is_wholly_earned_has_nothing_ahead() -> None:
    rows = contract_frame("planned_earned_actual", course("A", [10e3, 20e3], [10e3, 20e3], [9e3, 21e3]))
    day = pd.Timestamp("2025-02-28")
    data = charts.s_curve_data(s_curve(rows, outlook_of(rows, status_date=day), status_date=day), status_date=day)
    assert ends(data) == {"plan": "Planned 20.0", "earned": "Earned 20.0", "actual": "Cost 21.0"}


@pytest.mark.parametrize(
    "heights",
    [
        {"plan": 3.4, "earned": 3.0, "actual": 3.2}, {"plan": 3.0, "earned": 3.2, "actual": 3.3},
        {"plan": 3.0, "earned": 3.0, "actual": 3.0}, {"plan": 1.0, "earned": 3.0, "actual": 0.5},
        {"plan": 3.2, "earned": 3.1, "actual": 3.3}, {"plan": 3.0, "expected": 3.05, "P80": 3.1},
        {"plan": 3.0, "expected": 2.9, "P80": 3.0, "earned": 1.0, "actual": 1.01},
        {"plan": 3.0, "expected": 3.0, "P80": 3.0, "earned": 1.1, "actual": 1.0},
    ],
)  # fmt: skip
def test_labels_of_one_month_lie_apart(heights: dict[str, float]) -> None:
    now = "2025-06-01" if "expected" not in heights else "2025-01-01"
    rows = [
        {"month": now if name in {"earned", "actual"} else "2025-06-01", "series": name, "amount": value, "label": "x"}
        for name, value in heights.items()
    ]
    if "expected" in heights and "actual" not in heights:
        rows += [{"month": now, "series": name, "amount": 0.5, "label": "x"} for name in ("earned", "actual")]
    data = pd.DataFrame([*rows, {"month": "2025-06-01", "series": "other", "amount": 3.5, "label": ""}])
    shifts = charts._label_shifts(data)
    assert shifts["plan"] == 0
    for _, labels in data[data["label"] != ""].groupby("month"):
        places = sorted(
            (1 - row["amount"] / 3.5) * 320 + shifts[row["series"]] for row in labels.to_dict("records")
        )  # fmt: skip
        assert all(after - before > 14.99 for before, after in pairwise(places))
    if "expected" in heights:
        assert shifts["actual"] >= 15


def test_nothing_gives_nothing_to_draw() -> None:
    assert charts.s_curve_data(of_two().iloc[0:0], status_date=STATUS).empty
