from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from pmo_analytics.performance.warning_features import warning_features
from pmo_analytics.performance.watermelon import watermelon
from pmo_analytics.synthetic.projects import add_months
from pmo_analytics.synthetic.troubled_projects import TroubledPortfolio, troubled_portfolio
from tests.frames import contract_frame
from tests.performance.test_warning_features import TABLES


@pytest.fixture(scope="module")
def portfolio() -> TroubledPortfolio:
    return troubled_portfolio(7, projects=24)


def test_a_seed_is_one_portfolio(portfolio: TroubledPortfolio) -> None:
    assert troubled_portfolio(7, projects=24) == portfolio
    assert troubled_portfolio(8, projects=24) != portfolio
    # Another project changes nothing of those before it.
    assert troubled_portfolio(7, projects=25).projects[:24] == portfolio.projects


def test_every_table_keeps_its_contract(portfolio: TroubledPortfolio) -> None:
    assert set(portfolio.tables) == set(TABLES) - {"issue_status_history"}
    for name, rows in portfolio.tables.items():
        assert len(contract_frame(name, rows)) == len(rows)


def test_trouble_lowers_what_is_done_for_the_money_from_its_onset_on(portfolio: TroubledPortfolio) -> None:
    rows = pd.DataFrame(portfolio.tables["planned_earned_actual"])
    onsets = {each.project_id: each for each in portfolio.projects if each.onset is not None}
    assert 5 <= len(onsets) <= 15
    before, after = [], []
    for project, course in rows.groupby("project_id"):
        done = course["earned_value_amount"].astype(float).diff() / course["actual_cost_amount"].astype(float).diff()
        truth = onsets.get(str(project))
        if truth is None:
            before.extend(done.dropna())
            continue
        assert truth.onset is not None
        is_after = course["period_month"] >= add_months(truth.start, truth.onset - 1)
        before.extend(done[~is_after].dropna())
        after.extend(done[is_after].dropna())
    assert pd.Series(before).median() > 0.95
    assert pd.Series(after).median() < 0.85


def test_who_always_tells_green_is_found_out(portfolio: TroubledPortfolio) -> None:
    tables = {name: contract_frame(name, portfolio.tables.get(name, [])) for name in TABLES}
    features = warning_features(**tables, status_date=pd.Timestamp("2025-06-30"))
    planted = {each.project_id for each in portfolio.projects if each.tells_green and each.onset is not None}
    found: set[str] = set()
    for month in pd.date_range("2024-01-31", "2025-06-30", freq="ME"):
        rows = watermelon(features, tables["project"], status_date=month)
        found |= set(rows.loc[rows["steps_better_count"] == 2, "project_id"])
    started = {p.project_id for p in portfolio.projects if p.start <= date(2024, 6, 1)}
    assert planted & started
    assert planted & started <= found
