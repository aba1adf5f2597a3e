from __future__ import annotations

from typing import Any

import pandas as pd

from pmo_analytics.governance.code_mapping import UnmappedCodeNearest
from pmo_analytics.governance.reconciliation import NO_LABOUR, CostDifference, IssueTimeDifference, LedgerElement
from pmo_analytics.governance.reconciliation_totals import (
    cost_difference_count,
    cost_difference_totals,
    unmapped_code_count,
)
from pmo_analytics.reporting import reconciliation, reconciliation_tables
from pmo_analytics.resources.calendar_differences import CalendarDifference

HOUR = 3600
MAR, APR = pd.Timestamp("2026-03-01"), pd.Timestamp("2026-04-01")
HOSTILE = "<script>alert(1)</script>"


def frame(contract: Any, rows: list[dict[str, Any]]) -> pd.DataFrame:
    return contract.validate(pd.DataFrame(rows).reindex(columns=list(contract.to_schema().columns)))  # type: ignore[no-any-return]


def cost(project: str, month: pd.Timestamp, timesheets: float, labour: float | None, **values: Any) -> dict[str, Any]:
    difference = None if labour is None else timesheets - labour
    state = "not compared" if labour is None else "agrees" if not difference else "ledger higher"
    return {
        "project_id": project, "name": f"Project {project}", "period_month": month, "currency": "EUR",
        "cost_amount": timesheets, "labour_amount": labour, "difference_amount": difference, "difference_ratio": -0.5,
        "other_amount": 7.5, "ledger_amount": 0.0, "uncosted_seconds": 0.0, "posting_count": 1, "state": state,
        "quality_note": NO_LABOUR if labour is None else "",
    } | values  # fmt: skip


def code(key: str | None, **values: Any) -> dict[str, Any]:
    return {
        "source": "sap", "table_name": "ledger_entry", "external_key": key, "row_count": 2, "amount": 10.25,
        "currency": "EUR", "first_month": MAR, "last_month": APR,
    } | values  # fmt: skip


COSTS = frame(
    CostDifference,
    [cost("A", MAR, 100.0, 200.0), cost("B", MAR, 50.0, 1_050.25, name=HOSTILE), cost("A", APR, 5.0, 5.0)],
)
CODES = frame(UnmappedCodeNearest, [code("D-1"), code("D-2", amount=4.0, currency="GBP"), code(None, amount=99.0)])
NO_CODES = frame(UnmappedCodeNearest, [])


def test_the_headline_names_the_largest_difference_and_the_money_on_unknown_codes() -> None:
    assert reconciliation.headline(COSTS, CODES) == (
        f"2 of 3 project months differ between timesheets and ledger labour, most {HOSTILE} in March\u00a02026 by "
        "EUR\u00a01,000.25. EUR\u00a010.25 and GBP\u00a04.00 of the ledger are on codes that no register knows."
    )


def test_the_headline_says_why_nothing_is_compared() -> None:
    silent = frame(CostDifference, [cost("A", MAR, 5.0, None)])
    assert "nobody has said which cost elements are labour" in reconciliation.headline(silent, NO_CODES)
    assert "no month has both" in reconciliation.headline(frame(CostDifference, []), NO_CODES)
    assert "agree in all 1 project months" in reconciliation.headline(COSTS.tail(1), NO_CODES)


def test_figures_are_sums_and_counts_of_what_is_compared() -> None:
    difference = reconciliation.difference_figure(COSTS, cost_difference_totals(COSTS))
    months = reconciliation.months_figure(COSTS, cost_difference_count(COSTS))
    assert difference is not None
    assert months is not None
    assert difference.value == "EUR\u00a0\u22121,100"
    assert difference.history == [-1100.25, 0.0]
    assert (months.value, months.history) == ("2 of 3", [2.0, 0.0])
    unmapped = reconciliation.unmapped_figure(CODES, unmapped_code_count(CODES))
    assert (unmapped.value, unmapped.note.split(" stand")[0]) == ("2", "EUR\u00a010.25 and GBP\u00a04.00")
    nothing = frame(CostDifference, [])
    assert reconciliation.difference_figure(nothing, cost_difference_totals(nothing)) is None
    assert reconciliation.months_figure(nothing, cost_difference_count(nothing)) is None


def test_decisions_stand_largest_first_and_text_of_exports_is_escaped() -> None:
    html = reconciliation_tables.decision_table(COSTS).html
    assert HOSTILE not in html
    assert html.index("&lt;script&gt;") < html.index("Project A")
    assert "\u22121,000.25\u00a0EUR" in html
    assert html.count('<th scope="row">') == 2


def test_without_the_organisations_word_the_page_asks_for_it_and_shows_the_cost_elements() -> None:
    html = reconciliation_tables.decision_table(frame(CostDifference, [cost("A", MAR, 5.0, None)])).html
    assert "nobody has said which cost elements are labour" in html
    assert "<code>labour_accounts = [" in html
    element = {
        "cost_element": "600100", "currency": "EUR", "ledger_amount": 1234.5, "posting_count": 3,
        "first_month": MAR, "last_month": APR,
    }  # fmt: skip
    elements = reconciliation_tables.element_table(frame(LedgerElement, [element])).html
    assert "600100" in elements
    assert "1,234.50" in elements
    assert "not said" in elements
    assert "<details>" not in elements
    said = reconciliation_tables.element_table(frame(LedgerElement, [element | {"is_labour": True}])).html
    assert "<details>" in said
    assert ">labour<" in said


def test_codes_are_shown_with_money_months_and_nearest_project() -> None:
    html = reconciliation_tables.code_table(
        frame(
            UnmappedCodeNearest, [code("D-1", name=HOSTILE, nearest_project_id="A", nearest_name="Alpha"), code(None)]
        )
    ).html
    assert "10.25\u00a0EUR" in html
    assert "Mar\u00a02026 – Apr\u00a02026" in html
    assert "Alpha" in html
    assert "No code given" in html
    assert HOSTILE not in html
    assert "Every code" in reconciliation_tables.code_table(NO_CODES).html


def test_issues_that_are_not_compared_are_counted_and_a_silent_side_is_named() -> None:
    issue = {
        "issue_key": "A-1", "time_spent_seconds": 1800.0, "duration_seconds": 9000.0, "difference_seconds": 7200.0,
        "entry_count": 2, "state": "timesheets higher", "quality_note": "",
    }  # fmt: skip
    other = issue | {"issue_key": "A-2", "state": "not compared", "quality_note": "no timesheet entry names an issue"}
    html = reconciliation_tables.issue_table(frame(IssueTimeDifference, [issue, other])).html
    assert "+2.00" in html
    assert "1 issue is not compared" in html
    silent = reconciliation_tables.issue_table(frame(IssueTimeDifference, [other])).html
    assert "Nothing is compared: no timesheet entry names an issue." in silent


def test_calendars_are_shown_for_the_reporting_month_by_team() -> None:
    team = {
        "team": "Build", "period_month": MAR, "persons": 5, "duration_seconds": 790.0 * HOUR,
        "available_seconds": 800.0 * HOUR, "difference_seconds": -10.0 * HOUR, "above_seconds": 20.0 * HOUR,
        "below_seconds": 30.0 * HOUR, "without_calendar_seconds": 0.0, "quality_note": "",
    }  # fmt: skip
    few = {"team": "Few", "period_month": MAR, "persons": 2, "quality_note": "fewer than 5 persons: not shown"}
    frames = frame(CalendarDifference, [team, few, team | {"team": "Later", "period_month": APR}])
    html = reconciliation_tables.calendar_table(frames, pd.Timestamp("2026-03-31")).html
    assert "790.00" in html
    assert "fewer than 5 persons" in html
    assert ">2<" not in html
    assert "Later" not in html
