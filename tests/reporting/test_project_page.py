"""One project's page: hand-computed figures, what is missing named, hostile text inert, and read in Chromium."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser

from pmo_analytics.performance.health import ProjectHealth
from pmo_analytics.reporting import project_blocks, project_figures
from pmo_analytics.reporting.cited_figures import cited_page
from pmo_analytics.reporting.pack_facts import facts_of, is_month
from pmo_analytics.reporting.pipeline import PUBLISHED, run_report
from tests.exports import Desk, jira_row, toggl_row
from tests.readers import TWO_LOOKS, opened

HOSTILE = "</text></svg><script>alert(1)</script> {{ 7*7 }} \u202ergb"
PEOPLE = [f"p{i}" for i in range(6)]


def loaded(folder: Path) -> Desk:
    """A workspace with two projects: A-1 with everything, reported green and computing red; B-2 with a name alone."""
    desk = Desk(folder)
    desk.register(
        "project",
        "project_id,name,portfolio,baseline_start_date,baseline_finish_date,budget_at_completion_amount,currency,"
        "status_date,project_manager_id",
        ["A-1", HOSTILE, "North", "2026-04-01", "2026-07-31", "40000", "EUR", "2026-04-01", "p0"],
        ["B-2", "Beta", "North", "", "", "", "", "2026-04-01", ""],
    )
    desk.register(
        "person",
        "person_id,name,email,role,team,calendar_id,fte_pct,joined_date,left_date,status_date",
        *[
            [p, p.title(), f"{p}@example.test", "Developer", "Deck", "c", "100", "2020-01-01", "", "2026-04-01"]
            for p in PEOPLE
        ],
    )
    desk.register(
        "rate", "role_or_person_id,valid_from_date,hourly_amount,currency", ["Developer", "2020-01-01", "100", "EUR"]
    )
    desk.register(
        "budget",
        "project_id,baseline_version,period_month,baselined_on_date,planned_value_amount,currency",
        *[["A-1", "1", month, "2026-03-15", "10000", "EUR"] for month in ("2026-04", "2026-05", "2026-06", "2026-07")],
    )
    desk.register(
        "project_status",
        "project_id,status_date,state,rag_status,percent_complete_pct,forecast_finish_date,comment",
        ["A-1", "2026-05-31", "active", "green", "30", "2026-07-31", "fine"],
        ["A-1", "2026-06-30", "active", "green", "40", "2026-08-30", HOSTILE],
    )
    days = [f"2026-0{month}-{day:02d}" for month in (4, 5, 6) for day in range(6, 11)]
    # Six persons, fifteen days of two hours: 60 hours a month, 6,000 a month at 100; June once more: 24,000 in all.
    rows = [toggl_row(p, "A-1", day, "02:00:00") for p in PEOPLE for day in days]
    rows += [toggl_row(p, "A-1", f"2026-06-{day:02d}", "02:00:00", "more") for p in PEOPLE for day in range(16, 21)]
    desk.toggl(*rows)
    desk.register(
        "milestone",
        "project_id,milestone_id,status_date,name,baseline_date,forecast_date,actual_date",
        ["A-1", "M1", "2026-06-30", HOSTILE, "2026-05-10", "2026-06-20", ""],
        ["A-1", "M2", "2026-06-30", "Opening", "2026-07-31", "2026-08-30", ""],
    )
    desk.register(
        "risk",
        "risk_id,status_date,project_id,title,probability,cost_low_amount,cost_most_likely_amount,cost_high_amount,"
        "currency,owner_id,state",
        ["R1", "2026-06-30", "A-1", HOSTILE, "0.3", "10000", "20000", "60000", "EUR", "p1", "open"],
        ["R2", "2026-06-30", "A-1", "Over", "0.3", "1", "2", "3", "EUR", "p1", "closed"],
    )
    desk.register(
        "raid_issue",
        "raid_issue_id,status_date,project_id,title,raised_on_date,owner_id,severity,state,due_date",
        ["I1", "2026-06-01", "A-1", "Crane", "2026-06-01", "p1", "high", "open", "2026-06-20"],
    )
    desk.register("project_alias", "source,external_key,project_id", ["jira", "BR", "A-1"])
    desk.jira(jira_row("BR-1"), jira_row("BR-2"))
    return desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return loaded(tmp_path_factory.mktemp("project"))


def page_of(desk: Desk, project: str) -> Path:
    done = run_report("project_health", {"project": project}, workspace=desk.workspace, as_of="2026-06-30")
    assert done.state == PUBLISHED, done
    return done.path


@pytest.fixture(scope="module")
def full(desk: Desk) -> Path:
    return page_of(desk, "A-1")


@pytest.fixture(scope="module")
def bare(desk: Desk) -> Path:
    return page_of(desk, "B-2")


def words(path: Path) -> str:
    return " ".join(BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").get_text(" ").split())


def test_the_figures_are_those_of_the_registers(full: Path) -> None:
    # Earned 40 % of 40,000 = 16,000 for 24,000: CPI 0.67, and 48,000 with the rest at plan; ES 1.6 of 3 months:
    # SPI(t) 0.53, and the rest of 2.4 months at plan is 73 days from the end of June.
    figures = {name: each.published for name, each in cited_page(full).figures.items()}
    assert figures["cost-at-completion"] == "EUR\u00a048\u00a0k"
    assert figures["cost-index-cpi"] == "0.67"
    assert figures["schedule-index"] == "0.53"
    # No milestone of two is reached, and 40 % are declared.
    assert figures["progress-none-A-1-milestones-declared_difference_points"] == "+40"
    assert figures["baseline-A-1-1-budget_at_completion"] == "EUR\u00a040\u00a0k"
    assert figures["expected-finish"] == "Sep\u00a02026"
    assert figures["hours-this-month"] == "120\u00a0h"
    assert figures["status"] == "red"
    assert cited_page(full).figures["status"].place == "Declared green, computed red"
    assert figures["milestone-A-1-M1-slip"] == "+41"
    assert figures["milestone-A-1-M2-slip"] == "+30"
    # 0.3 × (10 + 80 + 60) / 6 thousand.
    assert figures["risk-R1-exposure"] == "EUR\u00a07,500"
    assert figures["raid-I1-overdue"] == "10"
    assert figures["team-A-1-Deck-duration"] == "240\u00a0h"


def test_every_key_figure_tells_its_pack_an_exact_value_and_its_months(full: Path) -> None:
    told = facts_of(full.read_text(encoding="utf-8")).key_figures
    assert len(told) == 5
    for figure in told:
        assert figure.exact is not None, figure.label
        assert figure.unit, figure.label
        months = [month for month, _ in figure.history]
        assert months, figure.label
        assert months == sorted(months), figure.label
        # The last of its history is the figure itself.
        assert figure.history[-1][1] == pytest.approx(figure.exact), figure.label
        assert all(is_month(month) for month in months), figure.label


def test_a_false_green_is_said_first(full: Path) -> None:
    soup = BeautifulSoup(full.read_text(encoding="utf-8"), "html.parser")
    lead = soup.select_one(".lead")
    assert lead is not None
    assert lead.get_text().startswith(
        "It reports green and computes red: cost at completion is forecast at EUR\u00a048\u00a0k"
    )
    assert "20.0\u00a0% over the budget of EUR\u00a040\u00a0k" in lead.get_text()
    assert "42 days after the baseline, 31\u00a0July 2026; its manager reports 30\u00a0August 2026" in lead.get_text()
    assert "Rest at plan: 0 finished projects; it takes 9 to prove another better." in words(full)
    titles = [title.get_text() for title in soup.find_all("h2")]
    assert "Declared green, computed red" in titles
    assert "2 of 2 milestones ahead are forecast late" in " ".join(titles)
    assert "1 open risk" in titles
    assert "1 open issue, 1 overdue" in titles


def test_every_figure_of_the_page_opens_and_no_person_is_named(full: Path, desk: Desk) -> None:
    text = full.read_text(encoding="utf-8")
    assert re.findall(r'<p class="value">(?!<a class="figure" id=)', text) == []
    assert len(re.findall(r' id="([^"]+)"', text)) == len(set(re.findall(r' id="([^"]+)"', text)))
    assert "@example.test" not in text
    assert not re.search(r"\bP[0-5]\b", text)
    with desk.warehouse.at("2026-06-30") as view:
        assert str(view.table("project")["project_manager_id"].iloc[0]) in text


def test_hostile_text_is_shown_as_text_wherever_it_stands(full: Path) -> None:
    text = full.read_text(encoding="utf-8")
    assert "<script>alert" not in text
    # Name, comment, milestone and risk.
    assert text.count("&lt;/text&gt;&lt;/svg&gt;&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }}") >= 4
    assert text.count("<script") == text.count('<script type="application/json"')
    assert "script-src 'none'" in text


def test_the_page_is_light_and_the_same_again(full: Path, desk: Desk) -> None:
    before = full.read_bytes()
    assert len(before) < 150_000
    assert before.count(b'<svg class="wide"') == before.count(b'<svg class="narrow"') == 4
    assert page_of(desk, "A-1").read_bytes() == before


def test_what_is_missing_is_named_with_its_remedy_and_nothing_is_claimed(bare: Path) -> None:
    text = words(bare)
    assert "No status declared, no status computed" in text
    assert "Neither cost nor finish can be forecast" in text
    assert "The register milestone holds nothing of this project" in text
    assert "No timesheets of this project are loaded" in text
    assert "The register allocation is not loaded" in text
    assert "Planned, earned, actual and expected cost: not shown" in text
    assert b'<svg class="wide"' not in bare.read_bytes()


def test_other_projects_are_in_no_figure(bare: Path) -> None:
    text = bare.read_text(encoding="utf-8")
    assert "A-1" not in text
    assert "Opening" not in text


@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "width"), TWO_LOOKS)
def test_the_page_in_chromium(browser: Browser, full: Path, scheme: str, width: int) -> None:
    reading = opened(browser, full, scheme=scheme, width=width)
    page = reading.page
    shown = page.evaluate(
        "[...document.querySelectorAll('.chart-static svg')].filter(s => s.getBoundingClientRect().width > 0)"
        ".map(s => s.getAttribute('class'))"
    )
    assert shown == ["wide" if width > 1000 else "narrow"] * 4
    cut = page.evaluate(
        """() => [...document.querySelectorAll('.chart-static svg text')].filter(text => {
          const box = text.getBoundingClientRect(), frame = text.closest('figure').getBoundingClientRect();
          return box.width && (box.right > frame.right + 1 || box.left < frame.left - 1);
        }).map(text => text.textContent)"""
    )
    assert cut == []
    assert reading.faults(full) == []
    page.emulate_media(media="print")
    printed = page.evaluate(
        "[...document.querySelectorAll('.chart-static svg')].filter(s => s.getBoundingClientRect().height > 60)"
        ".map(s => s.getAttribute('class'))"
    )
    assert printed == ["wide"] * 4
    reading.close()


def health(**values: object) -> pd.DataFrame:
    row: dict[str, object] = dict.fromkeys(ProjectHealth.to_schema().columns)
    return pd.DataFrame([row | {"project_id": "P", "computed_rag": "unknown", "quality_note": ""} | values])


@pytest.mark.parametrize(
    ("values", "first"),
    [
        ({"state": "cancelled"}, "The project is cancelled."),
        ({"rag_status": "green", "computed_rag": "red"}, "It reports green and computes red."),
        ({"rag_status": "green", "computed_rag": "unknown"}, "Neither cost nor finish"),
        ({"rag_status": "red", "computed_rag": "red"}, "Neither cost nor finish"),
    ],
)
def test_the_news_without_figures(values: dict[str, object], first: str) -> None:
    assert project_figures.headline(health(**values), None, None).startswith(first)


def test_the_graver_reason_is_told_first() -> None:
    row = health(cost_performance_index=0.93, time_schedule_performance_index=0.8).iloc[0]
    assert project_figures.reasons(row) == ["SPI(t) 0.80 is below 0.90", "CPI 0.93 is below 0.95"]


def test_a_register_is_missing_where_it_was_never_loaded_or_tells_nothing_of_the_project() -> None:
    nothing, another = pd.DataFrame(), pd.DataFrame({"project_id": ["X"]})
    planless = pd.DataFrame({"project_id": ["P"], "planned_value_amount": [float("nan")]})
    found = project_blocks.gaps(
        planned_earned_actual=(planless, planless), risk=(nothing, nothing), milestone_slip=(another, nothing)
    ).set_index("subject")["finding"]
    assert list(found.index) == ["budget", "risk", "milestone"]
    assert found["budget"].startswith("The register budget holds nothing of this project")
    assert found["risk"].startswith("The register risk is not loaded")
    assert found["milestone"].startswith("The register milestone holds nothing of this project")


def test_nothing_is_claimed_of_other_pages_where_nothing_is_missing() -> None:
    risk = pd.DataFrame({"project_id": ["P"]})
    html = project_blocks.project_gaps(project_blocks.gaps(risk=(risk, risk))).html
    assert "Nothing is missing" in html
    assert "no row was rejected" not in html
