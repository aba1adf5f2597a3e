"""An alert as text for people and systems: a plain mail with its subject, or a JSON document for a webhook.

Nothing is sent here. Whatever exports, rules and answers hold stays text: a
value cannot end a line of the mail, add a header to it or steer a terminal, and
what a chat would read as a link or a mention is escaped.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTPUTF8
from typing import Any

import pandas as pd

from pmo_analytics.performance.alert_standing import roles

_LONGEST_SUBJECT = 150
# Control and direction characters, line and paragraph separators among them.
_STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
_MAIL = SMTPUTF8.clone(linesep="\n", max_line_length=0, cte_type="8bit")


def alert_mail(alert: Mapping[str, Any]) -> str:
    """A row of `AlertStanding` as a mail without sender and addressee: who these are, no role says."""
    mail = EmailMessage(policy=_MAIL)
    mail["Subject"] = _cut(f"[{alert['severity']}] {_line(alert['name'])}: {_line(alert['reason'])}")
    # One line a fact; what is long is the mail program's to fold.
    mail.set_content("\n".join([*_facts(alert), "", *_asked(alert)]) + "\n", charset="utf-8", cte="8bit")
    return mail.as_bytes().decode()


def alert_payload(alert: Mapping[str, Any]) -> str:
    """A row of `AlertStanding` as a JSON document: `text` for a chat, `alert` for a system. ASCII alone, one line."""
    text = "\n".join([f"{_line(alert['name'])}: {_line(alert['reason'])}", *_asked(alert)])
    row = {name: _data(value) for name, value in alert.items()} | {"told_roles": roles(alert["told_roles"])}
    return json.dumps({"text": html.escape(text, quote=False), "alert": row}, ensure_ascii=True, sort_keys=True)


def _facts(alert: Mapping[str, Any]) -> list[str]:
    project = f"{alert['name']} ({alert['project_id']})" if alert["name"] else alert["project_id"]
    told = {
        "Project": project,
        "Portfolio": alert["portfolio"],
        "Breach": alert["reason"],
        "Rule": alert["rule"],
        "Severity": alert["severity"],
        "As of": f"{alert['status_date']:%Y-%m-%d}",
        "For": ", ".join(roles(alert["told_roles"])),
        "State": alert["alert_state"],
        "Acknowledged by": alert["acknowledged_by"],
        "Decision": alert["decision"],
        "Decided by": alert["decided_by"],
        "Note": alert["comment"],
    }
    return [f"{name}: {_line(value)}" for name, value in told.items() if not _is_missing(value)]


def _asked(alert: Mapping[str, Any]) -> list[str]:
    """What is to be done, by when, and how the figure is opened."""
    name, asked = alert["alert_id"], []
    acknowledge, decide = (f"{alert[column]:%Y-%m-%d}" for column in ("acknowledge_due_date", "decide_due_date"))
    if not _is_missing(alert["due_date"]):
        if _is_missing(alert["acknowledged_by"]):
            asked.append(f"Acknowledge by {acknowledge}: pmo alerts acknowledge {name} --by ROLE")
        asked.append(f"Decide by {decide}: pmo alerts decide {name} --by ROLE --decision TEXT")
    if not _is_missing(alert["figure_evidence"]):
        asked.append(
            f"The figure: pmo explain {_line(alert['figure_evidence'])} --as-of {alert['status_date']:%Y-%m-%d}"
        )
    return asked


def _line(value: Any) -> str:
    """A value on one line, without what could steer whoever shows it."""
    return "" if _is_missing(value) else _STEERING.sub(" ", str(value).encode("utf-8", "replace").decode()).strip()


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_SUBJECT else f"{text[: _LONGEST_SUBJECT - 1]}…"


def _data(value: Any) -> Any:
    if _is_missing(value):
        return None
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else value


def _is_missing(value: Any) -> bool:
    return value is None or bool(pd.isna(value))
