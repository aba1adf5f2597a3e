"""Choices of projects against all that could be chosen: two hundred random cases with every kind of condition."""

from __future__ import annotations

import numpy as np
import pytest

from pmo_analytics.portfolio.selection_case import kept_conditions
from pmo_analytics.portfolio.selection_model import selection_model
from pmo_analytics.portfolio.selection_solve import NO_CHOICE, best_choice
from tests.portfolio.selection_cases import best_of_all, random_case

pytestmark = pytest.mark.slow


def test_no_choice_of_all_is_better_in_two_hundred_cases() -> None:
    sizes, none = [], 0
    for seed in range(1000, 1200):
        case = random_case(seed)
        best, found = best_of_all(case), best_choice(selection_model(case), gap=0.0)
        sizes.append(len(case.names))
        if np.isnan(best):
            none += 1
            assert found.status == NO_CHOICE, seed
        else:
            assert found.value == pytest.approx(best, abs=1e-6), seed
            assert found.bound >= found.value - 1e-9
            assert kept_conditions(case, found.start) == [], seed
    assert max(sizes) == 18
    assert 5 < none < 100
