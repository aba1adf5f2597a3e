"""A portfolio in which some projects are struck by trouble that nobody declares at once, month by month.

Trouble has a month of onset that only the truth knows. From then on the team
gets less done for the same money, people leave, open issues pile up; what the
manager says follows late and in steps. Other projects are late by a little and
stay so, lose people by chance, or are cancelled for reasons of their own. Rows
are of the marts' and registers' shape.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from pmo_analytics.synthetic.progress import monthly_plan
from pmo_analytics.synthetic.projects import add_months

Row = dict[str, object]
BEGIN = date(2023, 1, 1)
SIMULATED_MONTHS = 30
_TROUBLED, _STEPS_OF_ADMISSION, _CURRENCY = 0.4, 15, "EUR"
_MILESTONES = (0.25, 0.5, 0.75, 1.0)
_SECONDS_A_MONTH = 160 * 3600.0


@dataclass(frozen=True)
class TroubledProject:
    """One project and its truth; months count from its start. `onset` is None for a project without trouble."""

    project_id: str
    start: date
    planned_months: int
    budget: int
    team_size: int
    onset: int | None
    loss: float
    harmless_months: float
    admits_after: int
    tells_green: bool
    cancelled_in: int | None


@dataclass
class TroubledPortfolio:
    """Rows by table, and the projects with what is true of them."""

    projects: list[TroubledProject]
    tables: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, table: str, rows: Iterable[Row]) -> None:
        """Rows of a table beside those that it has."""
        self.tables.setdefault(table, []).extend(rows)


@dataclass(frozen=True)
class _Month:
    """The truth of one month's end: shares of the work done and of the money spent, months late at the end."""

    number: int
    done: float
    spent: float
    months_late: float


def troubled_portfolio(seed: int, *, projects: int = 60) -> TroubledPortfolio:
    """The portfolio of a seed over `SIMULATED_MONTHS` months."""
    found = TroubledPortfolio([_project(Random(f"{seed}:project {i}"), i) for i in range(projects)])  # noqa: S311
    for project in found.projects:

        def random(concern: str, name: str = project.project_id) -> Random:
            return Random(f"{seed}:{concern} {name}")  # noqa: S311

        course = _course(random("course"), project)
        told = _reports(random("reports"), project, course)
        found.add("project", [_register_row(project)])
        found.add("budget", _budget_rows(project))
        found.add("project_status", told)
        found.add("planned_earned_actual", _earned_rows(project, course, told))
        found.add("milestone_slip", _milestone_rows(random("milestones"), project, course))
        found.add("open_issues_by_project", _issue_rows(random("issues"), project, course))
        found.add("risk", _risk_rows(random("risks"), project, course))
        effort, available = _team_rows(random("team"), project, course)
        found.add("effort_by_person_month", effort)
        found.add("availability_by_person_month", available)
    return found


def _project(random: Random, number: int) -> TroubledProject:
    months = random.randint(8, 18)
    is_troubled = random.random() < _TROUBLED
    onset = random.randint(math.ceil(0.2 * months), math.ceil(0.7 * months)) if is_troubled else None
    cancelled = None
    if onset is not None and random.random() < 0.15:
        cancelled = onset + random.randint(3, 7)
    elif onset is None and random.random() < 0.05:
        cancelled = random.randint(2, months)
    return TroubledProject(
        project_id=f"T-{number:03d}",
        start=add_months(BEGIN, random.randint(0, SIMULATED_MONTHS - 8)),
        planned_months=months,
        budget=round(math.exp(random.gauss(13.0, 0.6)) / 1000) * 1000,
        team_size=random.randint(5, 12),
        onset=onset,
        loss=random.uniform(0.25, 0.5),
        harmless_months=random.choice((0.0, 0.0, 0.5, 1.0, 1.5)),
        admits_after=random.randint(1, 4),
        tells_green=random.random() < 0.25,
        cancelled_in=cancelled,
    )


def _in_trouble(project: TroubledProject, month: int) -> bool:
    return project.onset is not None and month >= project.onset


def _course(random: Random, project: TroubledProject) -> list[_Month]:
    """Money goes as planned, and on after the plan's end; the work follows with what the team gets done."""
    plan = [part / project.budget for part in monthly_plan(project.budget, project.planned_months)]
    begins = (project.start.year - BEGIN.year) * 12 + project.start.month - BEGIN.month
    months: list[_Month] = []
    done = spent = 0.0
    noise = 0.0
    pace = 1.0 / (1.0 + project.harmless_months / project.planned_months)
    for number in range(1, SIMULATED_MONTHS - begins + 1):
        effort = plan[number - 1] if number <= len(plan) else 0.7 / project.planned_months
        noise = 0.6 * noise + random.gauss(0.0, 0.04)
        done += effort * pace * (1 + noise) * (1 - project.loss if _in_trouble(project, number) else 1.0)
        spent += effort * pace
        loss = project.loss if _in_trouble(project, number) else 0.0
        left = max(0.0, 1.0 - done)
        late = max(0.0, number + left * project.planned_months * 0.9 / (1 - loss) - project.planned_months)
        months.append(_Month(number, min(1.0, done), spent, late if loss else project.harmless_months))
        if done >= 1.0 or number == project.cancelled_in:
            break
    return months


def _month(project: TroubledProject, number: int) -> date:
    return add_months(project.start, number - 1)


def _end(project: TroubledProject, number: int) -> date:
    return add_months(project.start, number) - timedelta(days=1)


def _planned_end(project: TroubledProject) -> date:
    return add_months(project.start, project.planned_months) - timedelta(days=1)


def _register_row(project: TroubledProject) -> Row:
    return {
        "project_id": project.project_id,
        "status_date": BEGIN,
        "name": f"Project {project.project_id}",
        "currency": _CURRENCY,
    }


def _budget_rows(project: TroubledProject) -> list[Row]:
    return [
        {
            "project_id": project.project_id,
            "baseline_version": "1",
            "period_month": add_months(project.start, position),
            "baselined_on_date": project.start - timedelta(days=20),
            "planned_value_amount": planned,
            "currency": _CURRENCY,
        }
        for position, planned in enumerate(monthly_plan(project.budget, project.planned_months))
    ]


def _reports(random: Random, project: TroubledProject, course: list[_Month]) -> list[Row]:
    """What the manager says: progress a little rosy, delay admitted late and in steps of half months."""
    rows: list[Row] = []
    for month in course:
        troubled = _in_trouble(project, month.number)
        is_last = month.done == 1.0 or month.number == project.cancelled_in
        if not is_last and random.random() < (0.12 if troubled else 0.05):
            continue
        admitted = project.harmless_months * min(1.0, 1.5 * month.number / project.planned_months)
        if project.onset is not None and troubled:
            share = min(1.0, max(0.0, (month.number - project.onset - project.admits_after + 1) / 4))
            admitted = max(admitted, share * month.months_late)
        days = round(admitted * 30.4 / _STEPS_OF_ADMISSION) * _STEPS_OF_ADMISSION
        rosy = 100 * month.done * (1 + random.uniform(0.0, 0.05) * (1 - month.done))
        rag = "green" if project.tells_green or days < 30 else "amber" if days < 75 else "red"
        state = "active"
        if is_last:
            state = "complete" if month.done == 1.0 else "cancelled"
        rows.append(
            {
                "project_id": project.project_id,
                "status_date": _end(project, month.number),
                "state": state,
                "rag_status": rag,
                "percent_complete_pct": min(100.0, round(rosy, 1)),
                "forecast_finish_date": _planned_end(project) + timedelta(days=days),
            }
        )
    return rows


def _earned_rows(project: TroubledProject, course: list[_Month], told: list[Row]) -> list[Row]:
    """The mart of plan, progress and cost, the last report standing until the next."""
    percents = {row["status_date"]: row["percent_complete_pct"] for row in told}
    planned = monthly_plan(project.budget, project.planned_months)
    rows: list[Row] = []
    percent, reported = None, None
    for month in course:
        day = _end(project, month.number)
        if day in percents:
            percent, reported = percents[day], day
        rows.append(
            {
                "project_id": project.project_id,
                "period_month": _month(project, month.number),
                "status_date": day,
                "currency": _CURRENCY,
                "baseline_version": "1",
                "budget_at_completion_amount": project.budget,
                "planned_value_amount": sum(planned[: month.number]),
                "earned_value_amount": None if percent is None else float(str(percent)) * project.budget / 100,
                "actual_cost_amount": month.spent * project.budget,
                "percent_complete_pct": percent,
                "reported_on_date": reported,
                "uncosted_seconds": 0.0,
            }
        )
    return rows


def _milestone_rows(random: Random, project: TroubledProject, course: list[_Month]) -> list[Row]:
    """Four milestones, each later by its share of the delay of the month before, give or take some days."""
    rows: list[Row] = []
    late = 0.0
    for month in course:
        for position, share in enumerate(_MILESTONES, start=1):
            rows.append(
                {
                    "project_id": project.project_id,
                    "milestone_id": f"M{position}",
                    "status_date": _end(project, month.number),
                    "slip_days": round(0.5 * late * share * 30.4) + random.randint(-3, 6),
                }
            )
        late = month.months_late
    return rows


def _issue_rows(random: Random, project: TroubledProject, course: list[_Month]) -> list[Row]:
    rows: list[Row] = []
    open_count = float(random.randint(8, 30))
    for month in course:
        growth = random.gauss(0.12, 0.12) if _in_trouble(project, month.number) else random.gauss(0.0, 0.12)
        open_count = max(1.0, open_count * (1 + growth))
        first, last = _month(project, month.number), _end(project, month.number)
        name = project.project_id
        rows.append({"project_id": name, "start_date": first, "end_date": last, "open_count": round(open_count)})
    return rows


def _risk_rows(random: Random, project: TroubledProject, course: list[_Month]) -> list[Row]:
    rows: list[Row] = []
    probability = random.uniform(0.1, 0.3)
    cost = project.budget * random.uniform(0.05, 0.2)
    for month in course:
        drift = random.gauss(0.06, 0.04) if _in_trouble(project, month.number) else random.gauss(0.0, 0.03)
        probability = min(0.9, max(0.05, probability + drift))
        rows.append(
            {
                "risk_id": f"{project.project_id}-R1",
                "status_date": _end(project, month.number),
                "project_id": project.project_id,
                "title": "The plan does not hold",
                "probability": round(probability, 2),
                "cost_most_likely_amount": round(cost),
                "currency": _CURRENCY,
                "state": "open",
            }
        )
    return rows


def _team_rows(random: Random, project: TroubledProject, course: list[_Month]) -> tuple[list[Row], list[Row]]:
    """Hours of a team whose people leave, by chance and more often in trouble, and are replaced the month after."""
    effort: list[Row] = []
    available: list[Row] = []
    team = [f"{project.project_id}-{i}" for i in range(project.team_size)]
    hired = project.team_size
    for month in course:
        troubled = _in_trouble(project, month.number)
        stays = [person for person in team if random.random() > (0.08 if troubled else 0.03)]
        for person in stays:
            load = random.gauss(0.98 if troubled else 0.9, 0.06)
            at: Row = {"person_id": person, "period_month": _month(project, month.number)}
            booked: Row = {"duration_seconds": load * _SECONDS_A_MONTH, "billable_seconds": 0.0, "entry_count": 20}
            effort.append({**at, "project_id": project.project_id, **booked})
            hours: Row = {"calendar_seconds": _SECONDS_A_MONTH, "absence_seconds": 0.0}
            available.append({**at, **hours, "available_seconds": _SECONDS_A_MONTH})
        missing = project.team_size - len(stays)
        team = stays + [f"{project.project_id}-{hired + i}" for i in range(missing)]
        hired += missing
    return effort, available
