from __future__ import annotations

import csv
from pathlib import Path

from pmo_analytics.contracts import registers
from pmo_analytics.exchange import register_csv


def test_a_new_workspace_gets_the_templates_that_its_report_reads(tmp_path: Path) -> None:
    written = register_csv.write_templates(tmp_path)
    assert [path.stem for path in written] == [
        "absence", "budget", "estimate_outcome", "person", "project", "project_alias", "project_status", "rate", "team",
        "working_calendar",
    ]  # fmt: skip
    assert (tmp_path / "absence.csv").read_text().strip() == "person_id,absence_date,duration_hours,kind"
    assert (tmp_path / "person.csv").read_text().startswith("person_id,name,email,")


def test_every_register_has_a_template_by_name(tmp_path: Path) -> None:
    written = register_csv.write_templates(tmp_path, registers())
    assert [path.stem for path in written] == sorted(registers())
    assert (tmp_path / "benefit_link.csv").read_text() == "benefit_id,other_benefit_id,status_date\n"


def test_a_filled_template_is_kept(tmp_path: Path) -> None:
    (tmp_path / "absence.csv").write_text("mine")
    assert "absence" not in {path.stem for path in register_csv.write_templates(tmp_path)}
    assert (tmp_path / "absence.csv").read_text() == "mine"


def test_what_a_spreadsheet_takes_for_a_formula_is_guarded(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    register_csv.write(path, ["a", "b"], [["=1+1", -2.5], ["@x", None], ["+49", "-"], ["plain", "a,b"]])
    with path.open(newline="") as file:
        assert list(csv.reader(file))[1:] == [["'=1+1", "-2.5"], ["'@x", ""], ["'+49", "'-"], ["plain", "a,b"]]


def test_a_register_with_its_header_alone_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    assert register_csv.is_empty(path)
    register_csv.write(path, ["a"], [])
    assert register_csv.is_empty(path)
    register_csv.write(path, ["a"], [["x"]])
    assert not register_csv.is_empty(path)
