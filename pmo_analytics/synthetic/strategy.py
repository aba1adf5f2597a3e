"""What the operator wants, what is proposed for it, how boards judged, and what they decided.

Planted: one objective that nothing serves; two projects that serve none; one
whose stated shares sum to 140 %; a proposal that costs more than it is worth; an
assessor who contradicts himself; scores that are missing; a decision whose review
is overdue, and one that was never carried out; a case that cost more after it was
approved.
"""

from __future__ import annotations

from datetime import date
from random import Random

from pmo_analytics.synthetic.people import SimulatedPerson
from pmo_analytics.synthetic.projects import FIRST_DAY, LAST_DAY, add_months
from pmo_analytics.synthetic.raid_registers import Rows

# Identifier, what it belongs to, name, weight among those of one parent.
_OBJECTIVES = (
    ("O1", "", "Passengers choose the ferry", 40),
    ("O1.1", "O1", "Shorter waits at the quay", 60),
    ("O1.2", "O1", "Fewer complaints", 40),
    ("O2", "", "Ships sail on time", 35),
    ("O3", "", "Less fuel a crossing", 15),
    ("O4", "", "Fit for new safety rules", 10),
)
ORPHAN_OBJECTIVE = "O4"
_SERVES: dict[str, tuple[tuple[str, int], ...]] = {
    "PA-01": (("O1.1", 70), ("O1.2", 30)),
    "PA-02": (("O2", 60), ("O1.2", 40)),
    "PA-03": (("O1.1", 100),),
    "PA-04": (("O1.2", 100),),
    "PA-05": (("O1.2", 60), ("O2", 40)),
    "FL-01": (("O2", 50), ("O3", 50)),
    "FL-02": (("O2", 100),),
    "FL-03": (("O2", 80), ("O3", 60)),
    "FL-04": (("O2", 100),),
    "FL-05": (("O3", 100),),
    "FL-07": (("O1.1", 50), ("O2", 50)),
}
UNALIGNED_PROJECTS = ("PA-06", "FL-06")
OVERSTATED_PROJECT = "FL-03"
# Identifier, name, weight, direction.
_CRITERIA = (
    ("passengers", "What passengers gain", 35, "benefit"),
    ("punctuality", "What punctuality gains", 30, "benefit"),
    ("urgency", "What waiting would cost", 15, "benefit"),
    ("risk", "What may go wrong", 20, "cost"),
)
# Identifier, name, portfolio, cost and value after cost in thousands, months, first start, mandatory; true scores by
# criterion; hours a month by skill and level.
_PROPOSALS = (
    ("PR-01", "Queue forecasts at the quay", "Passengers", 180, 130, 5, "2026-09-01", False, (8, 4, 5, 3),
     (("data-engineering", 3, 60), ("analysis", 3, 40))),
    ("PR-02", "Wheelchair bookings", "Passengers", 95, 25, 4, "2026-09-01", True, (7, 1, 8, 2), (("java", 3, 50),)),
    ("PR-03", "Season cards abroad", "Passengers", 240, 50, 7, "2026-10-01", False, (6, 0, 2, 4),
     (("java", 3, 110), ("ux", 3, 40))),
    ("PR-04", "Family app", "Passengers", 130, -50, 5, "2026-09-01", False, (8, 2, 6, 3),
     (("java", 2, 80), ("ux", 3, 60))),
    ("PR-05", "Berth planning by tide", "Fleet", 320, 240, 8, "2026-09-01", False, (2, 9, 5, 5),
     (("data-engineering", 3, 90), ("planning", 3, 40))),
    ("PR-06", "Shore power control", "Fleet", 410, 110, 10, "2026-11-01", False, (1, 3, 6, 6), (("networks", 3, 120),)),
    ("PR-07", "Spare parts by forecast", "Fleet", 150, 110, 6, "2026-10-01", False, (0, 6, 4, 3),
     (("data-engineering", 2, 70),)),
    ("PR-08", "Crew app", "Fleet", 110, 30, 5, "2026-09-01", False, (1, 5, 3, 2), (("java", 2, 60), ("ux", 2, 30))),
    ("PR-09", "Safety case archive", "Fleet", 90, -90, 4, "2026-09-01", True, (0, 1, 9, 2), (("analysis", 3, 60),)),
    ("PR-10", "Fuel advice on the bridge", "Fleet", 210, 220, 6, "2026-10-01", False, (1, 5, 4, 4),
     (("data-engineering", 3, 80), ("networks", 2, 50))),
    ("PR-11", "Night freight", "Fleet", 520, 120, 12, "2027-01-01", False, (3, 4, 2, 8),
     (("planning", 4, 60), ("networks", 3, 80))),
    ("PR-12", "Lost property desk", "Passengers", 40, 5, 2, "2026-09-01", False, (3, 0, 1, 1), (("analysis", 2, 30),)),
)  # fmt: skip
BAD_PROPOSALS = ("PR-04",)
# First, second, kind, value of a synergy in thousands.
_LINKS = (
    ("PR-07", "PR-05", "requires", ""),
    ("PR-06", "PR-11", "excludes", ""),
    ("PR-01", "PR-05", "synergy", 60),
)
_ASSESSORS = ("E001", "E007", "E012")
CONTRADICTING_ASSESSOR = "E012"
UNSCORED = ("PR-11", "urgency", "E001"), ("PR-11", "urgency", "E007"), ("PR-11", "urgency", "E012")
_RATIOS = {
    "E001": (1, 2, 2, 2, 1.5, 0.75),
    "E007": (1.2, 2.5, 1.5, 2, 1.5, 0.7),
    CONTRADICTING_ASSESSOR: (3, 2, 0.2, 4, 3, 5),
}
# Subject, day, decision, reason, review, carried out.
_DECISIONS = (
    ("PA-05", "2025-11-20", "approved", "Complaints after cancelled crossings", "", "2026-01-05"),
    ("FL-06", "2025-12-18", "approved", "Old radios lose their licence", "", "2026-02-02"),
    ("PA-06", "2026-01-22", "cancelled", "Caterers left the tender", "", "2026-01-31"),
    ("PR-03", "2026-02-19", "deferred", "Tariff talks are still open", "2026-05-15", ""),
    ("FL-01", "2026-03-19", "continued", "Telemetry is needed for fuel advice", "2026-09-17", ""),
    ("PR-02", "2026-04-16", "approved", "The law asks for it from 2027 on", "", ""),
    ("PR-12", "2026-05-21", "deferred", "Small, and nobody to run it", "", ""),
)
OVERDUE_REVIEW, NOT_CARRIED_OUT = "PR-03", "PR-02"
# Proposal, version, handed in, cost, value and benefits over its life in thousands.
_CASES = (
    ("PR-02", "1", "2026-03-27", 78, 42, 120),
    ("PR-02", "2", "2026-05-29", 95, 25, 120),
    ("PR-03", "1", "2026-02-06", 240, 50, 290),
    ("PR-05", "1", "2026-05-08", 290, 320, 610),
    ("PR-05", "2", "2026-06-12", 320, 240, 560),
    ("PR-10", "1", "2026-06-05", 210, 220, 430),
)
GROWN_CASE = ("PR-02", "2")
_CURRENCY = "EUR"
# What the board lays down for the choice, as a scenario's file.
BOARD_SCENARIO = """\
name = "the board's budget"
start_window_months = 4      # a start may be later than planned by so many
value_error_pct = 30         # how far estimates of value err

[budget]
2026 = 500_000
2027 = 450_000
"""


def strategy_registers(random: Random, everybody: list[SimulatedPerson]) -> dict[str, Rows]:
    """Rows of the registers of objectives, proposals, criteria, judgements and decisions."""
    known = {person.person_id for person in everybody}
    if not known.issuperset(_ASSESSORS):
        raise ValueError(f"no persons {sorted(set(_ASSESSORS) - known)}")
    first, today = FIRST_DAY.isoformat(), LAST_DAY.isoformat()
    return {
        "objective": (
            ["objective_id", "parent_objective_id", "name", "weight", "status_date"],
            [[*row, first] for row in _OBJECTIVES],
        ),
        "contribution": (
            ["project_id", "objective_id", "share_pct", "status_date"],
            [[project, goal, share, first] for project, served in _SERVES.items() for goal, share in served],
        ),
        "criterion": (
            ["criterion_id", "name", "weight", "direction", "status_date"],
            [[*row, today] for row in _CRITERIA],
        ),
        "proposal": _proposals(),
        "proposal_link": (
            ["proposal_id", "other_proposal_id", "kind", "value_amount", "currency", "status_date"],
            [
                [one, other, kind, value and value * 1000, _CURRENCY if value else "", today]
                for one, other, kind, value in _LINKS
            ],
        ),
        "business_case": (
            ["proposal_id", "version", "submitted_on_date", "cost_amount", "value_amount", "benefit_amount",
             "currency", "status_date"],
            [
                [proposal, version, day, cost * 1000, value * 1000, benefit * 1000, _CURRENCY, day]
                for proposal, version, day, cost, value, benefit in _CASES
            ],
        ),
        "criterion_score": _scores(random),
        "pairwise_judgement": _judgements(),
        "portfolio_decision": (
            ["subject_id", "decided_on_date", "decision", "by_id", "reason", "review_date", "carried_out_on_date"],
            [
                [subject, day, decision, "E001", reason, review, done]
                for subject, day, decision, reason, review, done in _DECISIONS
            ],
        ),
    }  # fmt: skip


def _proposals() -> Rows:
    headers = (
        "proposal_id,name,portfolio,sponsor_id,cost_amount,value_amount,currency,duration_months,earliest_start_date,"
        "is_mandatory,status_date"
    )
    rows: list[list[object]] = [
        [
            proposal, name, portfolio, "E001" if portfolio == "Passengers" else "E007", cost * 1000, value * 1000,
            _CURRENCY, months, date.fromisoformat(start).isoformat(), "yes" if is_mandatory else "no",
            LAST_DAY.isoformat(),
        ]
        for proposal, name, portfolio, cost, value, months, start, is_mandatory, *_ in _PROPOSALS
    ]  # fmt: skip
    return headers.split(","), rows


def proposal_demand() -> list[list[object]]:
    """Rows of the register of demand: what each proposal asks for by month, of no certainty before it is chosen."""
    return [
        [
            proposal, skill, add_months(date.fromisoformat(start), month).isoformat(), level, hours, 0,
            LAST_DAY.isoformat(),
        ]
        for proposal, _, _, _, _, months, start, _, _, asked in _PROPOSALS
        for skill, level, hours in asked
        for month in range(months)
    ]  # fmt: skip


def _scores(random: Random) -> Rows:
    """What each assessor gave: the true score, one more or less as often as not, kept from 0 to 10."""
    rows: list[list[object]] = []
    for proposal, *_, truth, _asked in _PROPOSALS:
        for (criterion, *_unused), score in zip(_CRITERIA, truth, strict=True):
            for assessor in _ASSESSORS:
                given = min(10, max(0, score + random.choice((-1, 0, 0, 1))))
                if (proposal, criterion, assessor) not in UNSCORED:
                    rows.append([proposal, criterion, assessor, given, LAST_DAY.isoformat()])
    return ["subject_id", "criterion_id", "assessor_id", "score", "status_date"], rows


def _judgements() -> Rows:
    names = [criterion for criterion, *_ in _CRITERIA]
    pairs = [(one, other) for position, one in enumerate(names) for other in names[position + 1 :]]
    rows: list[list[object]] = [
        [assessor, one, other, ratio, LAST_DAY.isoformat()]
        for assessor, ratios in _RATIOS.items()
        for (one, other), ratio in zip(pairs, ratios, strict=True)
    ]
    return ["assessor_id", "criterion_id", "other_criterion_id", "ratio", "status_date"], rows
