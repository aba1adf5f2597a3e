"""The PMO's own tables of the simulated portfolio, as CSV rows."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from pmo_analytics.synthetic.assurance import assurance_registers
from pmo_analytics.synthetic.benefits import benefit_registers
from pmo_analytics.synthetic.dependencies import dependencies
from pmo_analytics.synthetic.development import development_registers
from pmo_analytics.synthetic.effort import last_active_day
from pmo_analytics.synthetic.lessons import lesson_registers
from pmo_analytics.synthetic.methods import method_registers, version_of
from pmo_analytics.synthetic.orders import list_days, listed
from pmo_analytics.synthetic.people import (
    CALENDAR,
    HOURS_A_DAY,
    RATE_RISE,
    RATES,
    working_days,
)
from pmo_analytics.synthetic.portfolio import SimulatedPortfolio
from pmo_analytics.synthetic.progress import monthly_plan
from pmo_analytics.synthetic.projects import FIRST_DAY, LAST_DAY, PlannedProject, add_months
from pmo_analytics.synthetic.raid_registers import Rows, managers, raid_register_rows
from pmo_analytics.synthetic.skills import skill_registers
from pmo_analytics.synthetic.strategy import strategy_registers

HOSTILE_COMMENT = "<img src=x onerror=alert(1)> waits for the harbour master"
IMPOSSIBLE_PERCENT = 140
_CURRENCY = "EUR"
# A year of the calendar is known in advance, for plans of capacity.
CALENDAR_END = date(2027, 6, 30)
_FIRST_BASELINE, _SECOND_BASELINE = "1", "2"


def register_rows(portfolio: SimulatedPortfolio, *, with_dirt: bool) -> dict[str, Rows]:
    """Headers and rows of every register by name."""
    return {
        "project": _projects(portfolio),
        "project_alias": _aliases(portfolio),
        "project_status": _statuses(portfolio, with_dirt=with_dirt),
        "budget": _budgets(portfolio),
        "commitment": _orders(portfolio),
        "person": _persons(portfolio),
        "team": _teams(portfolio),
        "rate": _rates(),
        "working_calendar": _calendar(),
        "absence": _absences(portfolio),
        "estimate_outcome": _outcomes(portfolio),
        "dependency": dependencies(),
        **raid_register_rows(portfolio, with_dirt=with_dirt),
        **skill_registers(Random(f"{portfolio.seed}:skills"), portfolio.persons),  # noqa: S311
        **development_registers(Random(f"{portfolio.seed}:development"), portfolio.persons),  # noqa: S311
        **strategy_registers(Random(f"{portfolio.seed}:strategy"), portfolio.persons),  # noqa: S311
        **method_registers(Random(f"{portfolio.seed}:methods"), portfolio.projects, LAST_DAY),  # noqa: S311
        **lesson_registers(
            Random(f"{portfolio.seed}:lessons"),  # noqa: S311
            [each.person_id for each in portfolio.persons],
            with_dirt=with_dirt,
        ),
        **benefit_registers(Random(f"{portfolio.seed}:benefits")),  # noqa: S311
        **assurance_registers(),
    }


def _planned_finish(project: PlannedProject) -> date:
    return add_months(project.start, project.planned_months) - timedelta(days=1)


def _projects(portfolio: SimulatedPortfolio) -> Rows:
    headers = [
        "project_id",
        "name",
        "portfolio",
        "methodology",
        "methodology_version",
        "category",
        "size_band",
        "baseline_start_date",
        "baseline_finish_date",
        "budget_at_completion_amount",
        "currency",
        "status_date",
    ]
    runs = managers(portfolio)
    rows: list[list[object]] = []
    for project in portfolio.projects:
        amount = portfolio.budgets.get(project.project_id) if project.has_budget else None
        rows.append(
            [
                project.project_id, project.name, project.portfolio, project.methodology,
                version_of(project), project.category,
                project.size_band, project.start.isoformat(), _planned_finish(project).isoformat(),
                "" if amount is None else amount, _CURRENCY, FIRST_DAY.isoformat(),
                runs[project.project_id],
            ]
        )  # fmt: skip
    return [*headers, "project_manager_id"], rows


def _aliases(portfolio: SimulatedPortfolio) -> Rows:
    rows: list[list[object]] = []
    for project in portfolio.projects:
        rows.append(["toggl", project.toggl_name, project.project_id])
        rows.append(["jira", project.jira_key, project.project_id])
    rows += [["jira", each.board.key, each.board.project.project_id] for each in portfolio.boards]
    return ["source", "external_key", "project_id"], rows


def _statuses(portfolio: SimulatedPortfolio, *, with_dirt: bool) -> Rows:
    headers = [
        "project_id",
        "status_date",
        "state",
        "rag_status",
        "percent_complete_pct",
        "forecast_finish_date",
        "comment",
    ]
    rows: list[list[object]] = [
        [
            s.project.project_id, s.status_date.isoformat(), s.state, s.rag_status, f"{s.percent_complete:.1f}",
            s.forecast_finish.isoformat(), s.comment,
        ]
        for s in portfolio.statuses
    ]  # fmt: skip
    idle = [p for p in portfolio.projects if p.start > LAST_DAY]
    rows += [[p.project_id, LAST_DAY.isoformat(), "proposed", "", "", _planned_finish(p).isoformat(), ""] for p in idle]
    if with_dirt:
        rows[-2][6] = HOSTILE_COMMENT
        slip = next(row for row in rows if row[0] == "FL-03" and row[1] == "2026-02-28")
        slip[4] = IMPOSSIBLE_PERCENT
    return headers, rows


def _budgets(portfolio: SimulatedPortfolio) -> Rows:
    headers = "project_id,baseline_version,period_month,baselined_on_date,planned_value_amount,currency,is_capital"
    rows: list[list[object]] = []
    for project in (p for p in portfolio.projects if p.has_budget and p.project_id in portfolio.budgets):
        amount = portfolio.budgets[project.project_id]
        approved = add_months(project.start, -1) + timedelta(days=14)
        baselines = [(_FIRST_BASELINE, approved, amount, project.planned_months)]
        if project.rebaselined_in_month is not None:
            again = add_months(project.start, project.rebaselined_in_month)
            larger = round(amount * 1.08 / 1000) * 1000
            baselines.append((_SECOND_BASELINE, again, larger, project.planned_months + 2))
        for version, day, total, months in baselines:
            for position, planned in enumerate(monthly_plan(total, months)):
                month = add_months(project.start, position).isoformat()[:7]
                capital = "yes" if project.category == "infrastructure" else "no"
                rows.append([project.project_id, version, month, day.isoformat(), planned, _CURRENCY, capital])
    return headers.split(","), rows


def _orders(portfolio: SimulatedPortfolio) -> Rows:
    """What each month's list states of the orders that are open."""
    headers = (
        "commitment_id,status_date,project_key,document_number,vendor,committed_on_date,due_date,amount,currency,kind"
    )
    rows: list[list[object]] = [
        [
            f"{kind[0].upper()}-{order.number}", day.isoformat(), order.project_code, order.number, order.supplier,
            order.ordered_on.isoformat(), order.due_on.isoformat() if order.due_on else "", f"{cents / 100:.2f}",
            order.currency, kind,
        ]
        for day in list_days()
        for order in portfolio.orders
        for kind, cents in listed(order, day).items()
    ]  # fmt: skip
    return headers.split(","), rows


def _persons(portfolio: SimulatedPortfolio) -> Rows:
    headers = [
        "person_id",
        "name",
        "email",
        "role",
        "team",
        "calendar_id",
        "fte_pct",
        "joined_date",
        "left_date",
        "status_date",
    ]
    return headers, [
        [
            p.person_id, p.name, p.email, p.role, p.team, CALENDAR, p.fte_pct, p.joined.isoformat(),
            p.left.isoformat() if p.left else "", FIRST_DAY.isoformat(),
        ]
        for p in portfolio.persons
    ]  # fmt: skip


def _teams(portfolio: SimulatedPortfolio) -> Rows:
    leads: dict[str, str] = {}
    for person in portfolio.persons:
        leads.setdefault(person.team, person.person_id)
    rows: list[list[object]] = [[team, "Digital", lead, FIRST_DAY.isoformat()] for team, lead in leads.items()]
    return ["team", "department", "lead_id", "status_date"], rows


def _rates() -> Rows:
    rows: list[list[object]] = []
    for role, (before, after) in RATES.items():
        rows.append([role, "2024-01-01", f"{before}.00", _CURRENCY])
        rows.append([role, RATE_RISE.isoformat(), f"{after}.00", _CURRENCY])
    return ["role_or_person_id", "valid_from_date", "hourly_amount", "currency"], rows


def _calendar() -> Rows:
    rows: list[list[object]] = [[CALENDAR, day.isoformat(), HOURS_A_DAY] for day in working_days(last=CALENDAR_END)]
    return ["calendar_id", "calendar_date", "duration_hours"], rows


def _absences(portfolio: SimulatedPortfolio) -> Rows:
    shares = {p.person_id: p.fte_pct for p in portfolio.persons}
    rows: list[list[object]] = [
        [person, day.isoformat(), f"{HOURS_A_DAY * shares[person] / 100:g}", kind]
        for (person, day), kind in portfolio.absences.items()
    ]
    return ["person_id", "absence_date", "duration_hours", "kind"], rows


def _outcomes(portfolio: SimulatedPortfolio) -> Rows:
    """An item's row when it was estimated, and another when it was finished or cancelled."""
    headers = [
        "item_id",
        "project_id",
        "work_class",
        "estimate_hours",
        "actual_hours",
        "estimated_on_date",
        "finished_on_date",
        "state",
        "status_date",
    ]
    rows: list[list[object]] = []
    for item in portfolio.items:
        known: list[object] = [item.item_id, item.project.project_id, item.work_class, f"{item.estimate_hours:g}"]
        estimated = item.estimated_on.isoformat()
        rows.append([*known, "", estimated, "", "open", estimated])
        end = min(item.finished_on or LAST_DAY, last_active_day(item.project))
        if item.is_cancelled and end > item.estimated_on:
            rows.append([*known, "", estimated, "", "cancelled", end.isoformat()])
        elif item.finished_on is not None:
            finished = item.finished_on.isoformat()
            rows.append([*known, f"{item.actual_hours:g}", estimated, finished, "finished", finished])
    return headers, rows
