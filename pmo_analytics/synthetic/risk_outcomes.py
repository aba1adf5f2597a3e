"""How the simulated risks end, and what their managers leave out of the register.

What is true: each cause has one bad season of three months, in which a risk of
it strikes nine times in ten, whatever was said of it. Outside of it a risk
strikes more often than was said: managers play down. Risks of no common cause
strike as often as was said. The register tells none of this.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from pmo_analytics.synthetic.projects import PlannedProject, add_months, months_of_horizon
from pmo_analytics.synthetic.raid import SimulatedRisk, reporting_days

# The common cause of the risks of a category; the others have none.
CAUSES = {
    "supplier": "supplier capacity",
    "compliance": "harbour authority",
    "people": "market for specialists",
    "cost": "hardware prices",
}
SEASON_MONTHS = 3
IN_SEASON = 0.9
PLAYED_DOWN = 1.5
_PAST = (
    ("Test site is not ready", "supplier", "date agreed with the yard"),
    ("Subcontractor is short of staff", "supplier", "second offer asked"),
    ("Certificate is delayed", "compliance", "documents sent early"),
    ("Authority changes its rules", "compliance", "contact person named"),
    ("Developer moves to another firm", "people", "pairing on the core"),
    ("No tester can be hired", "people", "testers shared with the fleet"),
    ("Servers become dearer", "cost", "prices fixed for a year"),
    ("Load test fails", "technical", "early test with half the load"),
    ("Users refuse the prototype", "quality", "shown every month"),
    ("Winter weather stops trials", "schedule", "trials moved to autumn"),
)
_FEWEST_PAST, _MOST_PAST = 4, 7
_STATED = (0.05, 0.1, 0.1, 0.2, 0.2, 0.3, 0.5, 0.7)
_LEFT_WITHOUT_OUTCOME = 0.15
_LAPSES = (("owner", 0.06), ("response", 0.08), ("probability", 0.04), ("range", 0.06), ("report", 0.12))


@dataclass(frozen=True)
class BadSeason:
    """The months in which a cause strikes, the first and the one after the last."""

    first: date
    end: date

    def has(self, day: date) -> bool:
        """Whether the day lies in them."""
        return self.first <= day < self.end


def bad_seasons(random: Random) -> dict[str, BadSeason]:
    """One for each cause, not before the third month and ended before the last two."""
    months = months_of_horizon()
    seasons = {}
    for cause in CAUSES.values():
        first = months[random.randrange(3, len(months) - SEASON_MONTHS - 2)]
        seasons[cause] = BadSeason(first, add_months(first, SEASON_MONTHS))
    return seasons


def past_risks(random: Random, project: PlannedProject, budget: int) -> list[SimulatedRisk]:
    """Risks of a project that were raised early and are closed by now; none where it has reported too seldom."""
    days = reporting_days(project)
    if len(days) < 4:
        return []
    found = []
    picked = random.sample(_PAST, random.randint(_FEWEST_PAST, _MOST_PAST))
    for position, (title, category, response) in enumerate(picked, start=1):
        at = random.randrange(len(days) - 2)
        closed = days[random.randrange(at + 2, len(days))]
        low = round(budget * random.uniform(0.004, 0.015) / 1000) * 1000
        likely = low + round(budget * random.uniform(0.005, 0.03) / 1000) * 1000
        high = likely + round(budget * random.uniform(0.01, 0.06) / 1000) * 1000
        stated = random.choice(_STATED)
        days_low = random.randint(0, 4)
        found.append(
            SimulatedRisk(
                project,
                f"{project.project_id}-P{position}",
                title,
                category,
                response,
                days[at],
                closed,
                closed + timedelta(days=random.randint(-20, 60)),
                (stated, stated),
                (low, likely, high),
                (days_low, days_low + random.randint(2, 9), days_low + random.randint(10, 40)),
            )
        )
    return found


def true_probability(risk: SimulatedRisk, seasons: dict[str, BadSeason]) -> float:
    """The chance that a closed risk really had of striking."""
    stated, cause = risk.probabilities[0], CAUSES.get(risk.category)
    if cause is None:
        return stated
    if risk.closed is not None and seasons[cause].has(risk.closed):
        return IN_SEASON
    return min(0.95, PLAYED_DOWN * stated)


def with_outcome(random: Random, risk: SimulatedRisk, seasons: dict[str, BadSeason]) -> SimulatedRisk:
    """The risk with its cause, how it ended if it did, and what its manager leaves out while it is open."""
    strikes, is_left = random.random() < true_probability(risk, seasons), random.random() < _LEFT_WITHOUT_OUTCOME
    quiet = random.choice(("expired", "retired"))
    lapses = frozenset(name for name, chance in _LAPSES if random.random() < chance)
    end = "closed" if is_left else "occurred" if strikes else quiet
    return replace(
        risk,
        driver=CAUSES.get(risk.category, ""),
        ended="" if risk.closed is None else end,
        lapses=frozenset() if risk.closed is not None else lapses,
    )
