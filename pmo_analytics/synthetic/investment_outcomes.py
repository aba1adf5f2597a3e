"""Projects that are under way, some of them bad investments, and what truly came of all of them.

Nothing follows a formula of an analysis: cost comes in uneven months, progress is
reported late and in steps, benefits ramp up unevenly and come as shares of their
promise that are a mixture of nearly all and about half. Planted: bad investments,
which promise little more than they cost, or whose cost runs away; projects that serve
no objective, or only one that is on no list; and an objective that nothing serves.
Sound and bad ones come close to each other: some sound ones end below zero too.

Rows are of the marts' and registers' shape, as known on `NOW`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from random import Random

from pmo_analytics.synthetic.projects import add_months

Row = dict[str, object]
NOW = date(2026, 6, 30)
PROJECTS, PAST_BENEFITS = 40, 24
_BAD, _UNALIGNED = 0.2, 0.15
_BENEFIT_MONTHS = 36
_OBJECTIVES = {"O1": 40.0, "O2": 30.0, "O3": 20.0, "O4": 10.0}
ORPHAN, UNKNOWN_OBJECTIVE = "O4", "O9"


@dataclass
class InvestmentOutcomes:
    """Rows by table; which projects are bad investments, which serve nothing, and what each is truly worth, nominal."""

    tables: dict[str, list[Row]] = field(default_factory=dict)
    bad: set[str] = field(default_factory=set)
    unaligned: set[str] = field(default_factory=set)
    net_amounts: dict[str, float] = field(default_factory=dict)

    def add(self, table: str, **row: object) -> None:
        """One row of a table beside those that it has."""
        self.tables.setdefault(table, []).append(row)


def investment_outcomes(seed: int) -> InvestmentOutcomes:
    """The portfolio of a seed."""
    random = Random(f"{seed}:investments")  # noqa: S311
    found = InvestmentOutcomes()
    for name, weight in _OBJECTIVES.items():
        found.add("objective", objective_id=name, status_date=NOW, name=name, weight=weight)
    for number in range(PAST_BENEFITS):
        _past_benefit(random, f"E{number:02d}", found)
    for number in range(PROJECTS):
        _project(random, f"P{number:02d}", found)
    return found


def _share(random: Random) -> float:
    """How much of a promise comes: nearly all, or about half."""
    return random.betavariate(12, 2) if random.random() < 0.6 else random.betavariate(7, 6)


def _past_benefit(random: Random, name: str, found: InvestmentOutcomes) -> None:
    share, full = _share(random), random.uniform(1_000, 20_000)
    first = date(2022, 1, 1)
    for month in range(24):
        amount = full * min(1.0, (month + 1) / 6)
        found.add(
            "benefit_by_month", benefit_id=name, period_month=add_months(first, month), currency="EUR",
            baseline_amount=amount, planned_amount=amount, realised_amount=amount * share * random.uniform(0.8, 1.2),
            is_financial=True,
        )  # fmt: skip
    found.add("benefit", benefit_id=name, status_date=NOW, name=name, is_financial=True)


def _project(random: Random, name: str, found: InvestmentOutcomes) -> None:
    months, done = random.randint(10, 24), random.uniform(0.35, 0.85)
    budget = random.uniform(80_000, 900_000)
    is_bad = random.random() < _BAD
    overrun, promise = random.uniform(0.85, 1.35), random.uniform(1.7, 3.5)
    if is_bad:
        found.bad.add(name)
        if random.random() < 0.5:
            promise = random.uniform(0.6, 1.3)
        else:
            overrun, promise = random.uniform(1.9, 3.0), random.uniform(1.2, 1.9)
    start = add_months(date(NOW.year, NOW.month, 1), -max(3, round(done * months * overrun**0.5)))
    finish = add_months(start, months)
    found.add(
        "project", project_id=name, status_date=NOW, name=name, budget_at_completion_amount=budget, currency="EUR",
        baseline_start_date=start, baseline_finish_date=finish,
    )  # fmt: skip
    spent = _courses(random, name, found, budget=budget, start=start, months=months, overrun=overrun, done=done)
    share = _share(random)
    gain = _benefit(name, found, budget=budget, first=add_months(finish, 1), promise=promise)
    found.net_amounts[name] = gain * share - budget * overrun
    _alignment(random, name, found, spent)


def _courses(
    random: Random, name: str, found: InvestmentOutcomes, *, budget: float, start: date, months: int, overrun: float,
    done: float,
) -> float:  # fmt: skip
    """Plan, progress and cost by month up to now; what was spent."""
    past = (NOW.year - start.year) * 12 + NOW.month - start.month + 1
    uneven = [random.uniform(0.4, 1.6) for _ in range(past)]
    spent = 0.0
    reported = 0.0
    for month in range(max(past, months)):
        planned = budget * min(1.0, (month + 1) / months)
        row: Row = {
            "project_id": name, "period_month": add_months(start, month), "currency": "EUR",
            "budget_at_completion_amount": budget, "planned_value_amount": planned, "uncosted_seconds": 0.0,
        }  # fmt: skip
        if month < past:
            share = sum(uneven[: month + 1]) / sum(uneven)
            spent = budget * overrun * done * share
            # Reports lag and move in steps of five per cent.
            if random.random() < 0.8:
                reported = max(reported, 5 * round(20 * done * share * random.uniform(0.92, 1.02)))
            row |= {
                "actual_cost_amount": spent, "percent_complete_pct": min(100.0, reported),
                "earned_value_amount": budget * min(100.0, reported) / 100,
            }  # fmt: skip
        row["status_date"] = min(NOW, date.fromordinal(add_months(start, month + 1).toordinal() - 1))
        if month >= past:
            row["status_date"] = date.fromordinal(add_months(start, month + 1).toordinal() - 1)
        found.add("planned_earned_actual", **row)
    finish = add_months(start, round(months * max(1.0, overrun**0.5)))
    found.add("project_status", project_id=name, status_date=NOW, state="active", forecast_finish_date=finish)
    return spent


def _benefit(name: str, found: InvestmentOutcomes, *, budget: float, first: date, promise: float) -> float:
    """Planned values after the planned finish; what they sum to."""
    full = budget * promise / (_BENEFIT_MONTHS - 2.5)
    total = 0.0
    found.add("benefit", benefit_id=f"B{name}", status_date=NOW, project_id=name, name=name, is_financial=True)
    for month in range(_BENEFIT_MONTHS):
        amount = full * min(1.0, (month + 1) / 6)
        total += amount
        found.add(
            "benefit_by_month", benefit_id=f"B{name}", project_id=name, period_month=add_months(first, month),
            currency="EUR", baseline_amount=amount, planned_amount=amount, is_financial=True,
        )  # fmt: skip
    return total


def _alignment(random: Random, name: str, found: InvestmentOutcomes, spent: float) -> None:
    found.add(
        "spend_by_project_month", project_id=name, period_month=date(NOW.year, NOW.month, 1), currency="EUR",
        actual_amount=spent, ledger_amount=spent, timesheet_amount=0.0, uncosted_seconds=0.0, posting_count=1,
    )  # fmt: skip
    if random.random() < _UNALIGNED:
        found.unaligned.add(name)
        if random.random() < 0.5:
            found.add("contribution", project_id=name, objective_id=UNKNOWN_OBJECTIVE, status_date=NOW, share_pct=100.0)
        return
    served = random.sample([each for each in _OBJECTIVES if each != ORPHAN], random.randint(1, 2))
    for objective in served:
        found.add(
            "contribution", project_id=name, objective_id=objective, status_date=NOW,
            share_pct=random.choice((None, 30.0, 60.0, 100.0)),
        )  # fmt: skip
