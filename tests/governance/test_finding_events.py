"""The life of a finding by hand: found, assigned, waived, cleared and found again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest

from pmo_analytics.contracts.recorded_events import Instant
from pmo_analytics.errors import UsageError
from pmo_analytics.governance.finding_events import assignment, events_of_audit, no_findings
from pmo_analytics.governance.finding_standing import finding_standing
from tests.audits import Audit, audited
from tests.frames import project_row
from tests.governance.test_audit import risk, status, waiver

D = pd.Timestamp


def at(day: str, version: int = 3) -> Instant:
    return Instant(datetime.fromisoformat(f"{day}T09:00:00"), date.fromisoformat(day), version)


def audit_of(day: str, **tables: list[dict[str, Any]]) -> Audit:
    return audited({"project": [project_row("A")], "project_status": [status(day)]} | tables, D(day))


class Log:
    """Events as they are appended."""

    def __init__(self) -> None:
        self.events = no_findings()

    def add(self, rows: pd.DataFrame) -> list[str]:
        self.events = pd.concat([self.events, rows], ignore_index=True) if len(self.events) else rows
        return list(rows.loc[rows["rule_id"] == "RISK-OWNED", "kind"])

    def record(self, day: str, made_on: str, **tables: list[dict[str, Any]]) -> list[str]:
        found = audit_of(day, **tables)
        return self.add(
            events_of_audit(self.events, found.findings, found.checks, date.fromisoformat(day), at(made_on))
        )

    def state(self, day: str) -> tuple[str, str | None]:
        row = finding_standing(self.events, D(day)).set_index("rule_id").loc["RISK-OWNED"]
        return row["finding_state"], None if pd.isna(row["due_date"]) else f"{row['due_date']:%Y-%m-%d}"


UNOWNED = [risk("R1", "2026-06-30", owner_id=None)]
OWNED = [risk("R1", "2026-06-30")]


def test_the_worked_example() -> None:
    log = Log()
    assert log.record("2026-06-30", "2026-07-05", risk=UNOWNED) == ["found"]
    assert log.record("2026-06-30", "2026-07-06", risk=UNOWNED) == [], "the same again adds nothing"
    assert log.state("2026-08-04") == ("open", "2026-08-04")
    assert log.state("2026-08-05") == ("overdue", "2026-08-04")
    name = log.events.loc[log.events["rule_id"] == "RISK-OWNED", "finding_id"].iloc[0]
    given = {"owner": "sponsor", "owner_id": "P7", "by": "PMO", "instant": at("2026-07-10")}
    log.add(assignment(log.events, name[:5], due=date(2026, 7, 20), **given))
    assert len(assignment(log.events, name, due=date(2026, 7, 20), **given)) == 0
    assert log.state("2026-07-20") == ("open", "2026-07-20")
    assert log.state("2026-07-21") == ("overdue", "2026-07-20")
    assert log.record("2026-07-31", "2026-08-02", risk=OWNED) == ["cleared"]
    assert log.state("2026-07-31")[0] == "cleared"
    lost = [risk("R1", "2026-08-31", owner_id=None)]
    assert log.record("2026-08-31", "2026-09-03", risk=lost) == ["found again"]
    assert log.state("2026-09-03") == ("open", "2026-10-03")
    first = finding_standing(log.events, D("2026-09-03")).set_index("rule_id").loc["RISK-OWNED"]
    assert (first["first_found_on_date"], first["age_days"]) == (D("2026-08-31"), 3)


def test_a_waiver_is_an_event_and_so_is_its_end() -> None:
    log = Log()
    log.record("2026-06-30", "2026-07-01", risk=UNOWNED)
    lifted = [waiver("RISK-OWNED", "2026-07-31", "2026-07-10")]
    assert log.record("2026-07-31", "2026-08-01", risk=UNOWNED, waiver=lifted) == ["waived"]
    assert log.state("2026-07-31") == ("waived", "2026-07-31")
    assert log.record("2026-08-31", "2026-09-01", risk=UNOWNED, waiver=lifted) == ["found again"]
    row = finding_standing(log.events, D("2026-09-01")).set_index("rule_id").loc["RISK-OWNED"]
    assert (row["finding_state"], row["first_found_on_date"]) == ("open", D("2026-06-30"))


def test_what_has_no_evidence_now_clears_nothing_and_what_is_asked_no_more_is_cleared() -> None:
    log = Log()
    log.record("2026-06-30", "2026-07-01", risk=UNOWNED)
    assert log.record("2026-07-31", "2026-08-01", risk=[]) == ["cleared"], "no risk is left to have an owner"
    log = Log()
    log.record("2026-06-30", "2026-07-01", risk=UNOWNED)
    gone = [status("2026-07-31", state="cancelled")]
    assert log.record("2026-07-31", "2026-08-01", risk=UNOWNED, project_status=gone) == ["cleared"]
    notes = set(log.events["comment"].dropna())
    assert notes == {"the rule does not apply any more"}


def test_an_earlier_date_is_refused_and_so_are_names_and_unknown_findings() -> None:
    log = Log()
    log.record("2026-06-30", "2026-07-01", risk=UNOWNED)
    with pytest.raises(UsageError, match="an audit of a later date was recorded already"):
        log.record("2026-05-31", "2026-07-02", risk=UNOWNED)
    given: dict[str, Any] = {"owner_id": None, "due": None, "instant": at("2026-07-02")}
    with pytest.raises(UsageError, match="there is no such finding"):
        assignment(log.events, "ffffffffffff", owner="sponsor", by="PMO", **given)
    name = log.events["finding_id"].iloc[0]
    with pytest.raises(UsageError, match="given to a role"):
        assignment(log.events, name, owner="ann@example.test", by="PMO", **given)
