"""Training and mentors on two hundred small instances each, against every choice that there is."""

from __future__ import annotations

import pytest

from tests.knowledge.test_mentor_matching import pairs_proposed
from tests.knowledge.test_training_choice import courses_chosen

pytestmark = pytest.mark.slow
INSTANCES = range(1_000, 1_200)


def test_no_choice_of_training_is_better() -> None:
    assert sum(courses_chosen(seed) > 0 for seed in INSTANCES) > 80


def test_no_way_to_pair_is_better() -> None:
    assert sum(pairs_proposed(seed) > 1 for seed in INSTANCES) > 30
