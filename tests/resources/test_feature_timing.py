from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.errors import UsageError
from pmo_analytics.resources.feature_timing import (
    AFTERWARDS,
    AT_ESTIMATE,
    checked_features,
    given_away,
    reason_of_name,
    refused_features,
)

SIZE = np.arange(1.0, 10.0)
HOURS = np.array([3.0, 5, 10, 10, 20, 15, 28, 30, 22])


def projects(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.random.Generator]:
    """Sizes, and efforts that scatter around a power of them."""
    generator = np.random.default_rng(seed)
    size = np.exp(generator.normal(5.0, 1.0, n))
    return size, 8.0 * size**0.9 * np.exp(generator.normal(0.0, 0.7, n)), generator


def test_worked_example() -> None:
    features = pd.DataFrame({"rate": HOURS / SIZE})
    assert refused_features(features, SIZE, HOURS, {"rate": AT_ESTIMATE}) == {
        "rate": "it explains 100.0 % of the outcome's logarithm that size leaves (9 rows)"
    }


@pytest.mark.parametrize(
    "name",
    ["PDR_AFP", "NPDR_UFP", "NPDU_UFP", "N_effort", "Effort", "Duration", "elapsed days", "actualFinish", "End Date",
     "end_date", "hoursSpent", "finishedOn", "productivity", "ActualHours", "hours_per_point",
     "planned_against_actual"],
)  # fmt: skip
def test_names_of_outcomes_are_refused_whatever_is_declared(name: str) -> None:
    assert reason_of_name(name)
    with pytest.raises(UsageError) as caught:
        checked_features(pd.DataFrame({name: ["a"] * 9}), SIZE, HOURS, {name: AT_ESTIMATE})
    assert name in str(caught.value)


@pytest.mark.parametrize(
    "name",
    ["AFP", "Input", "Output", "Enquiry", "File", "Interface", "Added", "Resource", "Dev.Type", "Time", "frontend",
     "front_end_screens", "planned_duration", "baseline finish", "approvedEffort", "team_size", "Syear"],
)  # fmt: skip
def test_names_of_what_is_known_beforehand_are_not(name: str) -> None:
    assert reason_of_name(name) == ""


@given(seed=st.integers(0, 10_000), power=st.floats(0.3, 3.0), rounded=st.booleans())
def test_ratios_and_copies_are_found_and_what_scatters_is_not(seed: int, power: float, rounded: bool) -> None:
    size, effort, generator = projects(60, seed)
    ratio, copy = effort / size, effort**power
    found = given_away(np.round(ratio, 1) if rounded else ratio, size, effort)
    assert found.reason
    assert "%" in found.reason
    assert given_away(copy, size, effort).reason
    assert given_away(np.log(effort) + 100, size, effort).reason
    # A second measure of size says little more of effort than size does.
    assert not given_away(size * np.exp(generator.normal(0, 0.1, 60)), size, effort).reason
    assert not given_away(generator.integers(1, 5, 60), size, effort).reason


def test_the_figures_do_not_depend_on_units() -> None:
    size, effort, generator = projects(40, 1)
    feature = np.exp(generator.normal(0, 1, 40)) * effort
    first, second = given_away(feature, size, effort), given_away(7 * feature, size / 3, 100 * effort)
    assert (first.log_share, first.rank_share, first.ratio_share) == pytest.approx(
        (second.log_share, second.rank_share, second.ratio_share)
    )


def test_size_once_more_and_a_constant_have_no_figure_and_thin_data_claim_nothing() -> None:
    assert math.isnan(given_away(2 * SIZE, SIZE, HOURS).log_share)
    constant = given_away(np.ones(9), SIZE, HOURS)
    assert math.isnan(constant.worst)
    assert constant.reason == ""
    assert given_away(HOURS[:8], SIZE[:8], HOURS[:8]).reason == ""
    assert given_away(np.append(HOURS[:8], np.nan), SIZE, HOURS).rows == 8


def test_declarations_decide_where_names_and_figures_are_silent() -> None:
    features = pd.DataFrame({"Input": [3, 1, 4, 1, 5, 9, 2, 6, 5], "Output": [2, 7, 1, 8, 2, 8, 1, 8, 2]})
    both = {"Input": AT_ESTIMATE, "Output": AT_ESTIMATE}
    assert checked_features(features, SIZE, HOURS, both) == ["Input", "Output"]
    with pytest.raises(UsageError) as caught:
        checked_features(features, SIZE, HOURS, {"Input": AFTERWARDS})
    assert "Input: it is declared as known afterwards" in str(caught.value)
    assert "Output: when it is known is not declared" in str(caught.value)
    assert "declare Output as 'estimate'" in str(caught.value.hint)


def test_a_declaration_of_nothing_or_of_no_time_is_a_wrong_call() -> None:
    features = pd.DataFrame({"Input": range(9)})
    with pytest.raises(UsageError, match="did you mean 'Input'"):
        checked_features(features, SIZE, HOURS, {"Imput": AT_ESTIMATE})
    with pytest.raises(UsageError, match="'estimate' or 'afterwards'"):
        checked_features(features, SIZE, HOURS, {"Input": "later"})
