"""Cells of SQL: a SELECT over the notebook's view, its result shown or kept, everything else refused in a line."""

from __future__ import annotations

from pathlib import Path

import pytest
from IPython.core.error import UsageError as CellError
from IPython.core.interactiveshell import InteractiveShell

from tests.exports import Desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("cells"))
    desk.register("project", "project_id,status_date,name", ["A", "2026-01-01", "<b>Alpha</b>"],
                  ["B", "2026-07-01", "Later"])  # fmt: skip
    return desk


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> InteractiveShell:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    made = InteractiveShell()
    made.run_line_magic("load_ext", "pmo_analytics.lab_cells")
    return made


def test_a_cell_reads_the_notebook_s_view_and_keeps_its_result(desk: Desk, shell: InteractiveShell) -> None:
    with desk.warehouse.at("2026-06") as view:
        shell.user_ns["view"] = view
        found = shell.run_cell_magic("sql", "", "SELECT name FROM core.project")
        assert found["name"].tolist() == ["<b>Alpha</b>"]
        assert shell.run_cell_magic("sql", "names", "SELECT count(*) AS n FROM core.project") is None
        assert shell.user_ns["names"]["n"].tolist() == [1]


def test_without_a_view_the_workspace_s_latest_is_read(
    desk: Desk, shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PMO_WORKSPACE", str(desk.workspace.root))
    found = shell.run_cell_magic("sql", "", "SELECT project_id FROM core.project ORDER BY 1")
    assert len(found) >= 1


@pytest.mark.parametrize(("line", "cell"), [("", "DROP TABLE core.project"), ("a b", "SELECT 1"), ("", "SELECT nope")])
def test_what_cannot_be_run_is_one_error_of_a_cell(desk: Desk, shell: InteractiveShell, line: str, cell: str) -> None:
    with desk.warehouse.at("2026-06") as view:
        shell.user_ns["view"] = view
        with pytest.raises(CellError):
            shell.run_cell_magic("sql", line, cell)


def test_a_view_shows_its_tables_with_grain_rows_and_latest_day(desk: Desk) -> None:
    with desk.warehouse.at("2026-06") as view:
        listed = view.tables().set_index("table")
        told = view._repr_html_()
        assert repr(view) == "View as of 2026-06-30, version 1: view.tables() lists its tables"
    project = listed.loc["core.project"]
    assert (project["grain"], project["key"], project["rows"], project["latest"]) == (
        "One row per project and date the register speaks of", "project_id, status_date", 1, "2026-01-01",
    )  # fmt: skip
    assert "marts.cost_by_project_month" in listed.index
    assert "core.project" in told
    assert "person_identity" not in told
