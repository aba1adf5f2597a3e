"""Key figures and tables of the page on risk hold what their frames hold, and text as text."""

from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.performance.contingency import contingency_burn_down
from pmo_analytics.performance.cost_risk import cost_risk, portfolio_cost_risk
from pmo_analytics.performance.risk_calibration import risk_calibration
from pmo_analytics.performance.risk_register import exposure_trend, register_quality, register_summary, risk_findings
from pmo_analytics.performance.schedule_risk import schedule_risk
from pmo_analytics.performance.systemic_risk import shared_causes
from pmo_analytics.reporting import risk_figures, risk_tables
from pmo_analytics.reporting.fragments import Fragment
from tests.frames import contract_frame, project_row
from tests.performance.test_risk_calibration import PROJECTS, WORKED
from tests.risks import STATUS, earned, estimates, risk, risks

REGISTER = risks(
    risk("R1", "2026-05-31", cost=(80e3,), probability=0.5, driver="<b>ice</b>", category="weather"),
    risk("R2", cost=(50e3,), probability=0.4, driver="<b>ice</b>", project_id="B", title="<script>R2</script>"),
    risk("R3", "2026-06-15", project_id="B", owner_id="p1"),
)
EARNED = earned(A=(1e6, 0.0, 0.0), B=(2e6, 1e6, 1.1e6))
NAMES = contract_frame("project", [project_row("A"), project_row("B")])
NO_ESTIMATES = estimates()


def declared(*names: str) -> pd.DataFrame:
    """`ScheduleRisk` of projects that have a declared finish and no risk."""
    report = {"status_date": STATUS, "state": "active", "forecast_finish_date": pd.Timestamp("2026-12-31")}
    projects = contract_frame("project", [project_row(name) for name in names])
    status = contract_frame("project_status", [report | {"project_id": name} for name in names])
    made: pd.DataFrame = schedule_risk(EARNED, projects, status, risks(), NO_ESTIMATES, status_date=STATUS)
    return made


def html(made: Fragment) -> str:
    return str(made._repr_mimebundle_()["text/html"])


def test_the_figures_hold_what_the_frames_hold() -> None:
    portfolio = portfolio_cost_risk(EARNED, REGISTER, NO_ESTIMATES, status_date=STATUS)
    burn_down = contingency_burn_down(REGISTER, status_date=STATUS)
    figures = [
        risk_figures.contingency_figure(portfolio),
        risk_figures.tail_figure(portfolio),
        risk_figures.contingency_left_figure(burn_down),
        risk_figures.exposure_figure(exposure_trend(REGISTER, status_date=STATUS)),
        risk_figures.register_figure(register_summary(REGISTER, status_date=STATUS)),
    ]
    (row,) = portfolio.to_dict("records")
    exact = [figure.exact for figure in figures if figure is not None]
    assert exact == pytest.approx([
        row["contingency_amount"], row["conditional_value_at_risk_amount"],
        burn_down["remaining_contingency_amount"].iloc[-1], 60e3, 3,
    ])  # fmt: skip
    assert [figure.unit for figure in figures if figure is not None] == ["EUR"] * 4 + ["risks"]
    left = figures[2]
    assert left is not None
    assert len(left.history) == len(left.months) == 2


def test_the_headline_says_what_is_needed_left_and_lacking_or_that_there_is_no_register() -> None:
    portfolio = portfolio_cost_risk(EARNED, REGISTER, NO_ESTIMATES, status_date=STATUS)
    burn_down = contingency_burn_down(REGISTER, status_date=STATUS, set_aside={"EUR": 10e3})
    text = risk_figures.headline(portfolio, burn_down, register_summary(REGISTER, status_date=STATUS))
    needed = f"EUR\u00a0{portfolio['contingency_amount'].iloc[0] / 1e3:.0f}\u00a0k"
    assert text.split(". ") == [
        f"Known risks take {needed} over the base of EUR\u00a03.10\u00a0m to be covered four times in five",
        "EUR\u00a010\u00a0k of contingency is left",
        "3 of 3 entries of the register lack something.",
    ]
    nothing = risks()
    assert risk_figures.headline(
        portfolio, contingency_burn_down(nothing, status_date=STATUS), register_summary(nothing, status_date=STATUS)
    ).startswith("No risk register is loaded")


def test_probabilities_have_a_figure_only_where_they_are_scored() -> None:
    scored = risk_calibration(risks(*WORKED), PROJECTS, status_date=STATUS)
    figure = risk_figures.calibration_figure(scored)
    assert figure is not None
    assert figure.exact == pytest.approx(1 - 0.205 / 0.24)
    assert "20 closed risks" in figure.note
    thin = risk_calibration(REGISTER, PROJECTS, status_date=STATUS)
    assert risk_figures.calibration_figure(thin) is None
    page = html(risk_tables.calibration_table(thin))
    assert "Stated probabilities cannot be scored yet" in page
    assert "20 more closed risks with an outcome" in page
    assert "not proven better than the base rate" in html(risk_tables.calibration_table(scored))


def test_the_cost_table_says_that_ranges_are_missing_and_names_the_largest() -> None:
    costs = cost_risk(EARNED, REGISTER, NO_ESTIMATES, status_date=STATUS)
    page = html(risk_tables.cost_risk_table(costs, NAMES, declared("A", "Z")))
    assert "Project A needs the largest contingency" in page
    assert "2 of 2 projects state no range for their remaining work" in page
    assert "without a base: Z." in page
    bare = cost_risk(EARNED, risks(), NO_ESTIMATES, status_date=STATUS)
    assert "Cost risk by project" in html(risk_tables.cost_risk_table(bare, NAMES, declared()))
    nothing = portfolio_cost_risk(EARNED, risks(), NO_ESTIMATES, status_date=STATUS)
    assert risk_figures.contingency_figure(nothing) is None
    assert risk_figures.tail_figure(nothing) is None
    assert risk_figures.register_figure(register_summary(risks(), status_date=STATUS)) is None
    assert "No running project has a budget" in html(risk_tables.cost_risk_table(costs.iloc[0:0], NAMES, declared()))


def test_the_finish_table_names_the_project_that_risks_put_off_most() -> None:
    delays = {"delay_low_days": 20.0, "delay_most_likely_days": 20.0, "delay_high_days": 20.0}
    rows = risks(risk("R", probability=0.9, **delays), risk("S", probability=0.5, project_id="B"))
    report = {"status_date": STATUS, "state": "active", "forecast_finish_date": pd.Timestamp("2026-12-31")}
    status = contract_frame("project_status", [report | {"project_id": name} for name in "AB"])
    finishes = schedule_risk(EARNED, NAMES, status, rows, NO_ESTIMATES, status_date=STATUS)
    page = html(risk_tables.finish_risk_table(finishes, NAMES))
    assert "Known risks may put off Project A by 20 days at P80" in page
    assert "20\u00a0January" in page
    assert "No running project has declared a finish." in html(risk_tables.finish_risk_table(finishes.iloc[0:0], NAMES))


def test_shared_causes_and_findings_hold_text_as_text() -> None:
    causes = html(risk_tables.shared_cause_table(shared_causes(REGISTER, status_date=STATUS)))
    assert "&lt;b&gt;ice&lt;/b&gt;" in causes
    assert "puts 2 projects at risk at once" in causes
    found = risk_findings(REGISTER, status_date=STATUS)
    page = html(risk_tables.finding_table(found))
    assert "&lt;script&gt;R2&lt;/script&gt;" in page
    assert "<script>R2" not in page
    assert "no owner, no response, no date" in page


def test_the_quality_of_the_register_is_counted_by_project() -> None:
    quality = register_quality(REGISTER, status_date=STATUS)
    page = html(risk_tables.quality_table(quality, NAMES))
    assert "Most often an entry has no response" in page
    assert "No probability" in page
    assert "Stale</th>" not in page
    assert "No risk register is loaded." in html(risk_tables.quality_table(quality.iloc[0:0], NAMES))


def test_a_sound_register_has_nothing_to_mend() -> None:
    sound = risks(
        risk(
            "R", cost=(1.0, 2.0, 3.0), probability=0.2, owner_id="p1", response="watch",
            proximity_date=pd.Timestamp("2026-12-01"),
        )
    )  # fmt: skip
    assert "No entry of the register lacks anything." in html(
        risk_tables.quality_table(register_quality(sound, status_date=STATUS), NAMES)
    )
    assert "lacks anything" in html(risk_tables.finding_table(risk_findings(sound, status_date=STATUS)))
