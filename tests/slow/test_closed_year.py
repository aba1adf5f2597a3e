"""Months closed by commands alone: loaded, commented, signed, frozen; later rows leave frozen packs as they were."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pmo_analytics.reporting.notebooks import shipped
from pmo_analytics.reporting.reproduction import reproduce
from pmo_analytics.workspace import Workspace
from tests.commands import Command, in_new_workspace

pytestmark = pytest.mark.slow

MONTHS = [f"2026-{number:02d}" for number in range(1, 13)]
HEAD = "project_id,status_date,state,percent_complete_pct"
PAGES = ("month_close", "portfolio_review")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    made = in_new_workspace(tmp_path, monkeypatch, capsys)
    Path("pmo.toml").write_text('time_zone = "UTC"\npmo_type = "supportive"\n')
    # A pack of two pages, so that a year is closed in minutes: the workspace's own notebooks are in no pipeline.
    Path("notebooks").mkdir(exist_ok=True)
    for notebook in shipped("notebooks").glob("*.ipynb"):
        if notebook.stem not in PAGES:
            told = json.loads(notebook.read_text(encoding="utf-8"))
            told["metadata"]["pmo"]["pipelines"] = []
            (Path("notebooks") / notebook.name).write_text(json.dumps(told), encoding="utf-8")
    return made


def write(name: str, *lines: str) -> str:
    Path(f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return f"{name}.csv"


def done(run: Command, *arguments: object) -> str:
    found = run(*arguments)
    assert found.code == 0, found.out + found.err
    return found.out


def test_a_year_is_closed_month_by_month_and_a_restatement_leaves_it_as_signed(run: Command) -> None:
    done(run, "ingest", write("project", "project_id,status_date,name,portfolio,budget_at_completion_amount,currency",
                              "A,2026-01-01,Alpha,North,1200,EUR", "B,2026-01-01,Beta,North,600,EUR"))  # fmt: skip
    versions = {}
    for number, month in enumerate(MONTHS, start=1):
        day = f"{month}-28"
        reports = (f"{name},{day},active,{share * number}" for name, share in (("A", 8), ("B", 7)))
        done(run, "ingest", write(f"status-{month}", HEAD, *reports))
        done(run, "close", month, "form", "--out", f"{month}.csv")
        form = Path(f"{month}.csv").read_text(encoding="utf-8").splitlines()
        write(f"said-{month}", *(line.replace(",summary,,", f",summary,Told of {month},") for line in form))
        assert f"3 texts of {month}" in done(run, "close", month, "comment", f"said-{month}.csv")
        done(run, "close", month, "review", "--by", "PMO lead")
        done(run, "close", month, "sign", "--by", "Director")
        versions[month] = json.loads(done(run, "close", month, "freeze", "--json"))["version"]
    assert sorted(set(versions.values())) == list(versions.values()), "each month has a version of its own, in order"

    page = Path("reports/monthly/2026-03-31/portfolio_review.html")
    standing = page.read_bytes()
    assert b"signed off by Director" in standing
    assert b"Told of 2026-03" in standing
    done(run, "ingest", write("late", HEAD, "A,2026-03-28,active,97"))
    told = done(run, "run", "monthly", "--as-of", "2026-03")
    assert f"2026-03 is frozen: its pages are of version {versions['2026-03']}" in told
    assert page.read_bytes() == standing
    assert reproduce(page, Workspace.find()).is_same
    done(run, "close", "2026-03", "reopen", "--by", "PMO lead", "--reason", "a report was wrong")
    done(run, "run", "monthly", "--as-of", "2026-03")
    again = page.read_bytes()
    assert again != standing
    done(run, "run", "monthly", "--as-of", "2026-03", "--version", versions["2026-03"])
    assert page.read_bytes() == standing, "what was signed can be made again"
