"""A simulated company's timesheets and ledgers held against each other: what was planted is found, nothing else."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from pmo_analytics.governance.reconciliation import DIFFERING, cost_differences
from pmo_analytics.ingest import IngestOptions
from pmo_analytics.synthetic.company import CompanyTruth, write_company_exports
from pmo_analytics.synthetic.portfolio import simulate
from pmo_analytics.synthetic.registers import register_rows
from pmo_analytics.workspace import Workspace
from tests.exports import Desk, write_csv

SEED = 4
PORTFOLIO = simulate(SEED)
SETTINGS = """
[reconciliation]
labour_accounts = ["94311000-94315000"]

[source.logbook]
table = "timesheet_entry"

[source.logbook.fields]
entry_id = "Entry No"
person_id = { headers = "Staff No", names = "Colleague" }
work_date = "Day"
project_key = "Job Code"
activity = "Task"
duration_seconds = { headers = "Minutes", kind = "seconds", factor = 60 }
description = "Remark"

[source.house_ledger]
table = "ledger_entry"

[source.house_ledger.fields]
ledger_entry_id = "Booking No"
posting_date = "Booked On"
project_key = "Job Code"
cost_element = "Cost Type"
amount = "Amount"
currency = "Currency"
local_amount = "Amount EUR"
local_currency = { value = "EUR" }
"""


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> tuple[CompanyTruth, Path]:
    folder = tmp_path_factory.mktemp("company")
    return write_company_exports(PORTFOLIO, folder / "exports", months=7), folder


@pytest.fixture(scope="module")
def desk(truth: tuple[CompanyTruth, Path]) -> Desk:
    """The company's registers, both timesheet systems, and the ledgers of the group and of the subsidiary."""
    company, folder = truth
    desk = Desk(folder)
    (desk.workspace.root / "pmo.toml").write_text(SETTINGS)
    desk.workspace = Workspace.find(desk.workspace.root)
    registers = register_rows(PORTFOLIO, with_dirt=False)
    for name in ("project", "person", "rate"):
        desk.load(write_csv(folder / f"{name}.csv", *registers[name]))
    sources = {"jira": ["tempo"], "sap": ["sap_cji3"], "in_house": ["logbook", "house_ledger"]}
    desk.register(
        "project_alias",
        "source,external_key,project_id",
        *[
            [s, code, p]
            for system, codes in company.aliases.items()
            for code, p in codes.items()
            for s in sources[system]
        ],
    )
    for file in company.files:
        if file.name.startswith(("tempo", "logbook", "cji3", "house_ledger")):
            order = "dmy" if "logbook" in file.name else None
            options = IngestOptions(accept_removals="corrected" in file.name, date_order=order)
            desk.load(folder / "exports" / file.name, options)
    return desk


def cents(amount: object) -> int:
    whole = Decimal(str(amount)) * 100
    assert whole == whole.to_integral_value()
    return int(whole)


def test_every_cent_of_timesheet_cost_and_ledger_labour_is_the_true_one(
    desk: Desk, truth: tuple[CompanyTruth, Path]
) -> None:
    with desk.warehouse.at("2026-06") as view:
        rows = view.rows(
            "SELECT project_id, period_month, currency, cost_amount, labour_amount, other_amount "
            "FROM marts.timesheet_ledger_reconciliation WHERE project_id IS NOT NULL AND currency IS NOT NULL"
        )[1]
    assert {row[2] for row in rows} == {"EUR"}
    company = truth[0]
    assert {(p, m): cents(a) for p, m, _, a, _, _ in rows if a} == {
        k: v for k, v in company.timesheet_cents.items() if v
    }
    assert {(p, m): cents(a) for p, m, _, _, a, _ in rows if a} == {k: v for k, v in company.labour_cents.items() if v}
    # Invoices, accruals with their reversals, and mistakes put right.
    other: Counter[tuple[str, object]] = Counter()
    for posting in company.postings:
        if posting.project and posting.kind != "labour":
            other[posting.project.project_id, posting.month] += posting.object_cents
    assert {(p, m): cents(a) for p, m, _, _, _, a in rows if a} == {k: v for k, v in other.items() if v}


def test_the_planted_differences_are_found_and_no_others(desk: Desk, truth: tuple[CompanyTruth, Path]) -> None:
    with desk.warehouse.at("2026-06") as view:
        found = view.run(cost_differences, tolerance_amount=0.0)
    differing = found[found["state"].isin(DIFFERING)]
    # The truth tells ledger less timesheets.
    assert {
        (row.project_id, row.period_month): -cents(round(row.difference_amount, 4)) for row in differing.itertuples()
    } == {(d.project_id, pd.Timestamp(d.month)): d.cents for d in truth[0].differences if d.cents}
    assert (found["state"] != "not compared").all()
    # What was posted on the wrong project or late names its other half.
    moved = {
        (d.project_id, pd.Timestamp(d.month))
        for d in truth[0].differences
        if d.cents and d.kind in {"wrong_project", "posted_late"}
    }
    offset = differing[differing["offset_month"].notna()]
    assert {(row.project_id, row.period_month) for row in offset.itertuples()} == moved
    assert {(row.offset_project_id, row.offset_month) for row in offset.itertuples()} == moved


def test_codes_that_nobody_knows_are_found_with_their_money(desk: Desk, truth: tuple[CompanyTruth, Path]) -> None:
    rows = desk.query(
        "SELECT external_key, name, sum(amount) FROM marts.unmapped_code WHERE currency = 'EUR' GROUP BY ALL"
    )
    expected: Counter[str] = Counter()
    for wbs, amount in truth[0].unmapped_cents.items():
        expected[wbs[:6]] += amount
    assert {str(code): cents(amount) for code, _, amount in rows} == dict(expected)
    assert {name for _, name, _ in rows} == {"Altprojekt Süd"}
