"""Headline, key figures and tables of the page on benefits hold what their frames hold, and text as text."""

from __future__ import annotations

import math

import pandas as pd

from pmo_analytics.portfolio.benefit_realisation import BenefitDoubleCount
from pmo_analytics.portfolio.benefit_totals import benefit_measurement, benefit_totals
from pmo_analytics.portfolio.investment_worth import InvestmentWorth
from pmo_analytics.reporting import benefit_figures, benefit_tables
from pmo_analytics.reporting.fragments import Fragment
from tests.frames import contract_frame, project_row
from tests.portfolio.test_benefit_charts import outlook, record
from tests.portfolio.test_benefit_totals import THREE, realisation, twice

HOSTILE = "Gates <script>x</script>"
ROWS = realisation(
    {"benefit_id": "A", "name": HOSTILE, "project_id": "P", "due_planned_amount": 10.0, "realised_amount": 8.0,
     "realisation_rate": 0.8, "baseline_realisation_rate": 0.4, "to_come_planned_amount": 90.0,
     "p50_to_come_amount": 61.0, "quality_note": "3 months later than planned"},
    {"benefit_id": "B", "name": "Past", "realisation_rate": 0.5},
    {"benefit_id": "C", "name": "Complaints", "currency": None, "is_financial": False, "overdue_count": 2,
     "first_overdue_month": pd.Timestamp("2026-05-01")},
)  # fmt: skip
TOTALS = benefit_totals(THREE, twice(), outlook())


def worth(*rows: tuple[str, float | None, float | None]) -> pd.DataFrame:
    columns = list(InvestmentWorth.to_schema().columns)
    found = [
        {"project_id": name, "currency": "EUR", "planned_net_present_amount": planned,
         "expected_net_present_amount": expected, "planned_payback_months": 12.0,
         "internal_returns": "-6.8%, 12.0%", "quality_note": ""}
        for name, planned, expected in rows
    ]  # fmt: skip
    return InvestmentWorth.validate(pd.DataFrame(found, columns=columns))


def html(made: Fragment) -> str:
    return str(made._repr_mimebundle_()["text/html"])


def test_the_headline_says_what_came_what_is_worth_less_and_what_is_overdue() -> None:
    measured = benefit_measurement(THREE)
    told = benefit_figures.headline(TOTALS, measured, worth(("P", 10.0, -5.0), ("Q", 10.0, 5.0)))
    assert told == (
        "75\u00a0% of the benefits planned so far have come, EUR\u00a00\u00a0k of EUR\u00a00\u00a0k. 1 of 2 projects "
        "with benefits are expected to cost more than they are worth. 2 months have passed without a measurement."
    )
    assert "names what is missing" in benefit_figures.headline(TOTALS.iloc[0:0], measured.iloc[0:0], worth())
    assert "Nothing that was planned by now" in benefit_figures.headline(
        TOTALS.assign(realisation_rate=math.nan), measured, worth()
    )


def test_the_figures_hold_what_the_frames_hold() -> None:
    came = benefit_figures.realised_figure(TOTALS, outlook())
    assert came is not None
    assert (came.exact, came.unit, came.history, len(came.months)) == (6.0, "EUR", [4.0, 8.0], 2)
    expected = benefit_figures.expected_figure(TOTALS, outlook(), record())
    assert expected is not None
    assert (expected.exact, expected.basis) == (13.0, "62 % better")
    overdue = benefit_figures.overdue_figure(benefit_measurement(THREE))
    assert overdue is not None
    assert (overdue.exact, overdue.note) == (2.0, "months, of 1 of 3 benefits; nobody owns 1")
    least = benefit_figures.worth_figure(worth(("P", 10.0, -5.0), ("Q", 10.0, 5.0)))
    assert least is not None
    assert (least.exact, least.note.split(",")[0]) == (-5.0, "P")


def test_a_forecast_without_a_record_is_in_no_figure_and_in_no_table() -> None:
    refused = record(is_refused=True)
    assert benefit_figures.expected_figure(TOTALS, outlook(), refused) is None
    assert ">61<" in html(benefit_tables.benefit_table(ROWS, record()))
    assert ">61<" not in html(benefit_tables.benefit_table(ROWS, refused))


def test_where_nothing_is_known_there_is_no_figure() -> None:
    assert benefit_figures.realised_figure(TOTALS.iloc[0:0], outlook()) is None
    assert benefit_figures.realised_figure(TOTALS.assign(realisation_rate=math.nan), outlook()) is None
    assert benefit_figures.expected_figure(TOTALS.assign(p50_amount=math.nan), outlook(), record()) is None
    assert benefit_figures.overdue_figure(benefit_measurement(THREE).iloc[0:0]) is None
    assert benefit_figures.worth_figure(worth(("P", None, None))) is None


def test_benefits_to_come_past_ones_and_those_without_money_stand_apart() -> None:
    told = html(benefit_tables.benefit_table(ROWS, record()))
    assert "<script>x" not in told
    assert "80\u00a0%" in told
    assert "40\u00a0%" in told
    assert "3 months later than planned" in told
    assert "Past" not in told.split("<tbody>")[1]
    past = html(benefit_tables.past_table(ROWS, record()))
    assert "<summary>1 benefit</summary>" in past
    register = contract_frame(
        "benefit",
        [{"benefit_id": "C", "status_date": pd.Timestamp("2026-01-01"), "name": "Complaints", "measure": "letters"}],
    )
    other = html(benefit_tables.other_table(ROWS, record(), register))
    assert "letters" in other
    assert "Complaints" in other
    assert "since May\u00a02026" in other
    assert 'class="num off' in other


def test_worth_names_every_return_and_what_is_not_stated() -> None:
    named = contract_frame("project", [project_row("P", name=HOSTILE), project_row("Q")])
    told = html(benefit_tables.worth_table(worth(("Q", 10.0, 5.0), ("P", 10.0, -5.0)), named, discount_rate=0.05))
    assert "<script>x" not in told
    assert "\u22126.8\u00a0%, 12.0\u00a0%" in told
    assert "Discounted at 5.0\u00a0% a year." in told
    # The least worth first; the money that does not come back never does.
    assert told.index(">P<") < told.index("Project Q")
    assert "never" in told
    bare = html(benefit_tables.worth_table(worth(("Q", None, None)), named, discount_rate=None))
    assert "<code>discount_rate_pct</code> is not stated in [benefits] of pmo.toml" in bare


def test_money_that_stands_twice_is_named_with_its_way() -> None:
    rows = BenefitDoubleCount.validate(pd.DataFrame(
        [{"benefit_id": "A", "other_benefit_id": "C", "currency": "EUR", "planned_amount": 70.0,
          "benefit_path": "A → B → C"}]
    ))  # fmt: skip
    told = html(benefit_tables.double_count_table(rows))
    assert "A → B → C" in told
    assert ">70<" in told
    assert "no money leads to other money" in html(benefit_tables.double_count_table(rows.iloc[0:0]))


def test_the_record_has_its_band_or_its_verdict() -> None:
    told = html(benefit_tables.record_table(record()))
    assert "75\u00a0%" in told
    assert "43 to 95" in told
    assert "62 % better. Each past benefit" in told
    none = record(is_refused=True).assign(level_pct=math.nan)
    assert "No better." in html(benefit_tables.record_table(none))


def test_tables_without_rows_say_what_to_load() -> None:
    none = ROWS.iloc[0:0]
    assert "registers/benefit.csv" in html(benefit_tables.benefit_table(none, record()))
    assert "No plan of a benefit in money has run out." in html(benefit_tables.past_table(none, record()))
    assert "registers/benefit.csv" in html(benefit_tables.other_table(none, record(), contract_frame("benefit", [])))
    assert "No project has both" in html(
        benefit_tables.worth_table(worth(), contract_frame("project", []), discount_rate=None)
    )
