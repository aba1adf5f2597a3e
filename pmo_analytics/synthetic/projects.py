"""The projects of a ferry operator, with what will really become of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

FIRST_DAY, LAST_DAY = date(2025, 4, 1), date(2026, 6, 30)
PASSENGERS, FLEET = "Passengers", "Fleet"


@dataclass(frozen=True)
class PlannedProject:
    """One project: what was planned, and the truth that its figures should show.

    Months count from `start`. `final_cpi` is budget over true cost at
    completion. `stall` is a pause in progress (first month, months); in
    `rework_month` a part of the work turns out undone. `toggl_name` is what
    people book on. `tells_green` is declared green whatever happens.
    """

    project_id: str
    name: str
    jira_key: str
    portfolio: str
    start: date
    planned_months: int
    true_months: int
    final_cpi: float
    teams: dict[str, float] = field(default_factory=dict)
    category: str = "product"
    size_band: str = "medium"
    methodology: str = "agile"
    stall: tuple[int, int] | None = None
    rework_month: int | None = None
    rebaselined_in_month: int | None = None
    cancelled_in_month: int | None = None
    has_budget: bool = True
    tells_green: bool = False
    alias: str | None = None

    @property
    def toggl_name(self) -> str:
        """The project's name in the timesheet system."""
        return self.alias or self.name


def _d(text: str) -> date:
    return date.fromisoformat(text)


PROJECTS = (
    PlannedProject("PA-01", "Ticket app", "TICK", PASSENGERS, _d("2025-04-01"), 14, 17, 0.84,
                   {"Applications": 3.0, "Design": 2.0}, size_band="large", tells_green=True),
    PlannedProject("PA-02", "Timetable engine", "TIME", PASSENGERS, _d("2025-06-01"), 12, 13, 1.02,
                   {"Applications": 2.0, "Data": 1.0}),
    PlannedProject("PA-03", "Boarding gates", "GATE", PASSENGERS, _d("2025-04-01"), 8, 12, 0.79,
                   {"Platform": 2.0, "Applications": 0.7}, category="infrastructure", stall=(5, 2)),
    PlannedProject("PA-04", "Season cards", "CARD", PASSENGERS, _d("2025-09-01"), 9, 9, 1.08,
                   {"Applications": 1.5, "Design": 0.8}, size_band="small"),
    PlannedProject("PA-05", "Delay alerts", "ALRT", PASSENGERS, _d("2026-01-01"), 8, 10, 0.95,
                   {"Data": 2.0, "Applications": 0.8}, size_band="small", rework_month=4),
    PlannedProject("PA-06", "Café orders", "CAFE", PASSENGERS, _d("2025-07-01"), 10, 14, 0.72,
                   {"Design": 1.0, "Applications": 0.6}, size_band="small", cancelled_in_month=6),
    PlannedProject("FL-01", "Engine telemetry", "ENGN", FLEET, _d("2025-05-01"), 14, 18, 0.88,
                   {"Data": 3.0, "Platform": 1.5}, category="infrastructure", size_band="large", rework_month=8),
    PlannedProject("FL-02", "Crew rostering", "CREW", FLEET, _d("2025-04-01"), 12, 14, 0.91,
                   {"Applications": 1.6, "Platform": 0.6}, rebaselined_in_month=8, alias="Crew rosters"),
    PlannedProject("FL-03", "Dock scheduling", "DOCK", FLEET, _d("2025-08-01"), 12, 12, 1.12,
                   {"Platform": 1.8, "Data": 0.6}),
    PlannedProject("FL-04", "Spare parts store", "SPAR", FLEET, _d("2025-10-01"), 10, 14, 0.93,
                   {"Platform": 1.6, "Design": 0.5}, methodology="waterfall", stall=(4, 2), tells_green=True),
    PlannedProject("FL-05", "Fuel reporting", "FUEL", FLEET, _d("2025-11-01"), 7, 7, 0.99,
                   {"Data": 1.4}, category="compliance", size_band="small", methodology="waterfall"),
    PlannedProject("FL-06", "Harbour radio", "RADI", FLEET, _d("2026-02-01"), 9, 10, 0.97,
                   {"Platform": 1.2}, category="infrastructure", size_band="small", has_budget=False),
    PlannedProject("FL-07", "Night freight study", "NITE", FLEET, _d("2026-09-01"), 6, 6, 1.0,
                   {}, category="study", size_band="small", methodology="waterfall"),
)  # fmt: skip


def add_months(day: date, months: int) -> date:
    """The first of the month `months` after the month of `day`."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def months_between(first: date, last: date) -> int:
    """Whole months from the month of `first` to the month of `last`."""
    return (last.year - first.year) * 12 + last.month - first.month


def months_of_horizon() -> list[date]:
    """The first days of the simulated months."""
    return [add_months(FIRST_DAY, i) for i in range(months_between(FIRST_DAY, LAST_DAY) + 1)]
