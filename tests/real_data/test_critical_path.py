"""PSPLIB j30: the length of the critical path against that in each file's header."""

from __future__ import annotations

from pathlib import Path

from pmo_analytics.forecasting.critical_path import critical_path
from tests.real_data.psplib import j30


def test_the_critical_path_of_every_project_is_that_of_its_header(real_data: Path) -> None:
    known = [each for each, _ in j30(real_data)]
    found = [(each.critical_path, critical_path(each.project.network, each.durations).finish) for each in known]
    assert len(found) == 480
    assert sum(header == finish for header, finish in found) == 480
    assert sum(finish for _, finish in found) == 25_092
