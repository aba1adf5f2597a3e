"""The page's alerts: open ones by due date, then what is new; hostile names are escaped, figures are named."""

from __future__ import annotations

from datetime import date

import pandas as pd

from pmo_analytics.performance.alert_standing import alert_standing
from pmo_analytics.performance.alerts import decided, no_events
from pmo_analytics.performance.escalation import WITHIN, breaches
from pmo_analytics.performance.escalation_rules import Escalation
from pmo_analytics.reporting.alert_table import alert_rows, alert_table
from tests.performance.escalation import COST
from tests.performance.test_alerts import at, check, checks, joined, look

SETTINGS = Escalation("controlling", (COST,), are_defaults=False)
FOUND = [check(project=name, figure=figure) for name, figure in (("A", 12.0), ("B", 13.0), ("C", 14.0))]


def events() -> pd.DataFrame:
    """B raised before A, A decided; C never; D raised and within since, which nobody has looked at."""
    found = look(no_events(), FOUND[1], day="2026-05-31", instant=at("2026-06-03"))
    found = look(found, FOUND[0], FOUND[1], check(project="D"), day="2026-06-30", instant=at("2026-07-05"))
    name = found.loc[found["project_id"] == "A", "alert_id"].iloc[0]
    return joined(found, decided(found, name, by="board", decision="<b>go on</b>", instant=at("2026-07-06")))


def test_open_alerts_come_by_due_date_then_what_is_decided_or_new() -> None:
    standing = alert_standing(events(), date(2026, 7, 31))
    rows = alert_rows(breaches(checks(*FOUND)), standing, SETTINGS)
    assert rows[["project_id", "alert_state", "figure", "told_roles"]].fillna(0).to_numpy().tolist() == [
        ["B", "overdue", 13.0, "portfolio board"],
        ["D", "overdue", 0, "portfolio board"],
        ["A", "decided", 12.0, "portfolio board"],
        ["C", "new", 14.0, "portfolio board"],
    ]


def test_the_page_escapes_what_people_wrote_and_says_which_version_it_knows() -> None:
    standing = alert_standing(events(), date(2026, 7, 31))
    html = alert_table(breaches(checks(*FOUND)), standing, SETTINGS, version=4).html
    assert "before version 4 was loaded" in html
    assert "&lt;b&gt;go on&lt;/b&gt;" in html
    assert "<b>go on" not in html


def test_where_nothing_is_beyond_a_limit_the_page_says_so() -> None:
    nothing = breaches(checks(check(WITHIN, figure=1.0)))
    page = alert_table(nothing, alert_standing(no_events(), date(2026, 7, 31)), SETTINGS, version=1)
    assert "No running project is beyond the limit of a rule." in page.html
