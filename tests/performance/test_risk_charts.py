from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.performance import risk_charts, risk_course_charts
from pmo_analytics.performance.contingency import contingency_burn_down
from pmo_analytics.performance.cost_risk import cost_risk_curve, portfolio_cost_risk
from pmo_analytics.performance.cost_risk_drivers import cost_risk_drivers
from pmo_analytics.performance.risk_calibration import risk_reliability
from pmo_analytics.performance.risk_register import exposure_trend
from tests.performance.test_risk_calibration import WORKED
from tests.risks import STATUS, earned, estimates, risk, risks
from tests.specs import marks, rows_of_spec, styles

NO_ESTIMATES = estimates()
TWO = (
    risk("R1", cost=(300e3,), probability=0.5, title="Supplier of the engines delivers late"),
    risk("R2", cost=(400e3,), probability=0.5, title="Ice"),
)


def simulated(*rows: dict[str, object]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    frame, register = earned(A=(1e6, 0.0, 0.0)), risks(*rows)
    return (
        portfolio_cost_risk(frame, register, NO_ESTIMATES, status_date=STATUS),
        cost_risk_curve(frame, register, NO_ESTIMATES, status_date=STATUS),
        cost_risk_drivers(frame, register, NO_ESTIMATES, status_date=STATUS),
    )


def test_the_tornado_names_how_many_lines_make_half_and_draws_both_ends() -> None:
    portfolio, _, drivers = simulated(*TWO)
    data = risk_charts.tornado_data(drivers, portfolio)
    assert data["line"].to_list() == ["Ice · A", "Supplier of the engines… · A"]
    assert data["title"].iloc[0] == "“Ice · A” alone makes half of the spread of cost"
    # About the mean of 1.35 million: 200 thousand either way for the one of 400.
    assert data[["low", "high"]].iloc[0].to_list() == pytest.approx([-200, 200], abs=12)
    assert data["axis_high"].iloc[0] > data["high"].max()
    spec = risk_charts.tornado(data).to_dict()
    assert {"better", "worse", "label"} <= styles(spec)
    assert rows_of_spec(spec, "contribution_pct")[0]["label"] == data["label"].iloc[0]
    assert "blue where a risk does not happen" in spec["title"]["subtitle"]


def test_two_risks_of_one_title_are_told_apart() -> None:
    portfolio, _, drivers = simulated(*(row | {"title": "Ice"} for row in TWO))
    assert set(risk_charts.tornado_data(drivers, portfolio)["line"]) == {"Ice · A R1", "Ice · A R2"}


def test_the_curve_marks_the_base_p50_and_p80() -> None:
    portfolio, curve, _ = simulated(*TWO)
    data = risk_charts.cost_curve_data(curve, portfolio)
    assert data["title"].iloc[0].startswith("The base holds in 2")
    assert "four in five stay within EUR\u00a01.70\u00a0m" in data["title"].iloc[0]
    spec = risk_charts.cost_curve(data).to_dict()
    places = {row["label"]: row["cost"] for row in rows_of_spec(spec, "height")}
    assert places["base"] == 1000
    assert places["P80"] == pytest.approx(1700)
    assert {"limit", "earned", "p80"} <= styles(spec)
    assert {"rule", "line", "point", "text"} <= marks(spec)


def test_without_a_risk_or_a_project_there_is_no_drawing() -> None:
    portfolio, curve, drivers = simulated()
    assert risk_charts.tornado_data(drivers, portfolio).empty
    assert risk_charts.cost_curve_data(curve, portfolio).empty
    assert risk_charts.cost_curve_data(curve.iloc[0:0], portfolio.iloc[0:0]).empty
    assert risk_charts.stated_and_happened_data(risk_reliability(risks(), status_date=STATUS)).empty
    assert risk_course_charts.burn_down_data(contingency_burn_down(risks(), status_date=STATUS)).empty
    assert risk_course_charts.exposure_chart_data(exposure_trend(risks(), status_date=STATUS)).empty


def test_what_is_not_drawn_is_named() -> None:
    rows = risks(risk("R", cost=(90e3,), probability=0.5), risk("S", cost=(9e3,), probability=0.5, currency="USD"))
    data = risk_course_charts.exposure_chart_data(exposure_trend(rows, status_date=STATUS))
    assert data["title"].iloc[0] == "Open risks expose EUR\u00a045\u00a0k"
    assert data["subtitle"].iloc[0].endswith("Not drawn: USD")


BURNT = (
    risk("R", "2026-04-30", cost=(80e3,), probability=0.9),
    risk("S", "2026-04-30", cost=(50e3,), probability=1.0),
    risk("S", "2026-05-31", cost=(50e3,), state="occurred"),
)


@pytest.mark.parametrize(
    ("set_aside", "state"),
    [
        (40e3, "Contingency is overdrawn by EUR\u00a010\u00a0k, beside"),
        (90e3, "EUR\u00a040\u00a0k of contingency is left, short of"),
        (200e3, "EUR\u00a0150\u00a0k of contingency is left, which covers"),
    ],
)
def test_the_burn_down_says_whether_what_is_left_covers_what_is_asked_for(set_aside: float, state: str) -> None:
    data = risk_course_charts.burn_down_data(
        contingency_burn_down(risks(*BURNT), status_date=STATUS, set_aside={"EUR": set_aside})
    )
    assert data["title"].iloc[0] == f"{state} the EUR\u00a080\u00a0k that open risks ask for"
    assert "drew EUR\u00a050\u00a0k" in data["subtitle"].iloc[0]
    left = data[data["series"] == "left"]["amount"].to_list()
    assert left == pytest.approx([set_aside / 1e3, set_aside / 1e3 - 50, set_aside / 1e3 - 50])
    assert {"plan", "actual", "earned", "limit"} <= styles(risk_course_charts.burn_down(data).to_dict())


def test_end_labels_have_a_line_of_their_own() -> None:
    data = risk_course_charts.burn_down_data(
        contingency_burn_down(risks(*BURNT), status_date=STATUS, set_aside={"EUR": 130e3})
    )
    ends = data[data["label"] != ""].sort_values("amount", ascending=False)
    high, low = data["amount"].max(), min(0.0, data["amount"].min())
    places = (high - ends["amount"]) / (high - low) * 260 + ends["label_shift"]
    assert (places.diff().dropna() >= 15.0 - 1e-9).all()
    assert ends["amount"].iloc[0] == ends["amount"].iloc[1]


def test_exposure_is_held_against_a_quarter_before() -> None:
    rows = [
        risk("R", "2026-03-31", cost=(100e3,), probability=0.5),
        risk("R", "2026-06-30", cost=(100e3,), probability=0.2),
    ]
    data = risk_course_charts.exposure_chart_data(exposure_trend(risks(*rows), status_date=STATUS))
    assert data["title"].iloc[0] == "Open risks expose EUR\u00a020\u00a0k, EUR\u00a030\u00a0k less than 3 months before"
    assert data["label"].to_list() == ["", "", "", "1 open"]
    assert {"earned", "label-earned"} <= styles(risk_course_charts.exposure_chart(data).to_dict())


def test_what_was_said_stands_beside_what_came() -> None:
    data = risk_charts.stated_and_happened_data(risk_reliability(risks(*WORKED), status_date=STATUS))
    assert data["title"].iloc[0] == "35\u00a0% was said of risks in the mean, and 40\u00a0% of them happened"
    assert data["subtitle"].iloc[0].endswith("Off for certain: none")
    assert data["name"].to_list() == ["10–30 % (10)", "30–50 % (10)"]
    assert {"interval", "p80", "better"} <= styles(risk_charts.stated_and_happened(data).to_dict())
