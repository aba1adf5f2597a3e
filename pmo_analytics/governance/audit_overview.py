"""The audit of all projects in a few numbers.

Source: by the usual definition, counts of what the audit gives; this project's own convention what is near its end.

Worked example: of two projects one is held by a hard gate that failed; eight of
ten checks passed, two findings are open, one of them critical, and one finding is
waived until 20 days after the reporting date.
"""

from __future__ import annotations

import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.base import Contract, Number, Whole, checked, optional, required
from pmo_analytics.governance.audit_states import (
    CRITICAL,
    FAILED,
    MAJOR,
    NO_EVIDENCE,
    NOT_APPLICABLE,
    PASSED,
    WAIVED,
)

SOON_DAYS = 30


class AuditOverview(Contract):
    """One row per audit, none where no project is known.

    `held_count` are projects with an open hard gate of `project_count` that are
    audited; `grave_finding_count` the critical and major among the open
    findings; `expiring_count` the waived findings whose waiver ends within thirty
    days. `passed_share` is of checks that passed, failed or have no evidence.
    """

    project_count: Whole = required(ge=0)
    held_count: Whole = required(ge=0)
    check_count: Whole = required(ge=0)
    passed_share: Number = optional(ge=0, le=1)
    open_finding_count: Whole = required(ge=0)
    grave_finding_count: Whole = required(ge=0)
    waived_finding_count: Whole = required(ge=0)
    expiring_count: Whole = required(ge=0)


def audit_overview(audit_checks: pd.DataFrame, *, status_date: pd.Timestamp) -> DataFrame[AuditOverview]:
    """Projects held, checks passed, findings open and waived, from an `AuditChecks` frame."""
    columns = list(AuditOverview.to_schema().columns)
    if audit_checks.empty:
        return checked(AuditOverview, pd.DataFrame(columns=columns))
    state, number = audit_checks["check_state"], audit_checks["finding_count"].astype(int)
    is_open, is_waived = state.isin([FAILED, NO_EVIDENCE]), state == WAIVED
    is_hard = audit_checks["is_hard_gate"].astype(bool)
    is_soon = audit_checks["expires_on_date"] <= status_date + pd.Timedelta(days=SOON_DAYS)
    asked = int((is_open | (state == PASSED)).sum())
    row = {
        "project_count": audit_checks.loc[state != NOT_APPLICABLE, "project_id"].nunique(),
        "held_count": audit_checks.loc[is_open & is_hard, "project_id"].nunique(),
        "check_count": asked, "passed_share": float((state == PASSED).sum()) / asked if asked else None,
        "open_finding_count": int(number[is_open].sum()),
        "grave_finding_count": int(number[is_open & audit_checks["severity"].isin([CRITICAL, MAJOR])].sum()),
        "waived_finding_count": int(number[is_waived].sum()), "expiring_count": int(number[is_waived & is_soon].sum()),
    }  # fmt: skip
    return checked(AuditOverview, pd.DataFrame([row], columns=columns).astype({"passed_share": float}))
