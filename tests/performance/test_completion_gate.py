"""One rule for what is shown: by hand, thin and proven, and ruled by what was known at each month."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pmo_analytics.performance.baselines import earned_value_as_baselined
from pmo_analytics.performance.completion_gate import ShownSeries, completion_verdict, shown_series
from pmo_analytics.performance.completion_history import cost_trial, finish_trial
from pmo_analytics.performance.completion_methods import AT_CPI, AT_PLAN, REST_PLANNED
from pmo_analytics.performance.completion_trial import CompletionTrial, champion_series
from tests.performance.portfolios import Frames, now_of, portfolio


def costs(frames: Frames) -> CompletionTrial:
    return cost_trial(
        earned_value_as_baselined(frames["planned_earned_actual"], frames["budget"], status_date=now_of(frames))
    )


def of(trial: CompletionTrial, shown: ShownSeries, project: str) -> tuple[list[str], list[float], str]:
    rows = trial.projects == project
    return list(shown.methods[rows]), shown.forecasts[rows].tolist(), str(shown.reasons[rows][-1])


def test_below_nine_finished_projects_the_naive_one_stands_without_quantiles() -> None:
    trial = costs(portfolio(8))
    shown = shown_series(trial)
    methods, forecasts, reason = of(trial, shown, "R0")
    assert set(methods) == {AT_PLAN}
    # 400 earned for 500: the rest of 600 at plan.
    assert forecasts[-1] == pytest.approx(1100)
    assert reason == "8 finished projects; it takes 9 to prove another better"
    assert np.isnan(shown.quantiles).all()


def test_what_is_proven_better_is_shown_from_the_month_on_in_which_it_was() -> None:
    trial = costs(portfolio(24))
    shown = shown_series(trial)
    methods, forecasts, reason = of(trial, shown, "R0")
    # CPI was right on every project: 500 + 600 / 0.8.
    assert set(methods) == {AT_CPI}
    assert forecasts[-1] == pytest.approx(1250)
    assert reason == "proven better than rest at plan on 24 finished projects"
    assert shown.quantiles[trial.projects == "R0"][-1].tolist() == pytest.approx([1250] * 4)
    # When the tenth project began nothing was proven: too few had finished.
    assert set(of(trial, shown, "P09")[0]) == {AT_PLAN}


def test_projects_that_finish_later_change_no_month_before() -> None:
    frames = portfolio(20, running=())
    trial = costs(frames)
    early = costs(portfolio(14, running=()))
    whole, part = shown_series(trial), shown_series(early)
    last = early.asked_at.max()
    rows = np.isin(trial.projects, early.projects) & (trial.asked_at <= last)
    assert rows.sum() == len(early.projects)
    assert whole.methods[rows].tolist() == part.methods.tolist()
    np.testing.assert_array_equal(whole.forecasts[rows], part.forecasts)
    np.testing.assert_array_equal(whole.quantiles[rows], part.quantiles)


def test_where_no_method_is_better_the_naive_one_has_its_own_record() -> None:
    trial = costs(portfolio(20))
    equal = replace(trial, forecasts=dict.fromkeys(trial.forecasts, trial.forecasts[AT_PLAN]))
    shown = shown_series(equal)
    methods, forecasts, reason = of(equal, shown, "R0")
    assert set(methods) == {AT_PLAN}
    assert reason == "no other is proven better on 20 finished projects"
    # Of 600 left 750 were needed on every finished project: 500 + 750.
    assert forecasts[-1] == pytest.approx(1100)
    assert shown.quantiles[equal.projects == "R0"][-1].tolist() == pytest.approx([1250] * 4)


def test_a_champion_without_a_figure_gives_way_and_says_so() -> None:
    trial = costs(portfolio(24))
    row = np.flatnonzero(trial.projects == "R0")[-1]
    for name in trial.forecasts:
        if name != AT_PLAN:
            trial.forecasts[name][row] = np.nan
    shown = shown_series(trial)
    assert shown.methods[row] == AT_PLAN
    assert shown.reasons[row] == "what is proven better has no figure here"


def test_all_others_are_known_where_one_is_left_out() -> None:
    frames = portfolio(10, running=())
    earned = earned_value_as_baselined(frames["planned_earned_actual"], frames["budget"], status_date=now_of(frames))
    trial = finish_trial(earned, frames["project_status"], leaves_one_out=True)
    verdict = completion_verdict(trial, champion_series(trial))
    assert verdict.is_proven
    # The rest at plan misses 13 months by 3 - 0.2 k in month k, 1.7 on average; SPI(t) by 0.5 in all of them.
    assert verdict.sentence.startswith(
        f"what is chosen on the past alone is shown, which is better than {REST_PLANNED}: 0.29 times its error"
    )
    assert len(set(shown_series(trial).reasons)) == 1
