"""Alerts as a PMO lead meets them: raised each month, answered, overdue, cleared; a directive PMO stops a pipeline."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest

from pmo_analytics.cli.alerts_sending import send
from pmo_analytics.errors import PmoError
from pmo_analytics.system import edges
from tests.commands import Command, in_new_workspace

HOSTILE = "Harbour\x1b[31m <!here>"
RULE = """
[[escalation.rule]]
breach = "finish_delay_days"
above = 30
tell = ["sponsor", "portfolio board"]
within_days = 5
decide_within_days = 20
"""


class Clock:
    """The real time, as a test sets it."""

    now = datetime(2026, 4, 2, 9, 0)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    from dataclasses import replace

    found = Clock()
    monkeypatch.setattr("pmo_analytics.system.edges", lambda: replace(edges(), now=lambda: found.now))
    return found


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], clock: Clock) -> Command:
    made = in_new_workspace(tmp_path, monkeypatch, capsys)
    projects = f'A,2026-01-01,"{HOSTILE}",2026-06-30\nB,2026-01-01,Bridge,2026-06-30\n'
    write(made, "project.csv", "project_id,status_date,name,baseline_finish_date\n" + projects)
    report(made, "2026-03-31", A="2026-09-30", B="2026-07-10")
    return made


def write(run: Command, name: str, text: str) -> None:
    Path(name).write_text(text, encoding="utf-8")
    told = run("ingest", name)
    assert told.code == 0, told.out + told.err


def report(run: Command, day: str, **finishes: str) -> None:
    lines = [f"{project},{day},active,50,{finish}" for project, finish in finishes.items()]
    head = "project_id,status_date,state,percent_complete_pct,forecast_finish_date"
    write(run, f"project_status_{day}.csv", "\n".join([head, *lines]) + "\n")


def settings(text: str, pmo_type: str = "controlling") -> None:
    Path("pmo.toml").write_text(f'pmo_type = "{pmo_type}"\ntime_zone = "UTC"\n{text}')


def listed(run: Command, *arguments: object) -> list[dict[str, Any]]:
    told = run("alerts", *arguments, "--json")
    assert told.code == 0, told.err
    rows: list[dict[str, Any]] = json.loads(told.out)["alerts"]
    return rows


@pytest.mark.slow
def test_a_month_of_an_alert(run: Command, clock: Clock) -> None:
    assert run("alerts").out == "no alert was raised yet: pmo alerts raise\n"
    settings(RULE)
    told = run("alerts", "raise")
    assert told.code == 0, told.err
    # Ninety-two days from 30 June to 30 September.
    assert "expected to finish 92 days after its baseline; up to 30 days is tolerated; since 2026-03" in told.out
    assert "1 raised, 0 reopened, 0 cleared, 0 raised before; as of 2026-03-31, version 2" in told.out
    assert "2026-04-07      2026-04-22" in told.out
    assert (told.err, "\x1b" in told.out) == ("", False)
    assert "0 raised, 0 reopened, 0 cleared, 1 raised before" in run("alerts", "raise").out
    (alert,) = listed(run)
    name = alert["alert_id"]
    assert (alert["alert_state"], alert["told_roles"], alert["name"]) == (
        "open",
        ["sponsor", "portfolio board"],
        HOSTILE,
    )

    clock.now = datetime(2026, 4, 10)
    late = run("alerts", "raise")
    assert late.code == 0
    assert "warning: 1 alert overdue and not decided" in late.err
    assert "overdue 3 days" in run("alerts", "--state", "overdue").out
    noted = run("alerts", "acknowledge", name[:5], "--by", "sponsor", "--note", "re-planned \x1b[31m")
    assert noted.out.startswith(f"{name}, Harbour\ufffd[31m <!here> (A): acknowledged, due 2026-04-22\n")
    assert listed(run, "--as-of", "2026-04-09")[0]["alert_state"] == "overdue", "not answered by then"
    assert listed(run, "--state", "open") == []

    said = ["alerts", "decide", name, "--by", "portfolio board", "--decision", "accept September"]
    assert run(*said).out.splitlines()[0].endswith("(A): decided")
    assert "said before, nothing added" in run(*said).out
    report(run, "2026-04-30", A="2026-07-15", B="2026-07-10")
    clock.now = datetime(2026, 5, 4)
    told = run("alerts", "raise")
    assert "cleared: finish_delay_days above 30: within tolerance, at 15" in told.out
    assert listed(run) == []
    (gone,) = listed(run, "--state", "all", "--project", "a")
    assert (gone["alert_state"], gone["decision"], gone["decided_by"]) == (
        "cleared",
        "accept September",
        "portfolio board",
    )
    assert run("loads", "--format", "csv").out.count("\n") == 4, "three loads, no version more"
    assert run("warehouse", "check").code == 0


@pytest.mark.slow
def test_the_pmos_type_advises_warns_or_blocks(run: Command, clock: Clock) -> None:
    settings(RULE, "directive")
    assert run("alerts", "raise").code == 0, "nothing is due yet"
    clock.now = datetime(2026, 4, 8)
    blocked = run("alerts", "raise", "--json")
    assert (blocked.code, len(json.loads(blocked.out)["overdue"])) == (5, 1)
    assert "pmo: blocked: 1 alert overdue and not decided" in run("alerts", "raise").err
    settings(RULE, "controlling")
    warned = run("alerts", "raise")
    assert (warned.code, "pmo: warning: 1 alert overdue" in warned.err) == (0, True)
    settings(RULE, "supportive")
    advised = run("alerts", "raise")
    assert (advised.code, advised.err, "\n1 alert overdue" in advised.out) == (0, "", True)
    settings(RULE, "directive")
    (alert,) = listed(run)
    assert run("alerts", "decide", alert["alert_id"], "--by", "board", "--decision", "stop").code == 0
    assert run("alerts", "raise").code == 0


def test_without_rules_the_defaults_are_named_and_rules_that_fit_nothing_too(run: Command) -> None:
    told = run("alerts", "raise")
    assert (
        "pmo.toml states no rule in [escalation], so these hold:\n  cost_over_budget_pct above 10: tells sponsor"
        in told.out
    )
    assert "not known: time_schedule_performance_index of 2 projects: no time-phased budget" in told.out
    settings(RULE + 'project = "a"\n')
    assert "there is no project 'a'; did you mean 'A'?" in run("alerts", "raise").err
    settings(RULE.replace("finish_delay_days", "finish_delay"))
    wrong = run("alerts", "raise")
    assert wrong.code == 2
    assert "did you mean 'finish_delay_days'?" in wrong.err


WRONG: list[tuple[list[object], str]] = [
    (["--state", "late"], "--state is not one of its values"),
    (["--project", "AA"], "did you mean 'A'?"),
    (["--json", "raise"], "stand behind its name"),
    (["raise", "--as-of", "2026-05-31"], "of what has happened"),
    (["raise", "--as-of", "2026-02-28"], "--as-of 2026-03-31 or later"),
    (["acknowledge", "ffff", "--by", "pm"], "there is no such alert"),
    (["text", "ffff"], "there is no such alert"),
]


@pytest.mark.slow
def test_what_is_wrongly_asked_is_told(run: Command) -> None:
    settings(RULE)
    empty = run("alerts", "acknowledge", "ffff", "--by", "pm")
    assert (empty.code, "`pmo alerts raise` comes first" in empty.err) == (2, True)
    assert run("alerts", "raise").code == 0
    for asked, told in WRONG:
        refused = run("alerts", *asked)
        assert refused.code == 2, asked
        assert told in refused.err, (asked, refused.err)
    (alert,) = listed(run)
    name = alert["alert_id"]
    assert "role or a group" in run("alerts", "acknowledge", name, "--by", "a@b.example").err
    assert "never sent" in run("alerts", "text", name, "--send").err
    assert "webhook_url" in run("alerts", "text", name, "--form", "webhook", "--send").err


class Hook(BaseHTTPRequestHandler):
    """Takes what is posted, and answers as its address says."""

    taken: ClassVar[list[tuple[str, bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.taken.append((self.headers["Content-Type"], body))
        code = int(self.path.rsplit("/", 1)[1])
        self.send_response(code)
        if code == 302:
            self.send_header("Location", "/hook/200")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "*")
    Hook.taken = []
    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/secret-hook"
        server.shutdown()
        thread.join()


def test_text_is_printed_and_sent_only_when_that_is_asked(run: Command, hook: str) -> None:
    settings(f'[escalation]\nwebhook_url = "{hook}/200"\n{RULE}')
    assert run("alerts", "raise").code == 0
    (alert,) = listed(run)
    name = alert["alert_id"]
    mail = run("alerts", "text", name).out
    assert mail.startswith("Subject: [high] Harbour [31m <!here>: expected to finish 92 days")
    assert "\x1b" not in mail
    payload = run("alerts", "text", name, "--form", "webhook").out
    assert Hook.taken == []
    sent = run("alerts", "text", name, "--form", "webhook", "--send")
    assert (sent.code, sent.out) == (0, f"{name} sent: the webhook answered 200\n")
    assert Hook.taken == [("application/json; charset=utf-8", payload.strip().encode())]
    read = json.loads(payload)
    assert (read["alert"]["name"], "<!here>" in read["text"]) == (HOSTILE, False)


@pytest.mark.parametrize(("place", "told"), [("500", "answered 500"), ("302", "answered 302"), ("404", "answered 404")])
def test_an_answer_that_is_no_success_is_told_without_the_secret(hook: str, place: str, told: str) -> None:
    with pytest.raises(PmoError, match="the alert was not sent") as caught:
        send(f"{hook}/{place}", "{}")
    assert told in str(caught.value)
    assert "secret" not in str(caught.value)
    assert len(Hook.taken) == 1, "no redirect is followed"


def test_a_webhook_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        port = server.server_port
    with pytest.raises(PmoError, match=r"127\.0\.0\.1: "):
        send(f"http://127.0.0.1:{port}/secret", "{}", timeout_seconds=0.5)
