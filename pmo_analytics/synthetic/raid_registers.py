"""The registers of milestones, risks and issues of the simulated portfolio, as CSV rows."""

from __future__ import annotations

from pmo_analytics.synthetic.portfolio import SimulatedPortfolio
from pmo_analytics.synthetic.projects import LAST_DAY
from pmo_analytics.synthetic.raid import SimulatedRisk

Rows = tuple[list[str], list[list[object]]]
HOSTILE_RISK = "</text></svg><script>alert(2)</script> {{ 7*7 }} \u202egnp.exe"
_CURRENCY = "EUR"


def managers(portfolio: SimulatedPortfolio) -> dict[str, str]:
    """The person who runs each project: the manager of its first team, of the data team where that has none."""
    by_team = {p.team: p.person_id for p in portfolio.persons if p.role == "Project manager"}
    return {
        project.project_id: by_team.get(next(iter(project.teams), "Data"), by_team["Data"])
        for project in portfolio.projects
    }


def raid_register_rows(portfolio: SimulatedPortfolio, *, with_dirt: bool) -> dict[str, Rows]:
    """Headers and rows of the three registers by name."""
    return {
        "milestone": _milestones(portfolio),
        "risk": _risks(portfolio, with_dirt=with_dirt),
        "raid_issue": _raid_issues(portfolio),
    }


def _milestones(portfolio: SimulatedPortfolio) -> Rows:
    """A row for each report; of one that was reached before, none."""
    headers = "project_id,milestone_id,status_date,name,baseline_date,forecast_date,actual_date"
    rows: list[list[object]] = []
    reached: set[tuple[str, str]] = set()
    for each in portfolio.milestones:
        place = (each.project.project_id, each.milestone_id)
        if place in reached:
            continue
        if each.reached is not None:
            reached.add(place)
        rows.append(
            [
                *place, each.status_date.isoformat(), each.name, each.baseline.isoformat(), each.forecast.isoformat(),
                each.reached.isoformat() if each.reached else "",
            ]
        )  # fmt: skip
    return headers.split(","), rows


def _risks(portfolio: SimulatedPortfolio, *, with_dirt: bool) -> Rows:
    """A row when a risk is raised, one with its later probability or its end; some lack a cell or a report."""
    headers = (
        "risk_id,status_date,project_id,title,category,probability,cost_low_amount,cost_most_likely_amount,"
        "cost_high_amount,currency,delay_low_days,delay_most_likely_days,delay_high_days,proximity_date,owner_id,"
        "response,state,driver"
    )
    owners = managers(portfolio)
    hostile = next(each for each in reversed(portfolio.risks) if each.closed is None) if with_dirt else None
    rows: list[list[object]] = []
    for each in portfolio.risks:
        title = HOSTILE_RISK if each is hostile else each.title
        owner = "" if "owner" in each.lapses else owners[each.project.project_id]
        costs = ("", each.costs[1], "") if "range" in each.lapses else each.costs
        delays = ("", each.delays[1], "") if "range" in each.lapses else each.delays
        for day, probability, state in _reports(each):
            rows.append(
                [
                    each.risk_id, day, each.project.project_id, title, each.category,
                    "" if "probability" in each.lapses else f"{probability:g}", *costs, _CURRENCY, *delays,
                    each.proximity.isoformat(), owner, "" if "response" in each.lapses else each.response, state,
                    each.driver,
                ]
            )  # fmt: skip
    return headers.split(","), rows


def _reports(risk: SimulatedRisk) -> list[tuple[str, float, str]]:
    first, later = risk.probabilities
    found = [(risk.raised.isoformat(), first, "open")]
    if risk.closed is not None:
        return [*found, (risk.closed.isoformat(), later, risk.ended)]
    if risk.raised == LAST_DAY or "report" in risk.lapses:
        return found
    return [*found, (LAST_DAY.isoformat(), later, "open")]


def _raid_issues(portfolio: SimulatedPortfolio) -> Rows:
    headers = (
        "raid_issue_id,status_date,project_id,title,raised_on_date,owner_id,severity,state,due_date,decided_on_date"
    )
    owners = managers(portfolio)
    rows: list[list[object]] = []
    for each in portfolio.raid_issues:
        project = each.project.project_id
        known = [project, each.title, each.raised.isoformat(), owners[project], each.severity]
        rows.append([each.issue_id, each.raised.isoformat(), *known, "open", each.due.isoformat(), ""])
        if each.closed is not None:
            day = each.closed.isoformat()
            rows.append([each.issue_id, day, *known, "closed", each.due.isoformat(), day])
    return headers.split(","), rows
