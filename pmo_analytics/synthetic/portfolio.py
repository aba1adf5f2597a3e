"""A whole simulated portfolio from one seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random

from pmo_analytics.synthetic import boards, effort, estimates, issues, orders, people, progress, raid, risk_outcomes
from pmo_analytics.synthetic.projects import PROJECTS, PlannedProject

# What the risks of a project without a budget are reckoned from.
_SMALL = 100_000


@dataclass(frozen=True)
class SimulatedPortfolio:
    """Everything that is true of the portfolio; the exports are made of it."""

    seed: int
    projects: tuple[PlannedProject, ...]
    persons: list[people.SimulatedPerson]
    absences: dict[tuple[str, date], str]
    bookings: list[effort.Booking]
    budgets: dict[str, int]
    statuses: list[progress.DeclaredStatus]
    items: list[estimates.EstimatedItem]
    issues: list[issues.SimulatedIssue]
    milestones: list[raid.MilestoneReport]
    risks: list[raid.SimulatedRisk]
    raid_issues: list[raid.SimulatedRaidIssue]
    boards: list[boards.SimulatedBoard]
    orders: list[orders.OpenOrder]

    def true_cost(self) -> dict[tuple[str, date], float]:
        """True cost by project and month."""
        return effort.monthly_cost(self.bookings)


def simulate(seed: int, *, headcount: int = 20) -> SimulatedPortfolio:
    """The portfolio of a seed; the same seed and headcount give the same portfolio on every machine."""

    def random(concern: str) -> Random:
        # A stream for each concern: a change in one leaves the others' draws alone.
        return Random(f"{seed}:{concern}")  # noqa: S311

    everybody = people.persons(headcount)
    absent = people.absences(random("absences"), everybody)
    booked = effort.bookings(random("bookings"), everybody, absent)
    cost: dict[str, float] = {}
    for (project, _), amount in effort.monthly_cost(booked).items():
        cost[project] = cost.get(project, 0.0) + amount
    amounts = {p.project_id: progress.budget(p, cost[p.project_id]) for p in PROJECTS if p.project_id in cost}
    return SimulatedPortfolio(
        seed,
        PROJECTS,
        everybody,
        absent,
        booked,
        amounts,
        [status for p in PROJECTS for status in progress.declared_statuses(random(f"status {p.project_id}"), p)],
        estimates.items(random("items")),
        issues.issues(random("issues"), everybody),
        [each for p in PROJECTS for each in raid.milestone_reports(random(f"milestones {p.project_id}"), p)],
        [each for p in PROJECTS for each in _risks(random, p, amounts.get(p.project_id, _SMALL))],
        [each for p in PROJECTS for each in raid.raid_issues(random(f"raid issues {p.project_id}"), p)],
        boards.boards(random("boards"), everybody),
        orders.open_orders(random("orders")),
    )


def _risks(random: Callable[[str], Random], project: PlannedProject, budget: int) -> list[raid.SimulatedRisk]:
    """A project's risks, those of the past first, with how they ended."""
    name = project.project_id
    found = risk_outcomes.past_risks(random(f"past risks {name}"), project, budget)
    found += raid.risks(random(f"risks {name}"), project, budget)
    seasons, ends = risk_outcomes.bad_seasons(random("bad seasons")), random(f"risk outcomes {name}")
    return [risk_outcomes.with_outcome(ends, each, seasons) for each in found]
