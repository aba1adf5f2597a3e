"""What the company may do next: proposals with costs, values, links and hours, and how its board scores them.

Planted: the proposal that states the highest value asks for experienced analysts who
are taken already; two exclude each other; one is mandatory; one needs another.
Hours of proposals are of no certainty before they are decided on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from pmo_analytics.synthetic.projects import FLEET, LAST_DAY, PASSENGERS, add_months
from pmo_analytics.synthetic.raid_registers import Rows

CURRENCY = "EUR"
SHORT_OF_SKILL, MANDATORY = "N-03", "N-08"
EXCLUSIVE, NEEDY = ("N-02", "N-07"), ("N-06", "N-05")
CRITERIA = {
    "passengers": ("Gain for passengers", 40, "benefit"),
    "safety": ("Safety and compliance", 30, "benefit"),
    "strategy": ("Fit with the fleet's renewal", 20, "benefit"),
    "difficulty": ("Difficulty", 10, "cost"),
}
ASSESSORS = ("E001", "E007", "E013")
_LINKS = (
    (*EXCLUSIVE, "excludes", None),
    (*NEEDY, "requires", None),
    ("N-01", "N-09", "synergy", 60_000),
    ("N-04", "N-10", "synergy", 45_000),
)
# Ratios of the pairs of criteria in their order, by assessor; the last contradicts himself.
_RATIOS = {"E001": (2, 2, 4, 1, 3, 2), "E007": (1, 2, 3, 2, 3, 2), "E013": (3, 1 / 2, 5, 4, 1 / 3, 1)}


@dataclass(frozen=True)
class Proposal:
    """A proposal: thousands of euros, months, the first month from now, hours a month by skill and level, scores."""

    proposal_id: str
    name: str
    portfolio: str
    cost: int
    value: int
    months: int
    begins: int
    asked: tuple[tuple[str, int, int], ...]
    scores: tuple[int, int, int, int]


PROPOSALS = (
    Proposal("N-01", "Wheelchair boarding", PASSENGERS, 180, 310, 6, 2, (("ux", 3, 40), ("java", 3, 50)), (9, 7, 4, 4)),
    Proposal("N-02", "One ticket for all lines", PASSENGERS, 320, 520, 9, 2, (("java", 3, 120), ("ux", 3, 60)),
             (8, 2, 5, 7)),
    Proposal("N-03", "Demand forecasts", PASSENGERS, 240, 690, 8, 3,
             (("data-engineering", 3, 150), ("analysis", 3, 60)), (6, 3, 8, 6)),
    Proposal("N-04", "Paperless freight", FLEET, 150, 260, 5, 2, (("java", 2, 60), ("analysis", 2, 40)), (2, 4, 6, 3)),
    Proposal("N-05", "Shore power, two piers", FLEET, 410, 560, 12, 3, (("networks", 3, 110), ("planning", 3, 30)),
             (1, 6, 10, 8)),
    Proposal("N-06", "Battery ferry trials", FLEET, 260, 480, 7, 6, (("networks", 3, 80), ("analysis", 3, 40)),
             (3, 5, 10, 9)),
    Proposal("N-07", "Open ticket interfaces", PASSENGERS, 210, 330, 7, 2, (("java", 3, 110),), (6, 2, 4, 5)),
    Proposal("N-08", "Evacuation drills register", FLEET, 90, 40, 4, 1, (("analysis", 2, 40),), (1, 10, 2, 2)),
    Proposal("N-09", "Quay lifts monitored", PASSENGERS, 130, 190, 5, 3, (("networks", 2, 50),), (7, 8, 3, 3)),
    Proposal("N-10", "Crew training afloat", FLEET, 110, 170, 6, 2, (("planning", 3, 30), ("ux", 2, 20)), (2, 7, 5, 2)),
    Proposal("N-11", "Lost property online", PASSENGERS, 60, 85, 3, 2, (("java", 2, 40), ("ux", 2, 30)), (5, 1, 1, 1)),
    Proposal("N-12", "Winter timetable by weather", PASSENGERS, 170, 250, 6, 2,
             (("data-engineering", 2, 60), ("java", 2, 40)), (7, 4, 5, 6)),
)  # fmt: skip


def proposal_registers(random: Random) -> dict[str, Rows]:
    """Rows of the registers of proposals, their links, criteria, scores and judgements of pairs."""
    day = LAST_DAY.isoformat()
    return {
        "proposal": (
            ["proposal_id", "status_date", "name", "portfolio", "cost_amount", "value_amount", "currency",
             "duration_months", "earliest_start_date", "is_mandatory"],
            [
                [p.proposal_id, day, p.name, p.portfolio, p.cost * 1000, p.value * 1000, CURRENCY, p.months,
                 _first(p).isoformat(), "yes" if p.proposal_id == MANDATORY else "no"]
                for p in PROPOSALS
            ],
        ),
        "proposal_link": (
            ["proposal_id", "other_proposal_id", "kind", "status_date", "value_amount", "currency"],
            [
                [one, other, kind, day, "" if amount is None else amount, "" if amount is None else CURRENCY]
                for one, other, kind, amount in _LINKS
            ],
        ),
        "criterion": (
            ["criterion_id", "status_date", "name", "weight", "direction"],
            [[each, day, name, weight, direction] for each, (name, weight, direction) in CRITERIA.items()],
        ),
        "criterion_score": (
            ["subject_id", "criterion_id", "assessor_id", "status_date", "score"],
            [
                [p.proposal_id, criterion, assessor, day, min(10, max(0, score + random.choice((-1, 0, 0, 1))))]
                for p in PROPOSALS
                for criterion, score in zip(CRITERIA, p.scores, strict=True)
                for assessor in ASSESSORS
            ],
        ),
        "pairwise_judgement": (
            ["assessor_id", "criterion_id", "other_criterion_id", "status_date", "ratio"],
            [
                [assessor, one, other, day, f"{ratio:.6g}"]
                for assessor, ratios in _RATIOS.items()
                for (one, other), ratio in zip(_pairs(), ratios, strict=True)
            ],
        ),
    }  # fmt: skip


def proposal_demand() -> list[list[object]]:
    """Rows of demand: what each proposal asks for in its months, not to be counted on before it is decided."""
    return [
        [p.proposal_id, skill, add_months(_first(p), month).isoformat(), level, hours, 0, LAST_DAY.isoformat()]
        for p in PROPOSALS
        for skill, level, hours in p.asked
        for month in range(p.months)
    ]


def _first(proposal: Proposal) -> date:
    return add_months(date(LAST_DAY.year, LAST_DAY.month + 1, 1), proposal.begins)


def _pairs() -> list[tuple[str, str]]:
    names = list(CRITERIA)
    return [(one, other) for place, one in enumerate(names) for other in names[place + 1 :]]
