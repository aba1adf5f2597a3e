"""The raw exports of the simulated portfolio's systems, in the vendors' shapes, with the faults that exports have."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

from pmo_analytics.synthetic.board_export import write_boards
from pmo_analytics.synthetic.dependencies import blocked_by_issue
from pmo_analytics.synthetic.effort import Booking
from pmo_analytics.synthetic.issues import SimulatedIssue
from pmo_analytics.synthetic.portfolio import SimulatedPortfolio
from pmo_analytics.synthetic.registers import register_rows

TOGGL_HEADERS = [
    "User",
    "Email",
    "Client",
    "Project",
    "Task",
    "Description",
    "Billable",
    "Start date",
    "Start time",
    "End date",
    "End time",
    "Duration",
    "Tags",
    "Amount (EUR)",
]
JIRA_HEADERS = [
    "Summary",
    "Issue key",
    "Issue id",
    "Issue Type",
    "Status",
    "Project key",
    "Project name",
    "Project type",
    "Priority",
    "Resolution",
    "Assignee",
    "Assignee Id",
    "Reporter",
    "Reporter Id",
    "Created",
    "Updated",
    "Last Viewed",
    "Resolved",
    "Fix versions",
    "Fix versions",
    "Labels",
    "Labels",
    "Labels",
    "Original estimate",
    "Remaining Estimate",
    "Time Spent",
    "Sprint",
    "Sprint",
    "Custom field (Story Points)",
    "Status Category",
    "Inward issue link (Blocks)",
    "Outward issue link (Blocks)",
]
# The second file begins before the first ends, as monthly downloads do.
YEAR_TURNS, SECOND_FILE_FROM = date(2026, 1, 1), date(2025, 12, 29)
PAGES_OVERLAP = 12
BOARDS_FILE = "jira_boards"
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_WORK = ("planning", "build", "review", "tests", "workshop", "fixes", "rollout", "notes")
UNKNOWN_PROJECT = "Pier lighting"
HOSTILE_DESCRIPTION = "<script>alert('harbour')</script>"
HOSTILE_SUMMARY = '=HYPERLINK("http://example.invalid","open")'


def write_exports(portfolio: SimulatedPortfolio, folder: Path, *, with_dirt: bool = True) -> list[Path]:
    """Write every export and register of the portfolio into `folder`; return the files in order of name."""
    folder.mkdir(parents=True, exist_ok=True)
    early = [b for b in portfolio.bookings if b.day < YEAR_TURNS]
    late = [b for b in portfolio.bookings if b.day >= SECOND_FILE_FROM]
    half = len(portfolio.issues) // 2
    blocks = blocked_by_issue(portfolio.issues)
    files = {
        "toggl_2025": (TOGGL_HEADERS, _toggl_rows(early, with_dirt=with_dirt)),
        "toggl_2026": (TOGGL_HEADERS, _toggl_rows(late, with_dirt=False) + (_late_faults(late) if with_dirt else [])),
        "jira_cloud_1": (
            JIRA_HEADERS,
            _jira_rows(portfolio.issues[: half + PAGES_OVERLAP], blocks, with_dirt=with_dirt),
        ),
        "jira_cloud_2": (JIRA_HEADERS, _jira_rows(portfolio.issues[half:], blocks, with_dirt=False)),
        **register_rows(portfolio, with_dirt=with_dirt),
    }
    paths = [folder / f"{BOARDS_FILE}.json"]
    write_boards(paths[0], portfolio.boards)
    for name, (headers, rows) in files.items():
        path = folder / f"{name}.csv"
        _write(path, headers, rows, with_mark=name.startswith("toggl"))
        paths.append(path)
    return sorted(paths)


def _write(path: Path, headers: Sequence[str], rows: Iterable[Sequence[object]], *, with_mark: bool) -> None:
    with path.open("w", encoding="utf-8-sig" if with_mark else "utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(headers)
        writer.writerows(rows)


def _toggl_row(booking: Booking) -> list[object]:
    person, seconds = booking.person, booking.seconds
    work = _WORK[(booking.started.toordinal() + booking.started.hour) % len(_WORK)]
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return [
        person.name, person.email, "", booking.project.toggl_name, "", work, "No",
        booking.day.isoformat(), booking.started.strftime("%H:%M:%S"), booking.ended.date().isoformat(),
        booking.ended.strftime("%H:%M:%S"), clock, "", "0.00",
    ]  # fmt: skip


def _toggl_rows(bookings: list[Booking], *, with_dirt: bool) -> list[list[object]]:
    rows = [_toggl_row(b) for b in sorted(bookings, key=lambda b: (b.started, b.person.person_id))]
    if with_dirt:
        rows[40][5] = HOSTILE_DESCRIPTION
        # A timer that was left running: over a day on one row.
        left = list(rows[200])
        left[11] = "25:00:00"
        rows.insert(201, left)
        # Booked twice by hand; both stand, since nothing says that they are one.
        rows.insert(301, list(rows[300]))
    return rows


def _late_faults(bookings: list[Booking]) -> list[list[object]]:
    """A day that does not exist, and work on a project that no register knows."""
    first = _toggl_row(bookings[0])
    never = [*first[:7], "2026-02-30", *first[8:]]
    unknown = []
    for booking in bookings[5:400:40]:
        row = _toggl_row(booking)
        unknown.append([*row[:3], UNKNOWN_PROJECT, *row[4:8], "18:30:00", row[9], "19:45:00", "01:15:00", *row[12:]])
    return [never, *unknown]


def _stamp(moment: datetime | None) -> str:
    """A time as Jira Cloud's export writes it: `25/Feb/26 10:17 PM`."""
    if moment is None:
        return ""
    half = "AM" if moment.hour < 12 else "PM"
    hour = moment.hour % 12 or 12
    return f"{moment.day:02d}/{_MONTHS[moment.month - 1]}/{moment.year % 100:02d} {hour}:{moment.minute:02d} {half}"


def _jira_rows(issues: list[SimulatedIssue], blocks: dict[str, str], *, with_dirt: bool) -> list[list[object]]:
    blocked_by = {waiter: giver for giver, waiter in blocks.items()}
    rows: list[list[object]] = []
    for issue in issues:
        assignee = issue.assignee
        labels = [*issue.labels, "", "", ""][:3]
        sprints = [*issue.sprints, ""][:2]
        remaining = "" if issue.estimate_seconds is None else 0 if issue.resolved else issue.estimate_seconds
        rows.append(
            [
                issue.summary, issue.key, issue.number, issue.issue_type, issue.status, issue.project.jira_key,
                issue.project.name, "software", issue.priority, "Done" if issue.resolved else "",
                assignee.name if assignee else "", f"acc-{assignee.person_id.lower()}" if assignee else "",
                issue.reporter.name, f"acc-{issue.reporter.person_id.lower()}", _stamp(issue.created),
                _stamp(issue.updated), "", _stamp(issue.resolved), "", "", *labels,
                "" if issue.estimate_seconds is None else issue.estimate_seconds, remaining,
                "" if issue.spent_seconds is None else issue.spent_seconds, *sprints,
                "" if issue.points is None else f"{issue.points}.0", issue.category,
                blocked_by.get(issue.key, ""), blocks.get(issue.key, ""),
            ]
        )  # fmt: skip
    if with_dirt:
        rows[30][0] = HOSTILE_SUMMARY
        blank: list[object] = [""] * len(JIRA_HEADERS)
        rows[100:100] = [blank, list(blank)]
    return rows
