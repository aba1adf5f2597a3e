"""The audit as a PMO lead meets it: verdicts, findings recorded and given to owners, own rules, waivers, a stop."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pmo_analytics.system import edges
from tests.commands import Command, in_new_workspace

HOSTILE = "Harbour\x1b[31m <!here>"
METHOD = "house,1,2026-01-01"


class Clock:
    """The real time, as a test sets it."""

    now = datetime(2026, 7, 2, 9, 0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    from dataclasses import replace

    found = Clock()
    monkeypatch.setattr("pmo_analytics.system.edges", lambda: replace(edges(), now=lambda: found.now))
    return found


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], clock: Clock) -> Command:
    made = in_new_workspace(tmp_path, monkeypatch, capsys)
    Path("pmo.toml").write_text('time_zone = "UTC"\n')
    head = "project_id,status_date,name,methodology,baseline_finish_date,budget_at_completion_amount,currency"
    load(made, "project", head, f'A,2026-01-01,"{HOSTILE}",house,2026-12-31,1000,EUR',
         "B,2026-01-01,Bridge,house,2026-12-31,1000,EUR")  # fmt: skip
    report(made, "2026-06-30")
    load(made, "stage_gate", "methodology_id,version,status_date,gate_id,position,name", f"{METHOD},G1,1,Start")
    load(made, "required_artefact", "methodology_id,version,status_date,gate_id,artefact_kind,is_mandatory",
         f"{METHOD},G1,charter,yes")  # fmt: skip
    load(made, "gate_review", "project_id,gate_id,review_date,outcome", "A,G1,2026-03-01,passed")
    return made


def load(run: Command, name: str, *lines: str) -> None:
    Path(f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = run("ingest", f"{name}.csv")
    assert told.code == 0, told.out + told.err


def report(run: Command, day: str) -> None:
    head = "project_id,status_date,state,rag_status,percent_complete_pct,forecast_finish_date"
    load(run, "project_status", head, f"A,{day},active,green,50,2026-12-31", f"B,{day},active,green,50,2026-12-31")


def told(run: Command, *arguments: object) -> dict[str, Any]:
    found = run("audit", *arguments, "--json")
    assert found.code == 0, found.err
    data: dict[str, Any] = json.loads(found.out)
    return data


@pytest.mark.slow
def test_findings_are_recorded_assigned_and_cleared(run: Command, clock: Clock) -> None:
    assert run("audit", "--history").out == "no finding was recorded yet: pmo audit --record\n"
    first = run("audit", "a")
    assert first.code == 0
    assert "the registers hold no" not in first.out
    assert "critical, hard gate" in first.out
    assert "evidence state is missing, none of approved, approved late, none asked" in first.out
    assert "pmo: warning: 1 project with a hard gate that failed" in first.err
    assert "Bridge" not in first.out
    assert "\x1b" not in first.out
    found = told(run, "--record")
    verdicts = {row["project_id"]: row["verdict"] for row in found["verdicts"]}
    assert verdicts == {"A": "failed", "B": "major"}
    (gate,) = [row for row in found["findings"] if row["rule_id"] == "GATE-EVIDENCE"]
    assert (gate["project_id"], gate["found_item"]) == ("A", "G1 charter")
    assert gate["recorded"]["due_date"] == "2026-07-09"
    assert told(run, "--record")["events"] == []
    name = gate["finding_id"]
    given = ["audit", "--assign", name[:6], "--owner", "sponsor", "--due", "2026-07-05", "--by", "PMO"]
    assert run(*given).out.startswith(f"{name}, GATE-EVIDENCE G1 charter of A: open, sponsor, due 2026-07-05\n")
    assert "said before, nothing added" in run(*given).out
    clock.now = datetime(2026, 7, 6, 9)
    assert "2026-07-05 overdue" in run("audit", "A", "--record").out
    load(
        run,
        "artefact",
        "project_id,artefact_kind,version,status_date,approved_on_date",
        "A,charter,1,2026-07-20,2026-02-01",
    )
    report(run, "2026-07-31")
    clock.now = datetime(2026, 8, 1, 9)
    assert "cleared" in run("audit", "--record").out
    history = told(run, "--history")
    kinds = [row["kind"] for row in history["events"] if row["finding_id"] == name]
    assert kinds == ["found", "assigned", "cleared"]
    assert "1 cleared" in run("audit", "A", "--history").out
    assert run("warehouse", "check").code == 0


@pytest.mark.slow
def test_own_rules_waivers_and_what_is_wrong_with_them(run: Command) -> None:
    rules = [
        (
            'OWN-1,2026-01-01,Nobody is blamed,"{""source"": ""project"", ""expect"": '
            '[{""column"": ""sponsor_id"", ""operator"": ""is given""}]}"'
        ),
        'OWN-2,2026-01-01,Torn,"{""source"": "',
        'OWN-3,2026-01-01,Misspelt,"{""source"": ""projects"", ""at_least"": 1}"',
    ]
    load(run, "audit_rule", "rule_id,status_date,title,definition", *rules)
    load(run, "waiver", "project_id,rule_id,granted_on_date,expires_on_date,reason",
         "A,GATE-EVIDENCE,2026-06-01,,small", "B,OWN-1,2026-06-01,2026-12-31,small",
         "B,RISK-REGISTR,2026-06-01,2026-12-31,small")  # fmt: skip
    found = run("audit")
    assert found.code == 0
    assert "pmo: rule OWN-2: the definition is no JSON" in found.err
    assert "pmo: rule OWN-3: source is not what it can be: found projects" in found.err
    assert "did you mean 'project'?" in found.err
    assert "rule GATE-EVIDENCE of A: the waiver of 2026-06-01 states no day of expiry and lifts nothing" in found.err
    assert "there is no rule 'RISK-REGISTR'; did you mean 'RISK-REGISTER'?" in found.err
    assert "waived until 2026-12-31" in found.out
    data = told(run)
    states = {(row["project_id"], row["rule_id"]): row["check_state"] for row in data["checks"]}
    assert (states["A", "OWN-1"], states["B", "OWN-1"], states["A", "GATE-EVIDENCE"]) == ("failed", "waived", "failed")
    assert len(data["faults"]) == 4
    rules_told = told(run, "--rules")
    assert "OWN-1" in {row["rule_id"] for row in rules_told["rules"]}
    assert "OWN-1" in run("audit", "--rules").out


@pytest.mark.slow
def test_a_directive_pmo_is_stopped_by_a_hard_gate_and_a_supportive_one_is_told(run: Command) -> None:
    Path("pmo.toml").write_text('time_zone = "UTC"\npmo_type = "directive"\n')
    stopped = run("audit")
    assert (stopped.code, "pmo: blocked: 1 project" in stopped.err) == (5, True)
    assert run("audit", "B").code == 0, "no hard gate of this project"
    Path("pmo.toml").write_text('time_zone = "UTC"\npmo_type = "supportive"\n')
    advised = run("audit")
    assert (advised.code, advised.err, "1 project with a hard gate" in advised.out) == (0, "", True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["audit", "Q"], "there is no project 'Q'"),
        (["audit", "--record", "--history"], "--record and --history are two things to do"),
        (["audit", "--history", "--as-of", "2026-06"], "--as-of is of an audit"),
        (["audit", "--owner", "sponsor"], "--owner is of an assignment"),
        (["audit", "--assign", "abcdef"], "an assignment names a role and who says so"),
        (["audit", "--assign", "abcdef", "--owner", "sponsor", "--by", "PMO"], "there is no such finding"),
        (["audit", "--record", "--as-of", "2027-01-31"], "findings are of what has happened"),
    ],
)
def test_what_is_asked_wrongly_is_told(run: Command, arguments: list[str], message: str) -> None:
    found = run(*arguments)
    assert found.code == 2
    assert message in found.err
