from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pmo_analytics.forecasting.discrete_risks import EventDraws, RiskEvent, conditional_value_at_risk, stream
from pmo_analytics.forecasting.input_distributions import Pert

DRAWS = 200_000


def event(name: str, probability: float = 0.5, driver: str | None = None) -> RiskEvent:
    return RiskEvent(name, probability, 1.0, 1.0, 1.0, driver)


@pytest.mark.parametrize("rho", [0.0, 0.5, 1.0])
def test_two_risks_of_a_driver_happen_together_as_often_as_the_quadrant_of_a_normal_pair(rho: float) -> None:
    # Sheppard (1899): both of two normal scores are below their medians with 1/4 + arcsin(ρ) / 2π.
    draws = EventDraws(DRAWS, 7, driver_correlation=rho)
    first, second = (draws.of(event(name, driver="ice")) for name in ("a", "b"))
    assert (first * second).mean() == pytest.approx(0.25 + math.asin(rho) / (2 * math.pi), abs=0.004)


def test_what_was_stated_stays_the_probability_and_the_mean() -> None:
    draws = EventDraws(DRAWS, 7, driver_correlation=0.8)
    drawn = draws.of(RiskEvent("a", 0.07, 10.0, 20.0, 60.0, "ice"))
    assert (drawn > 0).mean() == pytest.approx(0.07, abs=0.002)
    assert drawn[drawn > 0].mean() == pytest.approx(25.0, abs=0.4)
    quartiles = Pert(10.0, 20.0, 60.0).quantile(np.array([0.25, 0.5, 0.75]))
    assert np.quantile(drawn[drawn > 0], [0.25, 0.5, 0.75]) == pytest.approx(quartiles, abs=0.5)


def test_risks_of_other_drivers_have_nothing_to_do_with_each_other() -> None:
    draws = EventDraws(DRAWS, 7, driver_correlation=1.0)
    pairs = [(event("a", driver="ice"), event("b", driver="fog")), (event("a", driver="ice"), event("b"))]
    for pair in pairs:
        assert abs(np.corrcoef([draws.of(each) for each in pair])[0, 1]) < 0.01


def test_a_risk_has_the_same_draws_whichever_were_drawn_before_it() -> None:
    alone = EventDraws(1_000, 7, driver_correlation=0.5)
    after = EventDraws(1_000, 7, driver_correlation=0.5)
    after.of(event("b", driver="fog"))
    assert alone.of(event("a", driver="ice")).tolist() == after.of(event("a", driver="ice")).tolist()
    other = EventDraws(1_000, 8, driver_correlation=0.5)
    assert alone.of(event("a")).tolist() != other.of(event("a")).tolist()


def test_a_name_of_two_parts_is_not_the_name_of_both_together() -> None:
    assert stream(1, "ab", "c").random() != stream(1, "a", "bc").random()


@given(st.floats(0, 1))
def test_certain_risks_always_happen_and_impossible_ones_never(rho: float) -> None:
    draws = EventDraws(50, 3, driver_correlation=rho)
    assert draws.of(event("a", 1.0, "ice")).min() == 1
    assert draws.of(event("b", 0.0, "ice")).max() == 0


def test_the_tail_mean_of_a_normal_is_that_of_the_textbook() -> None:
    # Mean beyond the quantile z of level p is φ(z) / (1 - p).
    totals = stats.norm.ppf((np.arange(DRAWS) + 0.5) / DRAWS)
    z = stats.norm.ppf(0.8)
    assert conditional_value_at_risk(totals, 0.8) == pytest.approx(stats.norm.pdf(z) / 0.2, abs=1e-4)
    assert conditional_value_at_risk(np.array([1.0, 2.0]), 0.99) == 2.0


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="lies in 0 to 1"):
        event("a", 30)
    with pytest.raises(ValueError, match="rises from low"):
        RiskEvent("a", 0.5, 3.0, 2.0, 5.0)
    with pytest.raises(ValueError, match="correlation in 0 to 1"):
        EventDraws(10, 1, driver_correlation=-0.1)
    with pytest.raises(ValueError, match="and a draw"):
        EventDraws(0, 1, driver_correlation=0.0)
