"""What projects were to gain, what came of it, and what earlier programmes gained before them.

The truth of a benefit is a share of its plan that is reached along a ramp, with
noise by month: shares come from a mixture of benefits that nearly come and
benefits that half come, which no analysis assumes. Planted: measurements that
nobody took, a benefit that nobody owns, a plan that was lowered later, a
drawback, one in a unit of its own, and two that count the same money.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from pmo_analytics.synthetic.projects import FIRST_DAY, LAST_DAY, PROJECTS, add_months, months_between
from pmo_analytics.synthetic.raid_registers import Rows

_CURRENCY = "EUR"


@dataclass(frozen=True)
class PlannedBenefit:
    """One benefit: planned from `first` on for `months`, `full` a month after a ramp of `ramp` months.

    `is_delayed` benefits begin when their project truly ends, not when it was
    planned to. `unit` is a measure of its own, None for money.
    """

    benefit_id: str
    project_id: str
    name: str
    first: date
    months: int
    full: float
    ramp: int = 6
    unit: str | None = None
    is_dis_benefit: bool = False
    owner_id: str = "E001"
    unmeasured: tuple[int, ...] = ()
    lowered: tuple[date, float] | None = None


def _after(project_id: str) -> date:
    """The month after the planned end of a project."""
    project = next(each for each in PROJECTS if each.project_id == project_id)
    return add_months(project.start, project.planned_months)


# What earlier programmes gained: years of figures, and no project of today behind them.
_EARLIER = (
    ("BE-01", "Tickets sold by telephone no more", "2022-01-01", 24, 9000),
    ("BE-02", "Heating of the quay halls", "2022-04-01", 18, 4200),
    ("BE-03", "One supplier for uniforms", "2022-07-01", 24, 2600),
    ("BE-04", "Fewer tugs in fog", "2022-10-01", 24, 7400),
    ("BE-05", "Laundry ashore", "2023-01-01", 24, 3100),
    ("BE-06", "Car deck filled by size", "2023-01-01", 24, 12500),
    ("BE-07", "Cash counted by machine", "2023-04-01", 18, 1900),
    ("BE-08", "Cleaner contracts by crossing", "2023-06-01", 18, 5200),
    ("BE-09", "Fuel bought a season ahead", "2023-09-01", 18, 15800),
    ("BE-10", "Posters on screens", "2023-10-01", 18, 2300),
    ("BE-11", "Sick leave covered from a pool", "2024-01-01", 24, 8800),
    ("BE-12", "Spare engines shared", "2024-03-01", 24, 6100),
)
_TODAY = (
    PlannedBenefit("BN-01", "PA-03", "Fewer gate attendants", _after("PA-03"), 36, 16000, unmeasured=(6,)),
    PlannedBenefit("BN-02", "FL-02", "Overtime of crews saved", _after("FL-02"), 36, 17000, owner_id="E007"),
    PlannedBenefit("BN-03", "FL-02", "Calls of crews about their rosters", _after("FL-02"), 6, 900, ramp=1,
                   is_dis_benefit=True, owner_id="E007"),
    PlannedBenefit("BN-04", "FL-05", "Fuel reports written by hand no more", _after("FL-05"), 36, 8200,
                   owner_id="E013"),
    PlannedBenefit("BN-05", "PA-01", "Tickets sold without a counter", _after("PA-01"), 48, 27000, ramp=9,
                   lowered=(date(2026, 3, 31), 21000)),
    PlannedBenefit("BN-06", "PA-01", "Complaints avoided", _after("PA-01"), 24, 120, unit="complaints"),
    PlannedBenefit("BN-07", "PA-02", "Refunds for missed connections saved", _after("PA-02"), 36, 20000),
    PlannedBenefit("BN-08", "PA-02", "Connections kept", _after("PA-02"), 36, 20000),
    PlannedBenefit("BN-09", "FL-01", "Fuel saved by telemetry", _after("FL-01"), 48, 32000, owner_id=""),
    PlannedBenefit("BN-10", "FL-03", "Berths turned faster", _after("FL-03"), 36, 18000, owner_id="E007"),
    PlannedBenefit("BN-11", "PA-04", "Season cards sold", _after("PA-04"), 36, 16000),
)  # fmt: skip
UNOWNED, LOWERED, DOUBLE_COUNT = "BN-09", "BN-05", ("BN-08", "BN-07")
OVERDUE = ("BN-01", 6)
_LINKS = (DOUBLE_COUNT, ("BN-06", "BN-05"))


def benefit_registers(random: Random) -> dict[str, Rows]:
    """Rows of the registers of benefits, of their planned and realised values, and of the benefit map."""
    earlier = [
        PlannedBenefit(name, "", title, date.fromisoformat(first), months, full)
        for name, title, first, months, full in _EARLIER
    ]
    benefits = [*earlier, *_TODAY]
    rows = [row for each in benefits for row in (*_plans(each), *_realised(random, each))]
    return {
        "benefit": (
            "benefit_id,project_id,name,owner_id,measure,is_financial,is_dis_benefit,status_date".split(","),
            [
                [
                    each.benefit_id, each.project_id, each.name, each.owner_id, each.unit or "money",
                    "no" if each.unit else "yes", "yes" if each.is_dis_benefit else "no", FIRST_DAY.isoformat(),
                ]
                for each in benefits
            ],
        ),
        "benefit_value": (
            ["benefit_id", "period_month", "kind", "value_amount", "currency", "status_date"], rows
        ),
        "benefit_link": (
            ["benefit_id", "other_benefit_id", "status_date"],
            [[one, other, FIRST_DAY.isoformat()] for one, other in _LINKS],
        ),
    }  # fmt: skip


def _planned(benefit: PlannedBenefit, full: float) -> Iterator[tuple[date, int]]:
    for month in range(benefit.months):
        yield add_months(benefit.first, month), round(full * min(1.0, (month + 1) / benefit.ramp))


def _plans(benefit: PlannedBenefit) -> Iterator[list[object]]:
    unit = "" if benefit.unit else _CURRENCY
    stated = min(FIRST_DAY, add_months(benefit.first, -1))
    for month, amount in _planned(benefit, benefit.full):
        yield [benefit.benefit_id, month.isoformat()[:7], "planned", amount, unit, stated.isoformat()]
    if benefit.lowered is not None:
        day, full = benefit.lowered
        for month, amount in _planned(benefit, full):
            yield [benefit.benefit_id, month.isoformat()[:7], "planned", amount, unit, day.isoformat()]


def _realised(random: Random, benefit: PlannedBenefit) -> Iterator[list[object]]:
    """What came by month: from when the project truly ended, nearly all or about half of the plan."""
    share = random.betavariate(14, 2) if random.random() < 0.6 else random.betavariate(6, 6)
    late = _late_months(benefit.project_id)
    unit = "" if benefit.unit else _CURRENCY
    for position, (month, _) in enumerate(_planned(benefit, benefit.full)):
        noise = random.uniform(0.85, 1.15)
        ended = add_months(month, 1) - timedelta(days=1)
        if ended > LAST_DAY or late is None or position in benefit.unmeasured:
            continue
        ramp = min(1.0, max(0, position - late + 1) / benefit.ramp)
        amount = round(benefit.full * ramp * share * noise)
        yield [benefit.benefit_id, month.isoformat()[:7], "realised", amount, unit, ended.isoformat()]


def _late_months(project_id: str) -> int | None:
    """Months that a project truly ended after its plan; None while it is at work, or where it was cancelled."""
    if not project_id:
        return 0
    project = next(each for each in PROJECTS if each.project_id == project_id)
    if project.cancelled_in_month is not None:
        return None
    true_end = add_months(project.start, project.true_months)
    return None if true_end > LAST_DAY else months_between(add_months(project.start, project.planned_months), true_end)
