"""What the warehouse keeps of audit findings: events that are appended, from which the state of a finding is derived.

No load fills this: `warehouse.stores.findings` appends to it.
"""

from __future__ import annotations

from pmo_analytics.contracts.base import Contract, Date, Text, Whole, optional, required

FOUND, ASSIGNED, WAIVED, CLEARED, FOUND_AGAIN = "found", "assigned", "waived", "cleared", "found again"
EVENTS = (FOUND, ASSIGNED, WAIVED, CLEARED, FOUND_AGAIN)
FINDING_ID = r"^[0-9a-f]{12}$"


class FindingEvent(Contract):
    """One row per event of a finding, in the order they happened.

    A finding is of a project, a rule and the item within the project.
    `status_date` is the reporting date of the audit, and where it was assigned
    the day of that; `made_at` is the real clock. `owner_id` and `due_date`
    stand where it is found or assigned; `stated_by` where a person said it.
    """

    finding_id: Text = required(str_matches=FINDING_ID)
    kind: Text = required(isin=EVENTS)
    project_id: Text = required()
    rule_id: Text = required()
    found_item: Text = optional()
    title: Text = optional()
    severity: Text = optional()
    reason: Text = optional()
    owner_role: Text = optional()
    owner_id: Text = optional()
    due_date: Date = optional()
    first_found_on_date: Date = required()
    stated_by: Text = optional()
    comment: Text = optional()
    status_date: Date = required()
    warehouse_version: Whole = required(ge=1)
    made_at: Date = required()
    made_on_date: Date = required()
