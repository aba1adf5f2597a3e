from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pmo_analytics.synthetic import simulate, write_company_exports
from pmo_analytics.synthetic.differences import KINDS
from tests.synthetic.conftest import SEED, WrittenCompany


def test_every_written_file_is_in_the_truth(company: WrittenCompany) -> None:
    names = [each.name for each in company.truth.files]
    assert sorted(names) == sorted(path.name for path in company.folder.iterdir())
    assert len(names) == len(set(names)) == 27


def test_the_same_seed_writes_the_same_bytes_in_another_process(company: WrittenCompany, tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from pmo_analytics.synthetic import simulate, write_company_exports; "
        f"write_company_exports(simulate({SEED}), Path(sys.argv[1]))"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, env=os.environ | {"PYTHONHASHSEED": "5"})
    for path in company.folder.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_another_seed_writes_other_files(company: WrittenCompany, tmp_path: Path) -> None:
    truth = write_company_exports(simulate(SEED + 1), tmp_path)
    assert truth.ledger_cents != company.truth.ledger_cents
    assert (tmp_path / "house_ledger.csv").read_bytes() != (company.folder / "house_ledger.csv").read_bytes()


@pytest.mark.parametrize(("headcount", "months"), [(20, 4), (35, 9), (60, 15)])
def test_size_and_span_are_chosen(tmp_path: Path, headcount: int, months: int) -> None:
    truth = write_company_exports(simulate(SEED, headcount=headcount), tmp_path, months=months)
    assert len(truth.months) == months
    assert len(truth.usernames) == headcount
    assert {difference.kind for difference in truth.differences} == set(KINDS)
    assert {month for _, _, month in truth.seconds} == set(truth.months)


@pytest.mark.parametrize("months", [3, 16])
def test_a_span_out_of_range_is_refused(tmp_path: Path, months: int) -> None:
    with pytest.raises(ValueError, match="4 to 15 months"):
        write_company_exports(simulate(SEED), tmp_path, months=months)


def test_a_company_that_is_too_small_or_too_large_is_refused() -> None:
    for headcount in (19, 141):
        with pytest.raises(ValueError, match="20 to 140 people"):
            simulate(SEED, headcount=headcount)


def test_hours_are_those_of_the_worklogs_that_are_left(company: WrittenCompany) -> None:
    truth = company.truth
    assert sum(truth.seconds.values()) > 1_000 * 3600
    assert truth.worklogs > 4_000
    assert len(truth.deleted) == 6
