from __future__ import annotations

import numpy as np
import pytest

from pmo_analytics.errors import PmoError
from pmo_analytics.forecasting.ordered_goals import GoalProgramme, ordered_goals


def worked() -> tuple[GoalProgramme, int, int]:
    programme = GoalProgramme()
    x, y = programme.amount(3), programme.amount(3)
    programme.at_most({x: 1, y: 1}, 4)
    programme.minimise({x: -1, y: -1})
    return programme, x, y


def test_the_worked_example() -> None:
    programme, _, y = worked()
    programme.minimise({y: -1})
    found = ordered_goals(programme)
    assert found.amounts.tolist() == [1, 3]
    assert found.reached == (-4, -3)
    assert found.is_proven == (True, True)


def test_the_order_of_goals_decides() -> None:
    programme, x, y = worked()
    programme.minimise({x: -1})
    programme.minimise({y: -1})
    assert ordered_goals(programme).amounts.tolist() == [3, 1]


def test_choices_are_made_before_amounts() -> None:
    # Opening a source costs more than its amount gives, but the first goal is the amount.
    programme = GoalProgramme()
    x, y, opened = programme.amount(5), programme.amount(4), programme.choice()
    programme.at_most({x: 1, opened: -5}, 0)
    programme.at_most({x: 1, y: 1}, 7)
    programme.minimise({x: -1, y: -1})
    programme.minimise({opened: 1})
    programme.minimise({x: 1})
    found = ordered_goals(programme)
    assert found.amounts.tolist() == [3, 4, 1]
    assert found.reached == (-7, 1, 3)
    assert found.is_proven == (True, True, True)


def test_choices_may_stand_before_the_last_goal() -> None:
    # Either source covers what is asked for; the second lets less flow in the end, but which is chosen stands.
    programme = GoalProgramme(stand_after=2)
    x, y, first, second = programme.amount(4), programme.amount(4), programme.choice(), programme.choice()
    programme.at_most({x: 1, first: -4}, 0)
    programme.at_most({y: 1, second: -4}, 0)
    programme.at_most({x: 1, y: 1}, 4)
    programme.minimise({x: -1, y: -1})
    programme.minimise({first: 1, second: 1})
    programme.minimise({x: 3, y: 1})
    found = ordered_goals(programme)
    assert found.reached[:2] == (-4, 1)
    assert found.reached[2] == 4 * (3 if found.amounts[first] else 1)
    programme.stand_after = None
    assert ordered_goals(programme).reached == (-4, 1, 4)


def test_a_search_that_ran_into_its_limit_says_so() -> None:
    # What is to be covered by as cheap sources as can be, of which many sets cost nearly the same.
    chance = np.random.default_rng(1)
    programme, total, costs = GoalProgramme(), {}, {}
    for size, cost in zip(chance.integers(1_000, 2_000, 60), chance.integers(1_000, 2_000, 60), strict=True):
        amount, opened = programme.amount(int(size)), programme.choice()
        programme.at_most({amount: 1, opened: -int(size)}, 0)
        total[amount], costs[opened] = -1, int(cost)
    programme.at_most(dict.fromkeys(total, 1), 40_000)
    programme.minimise(total)
    programme.minimise(costs)
    found = ordered_goals(programme, nodes=0)
    assert found.is_proven == (True, False)
    assert found.reached[0] == -40_000
    assert all(found.amounts[amount] <= 2_000 * found.amounts[amount + 1] for amount in total)


def test_nothing_to_decide_is_decided() -> None:
    programme = GoalProgramme()
    programme.minimise({})
    found = ordered_goals(programme)
    assert (found.amounts.tolist(), found.reached, found.is_proven) == ([], (0,), (True,))


def test_rows_that_nothing_keeps_are_told() -> None:
    programme, x, _ = worked()
    programme.at_most({x: 1}, -1)
    with pytest.raises(PmoError, match="no answer keeps all that is asked"):
        ordered_goals(programme)


def test_choices_that_are_scarce_are_made_by_goals_of_amounts_too() -> None:
    # Two sources, of which one may be opened: the larger one is, though no goal counts the opening.
    programme = GoalProgramme(is_scarce=True)
    x, y, first, second = programme.amount(4), programme.amount(7), programme.choice(), programme.choice()
    programme.at_most({x: 1, first: -4}, 0)
    programme.at_most({y: 1, second: -7}, 0)
    programme.at_most({first: 1, second: 1}, 1)
    programme.minimise({x: -1, y: -1})
    programme.minimise({second: 5})
    found = ordered_goals(programme)
    assert found.amounts.tolist() == [0, 7, 0, 1]
    assert found.reached == (-7, 5)
    assert found.is_proven == (True, True)
