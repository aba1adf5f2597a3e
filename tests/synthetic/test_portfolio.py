from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from pmo_analytics.synthetic import SAMPLE_SEED, SimulatedPortfolio, simulate, write_exports, write_sample
from pmo_analytics.synthetic.exports import HOSTILE_DESCRIPTION, HOSTILE_SUMMARY, PAGES_OVERLAP, UNKNOWN_PROJECT
from pmo_analytics.synthetic.progress import monthly_plan, planned_shares, true_share
from pmo_analytics.synthetic.projects import FIRST_DAY, LAST_DAY, PROJECTS


@pytest.fixture(scope="module", params=[SAMPLE_SEED, 1, 2])
def portfolio(request: pytest.FixtureRequest) -> SimulatedPortfolio:
    return simulate(request.param)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_committed_sample_is_what_the_seed_writes(root: Path, tmp_path: Path) -> None:
    written = write_sample(tmp_path)
    committed = sorted((root / "data" / "sample").iterdir())
    assert [path.name for path in committed] == [path.name for path in written]
    assert [
        path.name for path in written if path.read_bytes() != (root / "data" / "sample" / path.name).read_bytes()
    ] == []
    assert sum(path.stat().st_size for path in committed) < 1_500_000


def test_another_process_and_another_hash_seed_write_the_same_bytes(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from pmo_analytics.synthetic import simulate, write_exports; "
        "write_exports(simulate(7), Path(sys.argv[1]))"
    )
    for name, hash_seed in (("a", "1"), ("b", "2")):
        subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / name)],
            check=True,
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
        )
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert [n for n in names if (tmp_path / "a" / n).read_bytes() != (tmp_path / "b" / n).read_bytes()] == []


def test_nobody_books_more_than_a_day_or_outside_employment(portfolio: SimulatedPortfolio) -> None:
    by_day: Counter[tuple[str, date]] = Counter()
    for booking in portfolio.bookings:
        assert booking.seconds > 0
        assert booking.person.is_employed(booking.day)
        assert (booking.person.person_id, booking.day) not in portfolio.absences
        assert FIRST_DAY <= booking.day <= LAST_DAY
        by_day[booking.person.person_id, booking.day] += booking.seconds
    assert max(by_day.values()) < 16 * 3600


def test_some_timers_run_past_midnight(portfolio: SimulatedPortfolio) -> None:
    assert any(b.ended.date() == b.day + timedelta(days=1) for b in portfolio.bookings)


def test_the_plan_sums_to_the_budget_and_never_falls(portfolio: SimulatedPortfolio) -> None:
    for project in portfolio.projects:
        budget = portfolio.budgets.get(project.project_id)
        if budget:
            steps = monthly_plan(budget, project.planned_months)
            assert sum(steps) == budget
            assert min(steps) >= 0


def test_the_budget_holds_the_final_cpi_that_the_truth_says(portfolio: SimulatedPortfolio) -> None:
    costs: Counter[str] = Counter()
    for (project_id, _), amount in portfolio.true_cost().items():
        costs[project_id] += amount  # type: ignore[assignment]
    for project in portfolio.projects:
        finished = project.cancelled_in_month is None and project.project_id in portfolio.budgets
        if (
            finished
            and true_share(
                project, (LAST_DAY.year - project.start.year) * 12 + LAST_DAY.month - project.start.month + 1
            )
            == 1
        ):
            assert portfolio.budgets[project.project_id] / costs[project.project_id] == pytest.approx(
                project.final_cpi, rel=0.01
            )


@pytest.mark.parametrize("project", PROJECTS, ids=lambda p: p.project_id)
def test_progress_ends_whole_and_goes_back_only_by_rework(project: object) -> None:
    assert project in PROJECTS
    shares = [true_share(project, month) for month in range(project.true_months + 3)]  # type: ignore[arg-type, attr-defined]
    assert shares[0] == 0.0
    assert shares[-1] == 1.0
    falls = [i for i, (a, b) in enumerate(pairwise(shares)) if b < a]
    assert bool(falls) <= (project.rework_month is not None)  # type: ignore[attr-defined]


def test_plan_and_truth_are_different_curves() -> None:
    project = next(p for p in PROJECTS if p.project_id == "FL-05")
    planned = planned_shares(project.planned_months)
    assert max(abs(a - true_share(project, i)) for i, a in enumerate(planned, start=1)) > 0.02


def test_estimates_have_an_atom_at_one_and_a_tail(portfolio: SimulatedPortfolio) -> None:
    ratios = [item.ratio for item in portfolio.items]
    assert 0.14 < sum(ratio == 1.0 for ratio in ratios) / len(ratios) < 0.30
    assert max(ratios) > 2.5


def test_statuses_are_within_bounds_and_watermelons_tell_green(portfolio: SimulatedPortfolio) -> None:
    for status in portfolio.statuses:
        assert 0 <= status.percent_complete <= 100
        if status.project.tells_green:
            assert status.rag_status == "green"


def test_issues_are_consistent(portfolio: SimulatedPortfolio) -> None:
    keys = [issue.key for issue in portfolio.issues]
    assert len(keys) == len(set(keys))
    assert len({issue.number for issue in portfolio.issues}) == len(keys)
    for issue in portfolio.issues:
        assert re.fullmatch(r"[A-Z]+-\d+", issue.key)
        assert issue.created <= issue.updated
        assert issue.resolved is None or issue.created <= issue.resolved
        assert (issue.category == "Done") == (issue.resolved is not None)


def test_faults_are_planted_only_when_asked(tmp_path: Path) -> None:
    portfolio = simulate(3)
    clean, dirty = tmp_path / "clean", tmp_path / "dirty"
    write_exports(portfolio, clean, with_dirt=False)
    write_exports(portfolio, dirty)
    texts = {
        folder.name: "".join(p.read_text("utf-8-sig") for p in sorted(folder.iterdir())) for folder in (clean, dirty)
    }
    for fault in (
        "25:00:00",
        "2026-02-30",
        UNKNOWN_PROJECT,
        HOSTILE_DESCRIPTION,
        HOSTILE_SUMMARY.replace('"', '""'),
        "onerror",
    ):
        assert fault not in texts["clean"]
        assert fault in texts["dirty"]


def test_pages_and_years_overlap_with_equal_rows(tmp_path: Path) -> None:
    write_exports(simulate(4), tmp_path, with_dirt=False)
    pages = [read(tmp_path / f"jira_cloud_{i}.csv") for i in (1, 2)]
    assert pages[0][-PAGES_OVERLAP:] == pages[1][:PAGES_OVERLAP]
    first, second = ([tuple(row.values()) for row in read(tmp_path / f"toggl_{year}.csv")] for year in (2025, 2026))
    shared = set(first) & set(second)
    assert shared
    assert {row for row in first if row[7] >= "2025-12-29"} == shared


def test_the_simulator_imports_no_analysis(root: Path) -> None:
    for path in (root / "pmo_analytics" / "synthetic").glob("*.py"):
        imported = re.findall(r"^\s*(?:from|import) (pmo_analytics[\w.]*)", path.read_text(), re.MULTILINE)
        assert all(name.startswith("pmo_analytics.synthetic") for name in imported)
