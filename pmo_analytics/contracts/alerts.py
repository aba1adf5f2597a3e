"""What the warehouse keeps of alerts: events that are appended, from which the state of an alert is derived.

No load fills this: `warehouse.stores.alerts` appends to it.
"""

from __future__ import annotations

from pmo_analytics.contracts.base import CURRENCY, Contract, Date, Number, Text, Whole, optional, required

RAISED, ACKNOWLEDGED, DECIDED, CLEARED, REOPENED = "raised", "acknowledged", "decided", "cleared", "reopened"
EVENTS = (RAISED, ACKNOWLEDGED, DECIDED, CLEARED, REOPENED)
ALERT_ID = r"^[0-9a-f]{12}$"


class AlertEvent(Contract):
    """One row per event of an alert, in the order they happened.

    An alert is of a project, a rule and the month in which this run of the
    breach began. `status_date` is the reporting date of what was looked at, and
    for an acknowledgement or a decision the day it was made; `made_at` is the
    real clock. Figure, threshold, roles and due dates stand where the alert is
    raised or reopened; `stated_by` where it is acknowledged or decided.
    """

    alert_id: Text = required(str_matches=ALERT_ID)
    kind: Text = required(isin=EVENTS)
    project_id: Text = required()
    name: Text = optional()
    portfolio: Text = optional()
    rule: Text = required()
    breach: Text = required()
    breached_since_month: Date = required()
    figure: Number = optional()
    threshold: Number = optional()
    currency: Text = optional(str_matches=CURRENCY)
    severity: Text = optional()
    reason: Text = optional()
    figure_evidence: Text = optional()
    told_roles: Text = optional()
    acknowledge_due_date: Date = optional()
    decide_due_date: Date = optional()
    stated_by: Text = optional()
    comment: Text = optional()
    decision: Text = optional()
    status_date: Date = required()
    warehouse_version: Whole = required(ge=1)
    made_at: Date = required()
    made_on_date: Date = required()
