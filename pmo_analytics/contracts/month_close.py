"""What a month's close is made of: managers' commentary, and the events that review, sign, freeze and re-open it.

Commentary is a register, loaded as any other. No load fills the events:
`warehouse.stores.month_close` appends to them.
"""

from __future__ import annotations

from pmo_analytics.contracts.base import EVENT, Contract, Date, Text, Whole, optional, required, table

PROJECT, PORTFOLIO = "project", "portfolio"
SUBJECTS = (PROJECT, PORTFOLIO)
SIGN_OFF = "sign-off"
SECTIONS = (SIGN_OFF, "summary", "cost", "schedule", "scope", "risk", "benefits", "decisions")
REMINDED, REVIEWED, SIGNED, FROZEN, REOPENED = "reminded", "reviewed", "signed off", "frozen", "re-opened"
EVENTS = (REMINDED, REVIEWED, SIGNED, FROZEN, REOPENED)
CLOSE_ID = r"^[0-9]{4}-(0[1-9]|1[0-2])$"


@table(
    key=["subject_kind", "subject_id", "period_month", "section"],
    clock=EVENT,
    clock_column="period_month",
    persons=["author_id"],
    register=True,
)
class Commentary(Contract):
    """One row per project or portfolio, month that is spoken of, and section.

    Key: subject_kind, subject_id, period_month, section. A portfolio goes by
    its name. It is dated by the month that it speaks of, whenever it was
    written, so that it stands on that month's pages; a later load of the same
    key takes its place, and versions keep the earlier one.
    """

    subject_kind: Text = required(isin=SUBJECTS)
    subject_id: Text = required()
    period_month: Date = required()
    section: Text = required(isin=SECTIONS)
    text: Text = required()
    author_id: Text = optional()


class CloseEvent(Contract):
    """One row per event of a month's close, in the order they happened.

    `close_id` is the month, as 2026-06, and `status_date` its last day.
    `frozen_version` is the version that a frozen month stands on, and
    `pack_digest` the sha256 of the record of its pack; `blocking_count` says
    how much still blocked it. Of a reminder, `owner_role` is who was asked, and
    `asked_count` for how much.
    """

    close_id: Text = required(str_matches=CLOSE_ID)
    kind: Text = required(isin=EVENTS)
    stated_by: Text = optional()
    comment: Text = optional()
    owner_role: Text = optional()
    asked_count: Whole = optional(ge=0)
    blocking_count: Whole = optional(ge=0)
    frozen_version: Whole = optional(ge=1)
    pack_digest: Text = optional(str_matches=r"^[0-9a-f]{64}$")
    status_date: Date = required()
    warehouse_version: Whole = required(ge=1)
    made_at: Date = required()
    made_on_date: Date = required()
