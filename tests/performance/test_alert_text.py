"""An alert as text: what exports, rules and answers hold can end no line, add no header and steer no terminal."""

from __future__ import annotations

import json
from email import message_from_string
from email.policy import SMTPUTF8
from typing import Any

import pandas as pd
import pytest

from pmo_analytics.performance.alert_text import alert_mail, alert_payload

D = pd.Timestamp


def alert(**values: Any) -> dict[str, Any]:
    return {
        "alert_id": "0123456789ab", "alert_state": "open", "project_id": "P-1", "name": "Bahnhof Süd",
        "portfolio": None, "rule": "cost_over_budget_pct above 10", "breach": "cost_over_budget_pct",
        "severity": "high", "figure": 25.0, "threshold": 10.0, "currency": None,
        "reason": "forecast at 25.0 % above its budget; up to 10 % is tolerated; since 2026-04",
        "breached_since_month": D("2026-04-01"), "status_date": D("2026-05-31"), "raised_on_date": D("2026-06-03"),
        "told_roles": '["sponsor", "portfolio board"]', "acknowledge_due_date": D("2026-06-08"),
        "decide_due_date": D("2026-06-23"), "due_date": D("2026-06-08"), "overdue_days": None,
        "acknowledged_by": None, "decided_by": None, "decision": None, "comment": None,
        "figure_evidence": "project_health estimate_at_completion_amount project_id=P-1",
    } | values  # fmt: skip


def test_a_mail_says_what_for_whom_and_by_when() -> None:
    mail = message_from_string(alert_mail(alert()), policy=SMTPUTF8)
    assert mail["Subject"] == (
        "[high] Bahnhof Süd: forecast at 25.0 % above its budget; up to 10 % is tolerated; since 2026-04"
    )
    assert alert_mail(alert()).split("\n\n", 1)[1].splitlines() == [
        "Project: Bahnhof Süd (P-1)",
        "Breach: forecast at 25.0 % above its budget; up to 10 % is tolerated; since 2026-04",
        "Rule: cost_over_budget_pct above 10",
        "Severity: high",
        "As of: 2026-05-31",
        "For: sponsor, portfolio board",
        "State: open",
        "",
        "Acknowledge by 2026-06-08: pmo alerts acknowledge 0123456789ab --by ROLE",
        "Decide by 2026-06-23: pmo alerts decide 0123456789ab --by ROLE --decision TEXT",
        "The figure: pmo explain project_health estimate_at_completion_amount project_id=P-1 --as-of 2026-05-31",
    ]


def test_what_was_answered_is_said_and_not_asked_again() -> None:
    done = alert(alert_state="decided", due_date=None, decision="stop it", decided_by="board", acknowledged_by="pm")
    text = alert_mail(done)
    assert "Decision: stop it\nDecided by: board\n" in text
    assert "Acknowledge by" not in text
    assert "Decide by" not in text
    assert "Acknowledge by" not in alert_mail(alert(acknowledged_by="pm", due_date=D("2026-06-23")))


HOSTILE = 'x\r\nBcc: all@example.org\r\n\r\n\x1b[31m\u202e\u2028\x00\x85<!channel> "quoted" \\ \udcff'


@pytest.mark.parametrize(
    "column", ["name", "reason", "portfolio", "rule", "decision", "comment", "figure_evidence", "project_id"]
)
def test_hostile_text_stays_text(column: str) -> None:
    plain, hostile = alert(portfolio="N", comment="c", decision="d"), alert(portfolio="N", comment="c", decision="d")
    hostile[column] = HOSTILE
    text = alert_mail(hostile)
    mail = message_from_string(text, policy=SMTPUTF8)
    assert sorted(mail.keys()) == ["Content-Transfer-Encoding", "Content-Type", "MIME-Version", "Subject"]
    assert len(text.splitlines()) == len(alert_mail(plain).splitlines())
    assert not {sign for sign in text if ord(sign) < 32 and sign != "\n"} & set(map(chr, range(32)))
    assert not set(text) & {"\u202e", "\u2028", "\x85", "\x7f", "\udcff"}
    payload = alert_payload(hostile)
    assert payload.isascii()
    assert payload.isprintable()
    read = json.loads(payload)
    assert read["alert"][column] == HOSTILE
    assert "<!channel>" not in read["text"]
    assert len(read["text"].splitlines()) == len(json.loads(alert_payload(plain))["text"].splitlines())


def test_a_subject_is_cut_and_a_role_is_no_header() -> None:
    text = alert_mail(alert(name="n" * 500, told_roles='["a\\r\\nBcc: x@y.example"]'))
    mail = message_from_string(text, policy=SMTPUTF8)
    assert len(mail["Subject"]) == 150
    assert "Bcc" not in mail
    assert "For: a Bcc: x@y.example" in text


def test_a_payload_is_a_document_for_systems_with_a_text_for_chats() -> None:
    read = json.loads(alert_payload(alert(name="A & <B>")))
    assert read["text"].startswith("A &amp; &lt;B&gt;: forecast at 25.0 %")
    assert (read["alert"]["name"], read["alert"]["told_roles"]) == ("A & <B>", ["sponsor", "portfolio board"])
    assert (read["alert"]["due_date"], read["alert"]["figure"], read["alert"]["decision"]) == ("2026-06-08", 25.0, None)
