from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from pmo_analytics.performance.earned_value import earned_value
from pmo_analytics.performance.health import project_health
from pmo_analytics.performance.portfolio_earned_value import portfolio_earned_value
from pmo_analytics.performance.s_curve import s_curve
from pmo_analytics.reporting import key_figures
from pmo_analytics.reporting.key_figures import KeyFigure
from pmo_analytics.resources.estimation import estimate_accuracy
from pmo_analytics.resources.utilisation import OrganisationUtilisation
from tests.frames import contract_frame, course, outlook_of, project_row

STATUS = pd.Timestamp("2025-02-28")


@pytest.fixture(scope="module")
def frames() -> dict[str, pd.DataFrame]:
    rows = contract_frame(
        "planned_earned_actual",
        [
            *course("A", [1e6, 2e6, 3e6], [1e6, 1.5e6], [1.0e6, 2e6]),
            *course("B", [1e6, 2e6], [1e6, 2e6], [1e6, 1.5e6]),
        ],
    )
    projects = contract_frame("project", [project_row("A"), project_row("B")])
    statuses = contract_frame(
        "project_status",
        [{"project_id": "A", "status_date": STATUS, "state": "active", "rag_status": "green"}],
    )
    earned = earned_value(rows, projects, status_date=STATUS)
    outlook = outlook_of(rows, statuses, status_date=STATUS)
    return {
        "earned": earned,
        "health": project_health(earned, outlook, projects, statuses, status_date=STATUS),
        "curve": s_curve(rows, outlook, status_date=STATUS),
        "portfolio": portfolio_earned_value(earned, outlook),
    }


def test_cost_at_completion_by_hand(frames: dict[str, pd.DataFrame]) -> None:
    figure = key_figures.cost_figure(frames["portfolio"], frames["curve"], frames["health"])
    assert figure
    # A comes to 2 + 1.5 and B, which is done, to 1.5; in January they came to 3 and 2.
    assert figure.value == "EUR\u00a05.00\u00a0m"
    assert figure.change == "unchanged"
    assert "EUR\u00a05.00\u00a0m, 2 projects" in figure.note
    assert figure.basis == ("Rest at plan: 1 finished project; it takes 9 to prove another better.")


def test_exact_values_stand_beside_the_shown_with_the_months_of_their_history(frames: dict[str, pd.DataFrame]) -> None:
    cost = key_figures.cost_figure(frames["portfolio"], frames["curve"], frames["health"])
    behind = key_figures.schedule_figure(frames["earned"], frames["health"])
    used = key_figures.utilisation_figure(organisation(0.7, 0.8), pd.Timestamp("2025-02-28"))
    assert cost
    assert behind
    assert used
    months = [date(2025, 1, 1), date(2025, 2, 1)]
    assert (cost.exact, cost.unit, cost.history, cost.months) == (5e6, "EUR", [5e6, 5e6], months)
    assert (behind.exact, behind.unit, behind.months[-1], behind.history[-1]) == (1.0, "projects", months[-1], 1.0)
    assert (used.exact, used.unit, used.history, used.months) == (0.8, "ratio", [0.7, 0.8], months)


def test_projects_behind_schedule_are_counted_never_averaged(frames: dict[str, pd.DataFrame]) -> None:
    figure = key_figures.schedule_figure(frames["earned"], frames["health"])
    assert figure
    # A: ES 1.5 of 2 months; B on plan.
    assert figure.value == "1 of 2"
    assert (figure.change, figure.is_worse) == ("+1", True)


def test_the_headline_names_who_is_red_while_reporting_green(frames: dict[str, pd.DataFrame]) -> None:
    text = key_figures.headline(frames["health"], None)
    assert text == "1 of 2 projects computes red, 1 of them while reporting green."


def test_the_headline_holds_in_a_locale_whose_decimals_have_a_comma(frames: dict[str, pd.DataFrame]) -> None:
    cost = KeyFigure("Cost at completion", "EUR 3,62 m", "6,1 % over the budget of EUR 3,41 m, 10 projects")
    text = key_figures.headline(frames["health"], cost)
    assert text.startswith("Cost at completion is forecast at EUR 3,62 m, 6,1 % over the budget of EUR 3,41 m. ")


def test_without_plans_the_headline_says_so() -> None:
    projects = contract_frame("project", [project_row("A")])
    months = contract_frame("planned_earned_actual", [])
    earned, outlook = earned_value(months, projects, status_date=STATUS), outlook_of(months, status_date=STATUS)
    health = project_health(earned, outlook, projects, contract_frame("project_status", []), status_date=STATUS)
    assert "neither plans nor progress" in key_figures.headline(health, None)


def organisation(*ratios: float | None) -> pd.DataFrame:
    return pd.DataFrame(
        {
            OrganisationUtilisation.period_month: pd.date_range("2025-01-01", periods=len(ratios), freq="MS"),
            OrganisationUtilisation.persons: 9,
            OrganisationUtilisation.duration_seconds: 36e5,
            OrganisationUtilisation.available_seconds: 36e5,
            OrganisationUtilisation.utilisation_ratio: pd.Series(ratios, dtype=float),
            OrganisationUtilisation.hours_left_out_seconds: 0.0,
        }
    )


def test_utilisation_is_worse_only_above_full() -> None:
    rising = key_figures.utilisation_figure(organisation(0.7, 0.8), STATUS)
    over = key_figures.utilisation_figure(organisation(0.9, 1.1), STATUS)
    assert rising
    assert over
    assert (rising.value, rising.change, rising.is_worse) == ("80\u00a0%", "+10\u00a0points", None)
    assert over.is_worse is True


def test_a_month_without_timesheets_has_no_utilisation() -> None:
    assert key_figures.utilisation_figure(organisation(0.7, 0.0), STATUS) is None
    assert key_figures.utilisation_figure(organisation(), STATUS) is None


def test_estimates_are_told_from_nine_items_on() -> None:
    def items(n: int) -> pd.DataFrame:
        rows = [
            {
                "item_id": str(i),
                "estimate_seconds": 3600.0,
                "actual_seconds": 7200.0,
                "state": "finished",
                "actual_source": "register",
            }
            for i in range(n)
        ]
        return estimate_accuracy(contract_frame("estimate_history", rows), status_date=STATUS)

    assert key_figures.estimate_figure(items(8)) is None
    figure = key_figures.estimate_figure(items(9))
    assert figure
    assert figure.value == "2.00"


def test_the_line_runs_from_left_to_right_within_its_box() -> None:
    assert KeyFigure("", "", "", history=[1.0, 3.0, 2.0]).line == "M0.0,26.0L42.0,0.0L84.0,13.0"
    assert KeyFigure("", "", "", history=[1.0, 3.0, 2.0]).end == ("84.0", "13.0")
    assert KeyFigure("", "", "", history=[1.0, float("nan")]).line == ""
