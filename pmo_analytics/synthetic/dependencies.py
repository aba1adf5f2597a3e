"""What the simulated projects wait for: a register with planted faults, and links between their issues.

The truth of each row stands beside it. Nothing here is drawn.
"""

from __future__ import annotations

from pmo_analytics.synthetic.issues import SimulatedIssue
from pmo_analytics.synthetic.raid_registers import Rows

_HEADERS = (
    "dependency_id,status_date,predecessor_project_id,predecessor_ref,successor_project_id,successor_ref,relation,"
    "lag_days,needed_by_date,status"
)
# Giver, what it gives, who waits and for what, needed by, first and last report, status at the last.
_PLANTED = (
    # Telemetry goes live long after the alerts need it, and the study waits for the alerts.
    ("FL-01", "M5", "PA-05", "M4", "2026-08-15", "2026-01-20", "2026-06-15", "open"),
    ("PA-05", "M5", "FL-07", "M2", "2026-10-20", "2026-02-10", "2026-06-15", "open"),
    # In time.
    ("PA-01", "M5", "FL-07", "M1", "2026-09-15", "2026-02-10", "2026-06-15", "open"),
    ("FL-04", "M4", "FL-07", "M1", "2026-09-30", "2026-02-10", "2026-06-15", "open"),
    ("FL-06", "M3", "FL-04", "M4", "2026-08-20", "2026-03-05", "2026-06-15", "open"),
    # A circle: the radio's acceptance waits for the docks' go-live, which waits for the radio's acceptance.
    ("FL-03", "M5", "FL-06", "M4", "2026-08-31", "2026-03-05", "2026-06-15", "open"),
    ("FL-06", "M4", "FL-03", "M5", "2026-07-25", "2026-03-05", "2026-06-15", "open"),
    # There since May.
    ("PA-02", "M4", "PA-01", "M5", "2026-05-10", "2025-11-12", "2026-05-12", "delivered"),
    # From a project that was cancelled, and from nobody that a register knows.
    ("PA-06", "M5", "PA-05", "M5", "2026-07-31", "2025-10-14", "2025-11-12", "open"),
    ("Harbour authority", "Permit", "PA-01", "M5", "2026-08-01", "2026-01-20", "2026-05-12", "open"),
    # Needed in March, not there, and nobody has looked since December.
    ("FL-04", "M3", "PA-05", "M3", "2026-03-31", "2025-12-09", "2025-12-09", "open"),
)
# The first open issue of one project blocks that of another: the first three run in a circle.
_BLOCKING = (("FL-01", "PA-05"), ("PA-05", "PA-01"), ("PA-01", "FL-01"), ("FL-04", "FL-06"), ("FL-04", "PA-05"))
_NEVER_EXPORTED = "HARB-7"


def dependencies() -> Rows:
    """The register `dependency`: a row for the first and the last report of each."""
    rows: list[list[object]] = []
    for number, (giver, given, waiter, waits, needed, first, last, status) in enumerate(_PLANTED, start=1):
        known = [giver, given, waiter, waits, "FS", "", needed]
        rows.append([f"D-{number:02d}", first, *known, "open"])
        if last != first:
            rows.append([f"D-{number:02d}", last, *known, status])
    return _HEADERS.split(","), rows


def blocked_by_issue(issues: list[SimulatedIssue]) -> dict[str, str]:
    """The issue that an issue blocks, by key; the last open one of the portfolio blocks one that no export holds."""
    first: dict[str, str] = {}
    unresolved = [issue for issue in issues if issue.resolved is None]
    for issue in unresolved:
        first.setdefault(issue.project.project_id, issue.key)
    second = {issue.project.project_id: issue.key for issue in unresolved}
    blocking: dict[str, str] = {}
    for giver, waiter in _BLOCKING:
        if giver in first and waiter in first:
            # A project that gives twice gives by its last open issue too.
            key = second[giver] if first[giver] in blocking else first[giver]
            blocking[key] = first[waiter]
    if unresolved:
        blocking.setdefault(unresolved[-1].key, _NEVER_EXPORTED)
    return blocking
