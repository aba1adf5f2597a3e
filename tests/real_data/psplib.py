"""PSPLIB (Kolisch and Sprecher 1997): instances of one mode, with the proven optima of j30."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest

from pmo_analytics.forecasting.resource_project import ResourceProject, resource_project
from pmo_analytics.forecasting.schedule_network import schedule_network


@dataclass(frozen=True)
class Instance:
    """One file; tasks count from 1. `critical_path` is MPM-Time of its header."""

    name: str
    critical_path: int
    links: list[tuple[int, int]]
    durations: list[int]
    demands: list[list[int]]
    capacities: list[int]

    @property
    def project(self) -> ResourceProject:
        """The instance as the package has it."""
        before, after = zip(*self.links, strict=True)
        network = schedule_network(range(1, len(self.durations) + 1), before, after)
        return resource_project(network, self.durations, self.demands, self.capacities)


def instance(path: Path) -> Instance:
    """An instance from its file."""
    lines = path.read_text(encoding="ascii").splitlines()
    titles = ("pronr.", "jobnr.    #modes", "jobnr. mode", "RESOURCEAVAILABILITIES")
    at = {title: k for k, line in enumerate(lines) for title in titles if title in line}

    def rows(first: int) -> list[list[int]]:
        end = next(k for k in range(first, len(lines)) if lines[k].startswith("*"))
        return [list(map(int, line.split())) for line in lines[first:end]]

    tasks = rows(at["jobnr. mode"] + 2)
    return Instance(
        path.name,
        int(lines[at["pronr."] + 1].split()[-1]),
        [(task, after) for task, _, _, *afters in rows(at["jobnr.    #modes"] + 1) for after in afters],
        [duration for _, _, duration, *_ in tasks],
        [asked for _, _, _, *asked in tasks],
        list(map(int, lines[at["RESOURCEAVAILABILITIES"] + 2].split())),
    )


def j30(real_data: Path) -> list[tuple[Instance, int]]:
    """Each instance with its optimum, in order of their names; skipped where there are none."""
    folder = real_data / "psplib" / "j30.sm"
    if not folder.is_dir():
        pytest.skip("no PSPLIB j30 among the real exports")
    with (folder / "optimum" / "optimum.csv").open(encoding="ascii", newline="") as file:
        optima = {row["problem"]: int(row["optimum"]) for row in csv.DictReader(file)}
    return [(instance(path), optima[path.name]) for path in sorted(folder.glob("*.sm"))]
