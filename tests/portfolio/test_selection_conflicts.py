"""Conflicts of conditions: by hand, and each condition is needed for the conflict."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pmo_analytics.portfolio.selection_case import GroupLimit, Links, Spread
from pmo_analytics.portfolio.selection_conflicts import conflict, conflicting_rows
from pmo_analytics.portfolio.selection_model import ONCE, SYNERGY, picked, selection_model
from pmo_analytics.portfolio.selection_solve import NO_CHOICE, OPTIMAL, best_choice
from tests.portfolio.selection_cases import best_of_all, case_of, pairs, random_case


def test_the_worked_example() -> None:
    case = case_of([1, 1, 1], [6, 4, 1], 8, names="ABC", is_mandatory=np.array([True, True, False]))
    found = conflict(selection_model(case))
    assert set(found.conditions) == {"the budget 2026 is 8.00", "A must be chosen", "B must be chosen"}
    assert found.is_proven


def test_links_hours_and_limits_are_told_in_words() -> None:
    must = np.array([True, False])
    linked = case_of([1, 1], [1, 1], 9, names="AB", is_mandatory=must, links=Links(pairs((0, 1)), pairs((0, 1))))
    assert set(conflict(selection_model(linked)).conditions) == {
        "A must be chosen", "A requires B", "A excludes B",
    }  # fmt: skip
    asked = Spread(np.array([0]), np.array([0]), np.array([80.0]), np.array([0]))
    short = case_of(
        [1, 1], [1, 1], 9, names="AB", is_mandatory=must, demand=asked, capacity=np.array([[50.0]]),
        skill_names=("java",),
    )  # fmt: skip
    assert set(conflict(selection_model(short)).conditions) == {"A must be chosen", "java has 50 hours in 2026-01"}
    few = case_of([1, 1], [1, 1], 9, names="AB", limits=(GroupLimit("value of North", np.ones(2), low=3.0),))
    assert conflict(selection_model(few)).conditions == ("value of North: at least 3.00",)


def test_without_a_conflict_there_is_none() -> None:
    assert conflict(selection_model(case_of([1], [1], 1))).conditions == ()


@pytest.mark.parametrize("seed", range(20))
def test_none_of_a_conflict_can_be_spared(seed: int) -> None:
    case = random_case(seed, most=8)
    tight = replace(case, budget=case.budget * 0.3, is_mandatory=np.arange(len(case.names)) % 2 == 0)
    model = selection_model(tight)
    rows, is_proven = conflicting_rows(model)
    assert is_proven
    assert bool(rows) == np.isnan(best_of_all(tight))
    meant = np.flatnonzero(np.isin(model.rows.kind, [ONCE, SYNERGY])).tolist()
    for spared in (None, *rows):
        kept = np.array(meant + [row for row in rows if row != spared], dtype=np.int64)
        status = best_choice(replace(model, rows=picked(model.rows, kept))).status
        assert status == (NO_CHOICE if spared is None and rows else OPTIMAL)


def test_some_random_cases_conflict() -> None:
    cases = [random_case(seed, most=8) for seed in range(20)]
    tight = [
        replace(case, budget=case.budget * 0.3, is_mandatory=np.arange(len(case.names)) % 2 == 0) for case in cases
    ]
    assert sum(np.isnan(best_of_all(case)) for case in tight) >= 10
