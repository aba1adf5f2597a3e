"""Rules held against rows: the worked example, what nobody can tell, waivers, the organisation's own rules."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from pmo_analytics.governance.audit import audit_faults, finding_id
from pmo_analytics.governance.audit_library import LIBRARY
from pmo_analytics.governance.audit_sources import SOURCES
from pmo_analytics.governance.rule_book import rule_book
from tests.audits import JUNE, Audit, audited
from tests.frames import contract_frame, project_row

D = pd.Timestamp


def status(day: str, project: str = "A", **values: Any) -> dict[str, Any]:
    return {"project_id": project, "status_date": D(day), "state": "active"} | values


def risk(name: str, day: str = "2026-06-20", **values: Any) -> dict[str, Any]:
    row = {"risk_id": name, "status_date": D(day), "project_id": "A", "title": "T", "state": "open"}
    return row | {"owner_id": "P1", "response": "wait", "probability": 0.1, "cost_most_likely_amount": 1.0} | values


def waiver(rule: str, expires: str | None, granted: str = "2026-01-01", **values: Any) -> dict[str, Any]:
    row = {"project_id": "A", "rule_id": rule, "granted_on_date": D(granted), "approver_id": "P9"}
    return row | {"expires_on_date": None if expires is None else D(expires)} | values


def own(name: str, definition: Any, **values: Any) -> dict[str, Any]:
    text = definition if isinstance(definition, str) else json.dumps(definition)
    row = {"rule_id": name, "status_date": D("2026-01-01"), "title": f"Rule {name}", "definition": text}
    return row | values


def portfolio(**tables: list[dict[str, Any]]) -> Audit:
    return audited({"project": [project_row("A")], "project_status": [status("2026-03-01")]} | tables)


def faults(rules: list[dict[str, Any]], waivers: list[dict[str, Any]] | None = None) -> list[tuple[str, str, str]]:
    found = audit_faults(
        contract_frame("audit_rule", rules), contract_frame("waiver", waivers or []),
        contract_frame("project", [project_row("A")]), status_date=JUNE,
    )  # fmt: skip
    return list(found[["rule_id", "finding", "remedy"]].itertuples(index=False, name=None))


def test_the_worked_example() -> None:
    risks = [risk("R1", owner_id=None)]
    found = portfolio(risk=risks)
    assert found.state("A", "STATUS-RECENT") == "failed"
    assert {("A", "STATUS-RECENT", None), ("A", "RISK-OWNED", "R1"), ("A", "MILESTONE-DATED", None)} <= found.found
    (reason,) = found.findings.loc[found.findings["rule_id"] == "STATUS-RECENT", "reason"]
    assert reason == "the newest row of project status is of 2026-03-01, 121 days ago"
    assert found.state("A", "MILESTONE-DATED") == "no evidence"
    waived = portfolio(risk=risks, waiver=[waiver("RISK-OWNED", "2026-07-31")])
    assert waived.state("A", "RISK-OWNED") == "waived"
    (row,) = waived.findings[waived.findings["rule_id"] == "RISK-OWNED"].to_dict("records")
    assert (row["check_state"], row["expires_on_date"], row["approver_id"]) == ("waived", D("2026-07-31"), "P9")
    assert row["finding_id"] == finding_id("A", "RISK-OWNED", "R1")


@pytest.mark.parametrize(
    ("expires", "state", "note"),
    [
        ("2026-06-30", "waived", None),
        ("2026-06-29", "failed", "a waiver expired on 2026-06-29"),
        (None, "failed", "the waiver of 2026-01-01 states no day of expiry and lifts nothing"),
    ],
)
def test_a_waiver_lifts_until_its_day_that_day_included_and_one_without_a_day_lifts_nothing(
    expires: str | None, state: str, note: str | None
) -> None:
    found = portfolio(risk=[risk("R1", owner_id=None)], waiver=[waiver("RISK-OWNED", expires)])
    assert found.state("A", "RISK-OWNED") == state
    (row,) = found.checks[found.checks["rule_id"] == "RISK-OWNED"].to_dict("records")
    assert row["quality_note"] == note or (note is None and pd.isna(row["quality_note"]))
    assert (("A", "WAIVER-EXPIRY", "RISK-OWNED 2026-01-01") in found.found) == (expires is None)


def test_a_waiver_makes_no_pass_of_what_passed_and_holds_from_its_day_on() -> None:
    assert (
        portfolio(risk=[risk("R1")], waiver=[waiver("RISK-OWNED", "2026-12-31")]).state("A", "RISK-OWNED") == "passed"
    )
    late = portfolio(risk=[risk("R1", owner_id=None)], waiver=[waiver("RISK-OWNED", "2026-12-31", "2026-07-01")])
    assert late.state("A", "RISK-OWNED") == "failed"


def test_the_last_report_counts_and_a_closed_risk_asks_for_nothing() -> None:
    earlier = risk("R1", "2026-03-01", owner_id=None)
    assert portfolio(risk=[earlier, risk("R1")]).state("A", "RISK-OWNED") == "passed"
    closed = risk("R1", "2026-06-21", owner_id=None, state=" Retired ")
    assert portfolio(risk=[risk("R1"), closed, risk("R2")]).state("A", "RISK-OWNED") == "passed"
    assert portfolio(risk=[risk("R1", owner_id=None, state=None)]).state("A", "RISK-OWNED") == "failed"


@pytest.mark.parametrize("state", ["proposed", "complete", "cancelled"])
def test_what_does_not_run_is_asked_nothing_of_what_runs(state: str) -> None:
    found = portfolio(project_status=[status("2025-01-01", state=state)])
    assert found.state("A", "STATUS-RECENT") == found.state("A", "RISK-REGISTER") == "not applicable"
    assert (found.state("A", "REVIEW-HELD") == "no evidence") == (state == "complete")


def test_a_project_that_never_reported_is_taken_to_run_and_has_no_evidence() -> None:
    found = portfolio(project_status=[])
    assert found.state("A", "STATUS-RECENT") == found.state("A", "GATE-EVIDENCE") == "no evidence"


def test_every_shipped_rule_can_be_read_and_has_its_own_name() -> None:
    book = rule_book(contract_frame("audit_rule", []))
    assert len(book.rules) == len(LIBRARY) == len({rule["rule_id"] for rule in LIBRARY})
    assert book.faults == []
    assert {rule.source for rule in book.rules.values()} <= set(SOURCES)


def test_rules_of_the_register_are_added_change_shipped_ones_and_switch_them_off() -> None:
    rules = [
        own("OWN-1", {"source": "risk", "where": [{"column": "probability", "operator": "is above", "value": 0.5}],
                      "at_most": 0}, severity="critical", is_hard_gate=True, perspective="risk"),
        own("STATUS-RECENT", {"newest_within_days": 200}, title="Status twice a year"),
        own("RISK-OWNED", {}, severity="critical", title="Owners"),
        own("MILESTONE-DATED", {}, state="Off"),
    ]  # fmt: skip
    found = portfolio(audit_rule=rules, risk=[risk("R1", probability=0.9, owner_id=None)])
    assert found.state("A", "OWN-1") == "failed"
    assert found.state("A", "STATUS-RECENT") == "passed"
    assert "MILESTONE-DATED" not in set(found.checks["rule_id"])
    (row,) = found.findings[found.findings["rule_id"] == "RISK-OWNED"].to_dict("records")
    assert (row["severity"], row["title"]) == ("critical", "Owners")
    assert faults(rules) == []


@pytest.mark.parametrize(
    ("definition", "told", "remedy"),
    [
        ('{"source": "risk", ', "the definition is no JSON", "correct the rule"),
        ("[1]", "the definition is no table", "correct the rule"),
        ({"source": "risks", "at_least": 1}, "source is not what it can be: found risks", "did you mean 'risk'?"),
        ({"source": "risk"}, "what it expects is not what it can be: found nothing", "correct the rule"),
        ({"source": "risk", "at_least": 1, "at_most": 2}, "found at_least and at_most", "correct the rule"),
        ({"source": "risk", "atleast": 1}, "unknown key 'atleast'", "did you mean 'at_least'?"),
        ({"source": "risk", "at_least": "1"}, "found '1', expected a whole number", "correct the rule"),
        ({"source": "risk", "expect": [{"column": "owner", "operator": "is given"}]}, "no such column", "'owner_id'"),
        ({"source": "risk", "expect": [{"column": "owner_id", "operator": "given"}]}, "no such operator", "'is given'"),
        ({"source": "risk", "expect": [{"column": "owner_id", "operator": "is above", "value": 3}]},
         "holds for numbers and dates", "correct the rule"),
        ({"source": "risk", "expect": [{"column": "proximity_date", "operator": "is after", "value": "soon"}]},
         "proximity_date is a date", "correct the rule"),
        ({"source": "risk", "expect": [{"column": "owner_id", "operator": "is"}]}, "takes value", "correct the rule"),
        ({"source": "risk", "at_least": 1, "applies_to": ["activ"]}, "applies_to", "did you mean 'active'?"),
        ({"source": "risk", "expect": "owner_id"}, "expect is not what it can be", "correct the rule"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_read_is_told_with_what_is_wrong_and_the_others_go_on(
    definition: Any, told: str, remedy: str
) -> None:
    rules = [own("OWN-1", definition), own("OWN-2", {"source": "risk", "at_least": 2})]
    ((name, finding, do),) = faults(rules)
    assert name == "OWN-1"
    assert told in finding
    assert finding.endswith("the rule is left out")
    assert remedy in do
    found = portfolio(audit_rule=rules, risk=[risk("R1")])
    assert "OWN-1" not in set(found.checks["rule_id"])
    assert (found.state("A", "OWN-2"), found.state("A", "STATUS-RECENT")) == ("failed", "failed")


def test_a_shipped_rule_goes_on_where_its_change_cannot_be_read() -> None:
    rules = [own("RISK-OWNED", {"expects": []})]
    ((_, finding, _),) = faults(rules)
    assert "the shipped rule of this name goes on as it was" in finding
    assert portfolio(audit_rule=rules, risk=[risk("R1", owner_id=None)]).state("A", "RISK-OWNED") == "failed"


def test_a_waiver_of_an_unknown_rule_or_project_is_told_with_the_nearest_name() -> None:
    told = faults([], [waiver("RISK-OWNER", "2026-12-31"), waiver("RISK-OWNED", "2026-12-31", project_id="Z")])
    assert [(rule, "did you mean 'RISK-OWNED'?" in finding) for rule, finding, _ in told] == [
        ("RISK-OWNED", False), ("RISK-OWNER", True),
    ]  # fmt: skip
    assert "the register of projects does not hold" in told[0][1]


def test_documents_are_held_to_the_headings_of_their_template() -> None:
    rule = own("TEMPLATE", {
        "source": "document", "where": [{"column": "title", "operator": "is", "value": "Charter"}],
        "expect": [{"column": "text", "operator": "has headings", "value": ["Scope", "Risks"]}],
    })  # fmt: skip

    def state(text: str) -> str:
        row = {"document_id": "D1", "status_date": D("2026-01-01"), "project_id": "A", "title": "charter", "text": text}
        return portfolio(audit_rule=[rule], document=[row]).state("A", "TEMPLATE")

    assert state("# Scope\nA bridge\n## risks:\nWind") == "passed"
    assert state("# Scope\nRisks are few") == "failed"


def test_two_columns_are_held_against_each_other_and_nothing_against_an_empty_one() -> None:
    rule = own("ORDER", {"source": "milestone", "expect": [
        {"column": "forecast_date", "operator": "is not after", "other": "baseline_date"}]})  # fmt: skip

    def state(forecast: str | None, baseline: str | None) -> str:
        row = {"project_id": "A", "milestone_id": "M", "status_date": D("2026-06-01")}
        days = {"forecast_date": forecast, "baseline_date": baseline}
        row |= {name: None if day is None else D(day) for name, day in days.items()}
        return portfolio(audit_rule=[rule], milestone=[row]).state("A", "ORDER")

    assert state("2026-07-01", "2026-07-01") == "passed"
    assert state("2026-07-02", "2026-07-01") == state(None, "2026-07-01") == state("2026-07-01", None) == "failed"


def test_rows_of_later_days_change_nothing() -> None:
    rows = {"risk": [risk("R1", owner_id=None)]}
    later = {
        "risk": [*rows["risk"], risk("R1", "2026-07-01")], "waiver": [waiver("RISK-OWNED", "2027-01-01", "2026-07-01")],
        "project_status": [status("2026-03-01"), status("2026-07-01", state="cancelled")],
    }  # fmt: skip
    before, after = portfolio(**rows), portfolio(**later)
    same = [name for name in before.checks["rule_id"] if name != "WAIVER-EXPIRY"]
    assert [before.state("A", name) for name in same] == [after.state("A", name) for name in same]


def test_text_of_exports_stays_text() -> None:
    hostile = "'; DROP TABLE risk --<b>{found}"
    found = portfolio(risk=[risk(hostile, owner_id=None)], audit_rule=[own("X{0}", {"source": "risk", "at_most": 0})])
    assert ("A", "RISK-OWNED", hostile) in found.found
    rule = own("OWN", {"source": "risk", "expect": [{"column": "title", "operator": "is", "value": "{asked}{0}"}]})
    told = portfolio(risk=[risk("R1", title="{found}")], audit_rule=[rule]).findings
    (reason,) = told.loc[told["rule_id"] == "OWN", "reason"]
    assert reason == "title is {found}, not {asked}{0}"
