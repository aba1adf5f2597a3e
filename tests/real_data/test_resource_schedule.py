"""PSPLIB j30: every optimum is found and proven."""

from __future__ import annotations

from pathlib import Path

from pmo_analytics.forecasting.resource_schedule import resource_schedule
from tests.real_data.psplib import j30


def test_every_optimum_is_found_and_proven(real_data: Path) -> None:
    found = [(resource_schedule(each.project), optimum) for each, optimum in j30(real_data)]
    assert len(found) == 480
    assert sum(schedule.is_proven for schedule, _ in found) == 480
    assert sum(schedule.goals[0].value == optimum for schedule, optimum in found) == 480
    assert sum(schedule.goals[0].value for schedule, _ in found) == 28_316
