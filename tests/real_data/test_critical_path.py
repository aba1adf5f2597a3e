"""PSPLIB j30 (Kolisch and Sprecher 1997): the length of the critical path against that in each file's header."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmo_analytics.forecasting.critical_path import critical_path
from pmo_analytics.forecasting.schedule_network import schedule_network


def project(path: Path) -> tuple[int, list[int], list[tuple[int, int]], list[float]]:
    """MPM-Time of the header, tasks, links and durations of one file."""
    lines = path.read_text(encoding="ascii").splitlines()
    at = {
        title: k
        for k, line in enumerate(lines)
        for title in ("pronr.", "jobnr.    #modes", "jobnr. mode")
        if title in line
    }
    header = int(lines[at["pronr."] + 1].split()[-1])
    links, durations = [], []
    for line in lines[at["jobnr.    #modes"] + 1 :]:
        if line.startswith("*"):
            break
        task, _, _, *successors = map(int, line.split())
        links += [(task, successor) for successor in successors]
    for line in lines[at["jobnr. mode"] + 2 :]:
        if line.startswith("*"):
            break
        durations.append(float(line.split()[2]))
    return header, list(range(1, len(durations) + 1)), links, durations


def test_the_critical_path_of_every_project_is_that_of_its_header(real_data: Path) -> None:
    paths = sorted((real_data / "psplib" / "j30.sm").glob("*.sm"))
    if not paths:
        pytest.skip("no PSPLIB j30 among the real exports")
    found = []
    for path in paths:
        header, tasks, links, durations = project(path)
        before, after = zip(*links, strict=True)
        found.append((header, critical_path(schedule_network(tasks, before, after), durations).finish))
    assert len(found) == 480
    assert sum(header == finish for header, finish in found) == 480
    assert sum(finish for _, finish in found) == 25_092
