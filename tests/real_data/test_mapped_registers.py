"""Government registers through mappings in pmo.toml: withheld amounts are named, every refused row is explained."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pytest

from pmo_analytics.ingest import IngestOptions, LoadResult
from pmo_analytics.workspace import Workspace
from tests.exports import Desk, balances

pytestmark = pytest.mark.slow
MAPPING = """
[source.gmpp]
table = "project"
[source.gmpp.fields]
project_id = "project_name"
name = "project_name"
portfolio = "department"
currency = { value = "GBP" }
baseline_start_date = { headers = "start_date", withheld = ["Exempt", "Data not provided", "The project is"] }
baseline_finish_date = { headers = "end_date", withheld = ["Exempt", "Data not", "Not provided", "TBD", "The project"] }
budget_at_completion_amount = { headers = "wlc_baseline_incl_NCG", sign = "£", factor = 1000000, withheld = [
    "Exempt", "Data not provided", "The project is"] }

[source.us_it]
table = "project"
[source.us_it.fields]
project_id = "Unique Project ID"
name = "Project Name"
portfolio = "Agency Name"
currency = { value = "USD" }
baseline_start_date = "Start Date"
baseline_finish_date = "Completion Date (B1)"
budget_at_completion_amount = { headers = "Lifecycle Cost", factor = 1000000 }
"""
# Projects, and cells that hold no amount; read off the files by hand.
GMPP = {2018: (133, 14), 2019: (133, 15), 2020: (125, 12), 2021: (184, 20)}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    settings = desk.workspace.root / "pmo.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + MAPPING, encoding="utf-8")
    desk.workspace = Workspace.find(desk.workspace.root)
    return desk


@pytest.mark.parametrize("year", GMPP)
def test_withheld_amounts_are_named_and_the_others_sum_to_the_files_own(real_data: Path, desk: Desk, year: int) -> None:
    path = real_data / "gmpp" / f"uk_{year}.csv"
    with path.open(encoding="latin-1", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";" if year == 2021 else ","))
    cells = [row["wlc_baseline_incl_NCG"].strip() for row in rows]
    stated = [Decimal(cell.replace("\xa3", "").replace(",", "")) for cell in cells if cell.startswith("\xa3")]
    result = desk.load(path, IngestOptions(status_date=date(year, 9, 30)))
    assert (len(cells), len(cells) - len(stated)) == GMPP[year]
    assert balances(result)
    assert (result.rows["added"], result.rejects) == (len(rows), [])
    (told,) = [text for text in result.assumptions if "budget_at_completion_amount" in text]
    assert told.startswith(f"{GMPP[year][1]} values of budget_at_completion_amount are withheld and left empty: ")
    found = desk.query("SELECT sum(budget_at_completion_amount), count(budget_at_completion_amount) FROM core.project")
    assert found == [(sum(stated) * 1_000_000, len(stated))]
    names = {row["project_name"].encode("latin-1").decode("cp1252", "ignore").strip() for row in rows}
    assert {str(name) for (name,) in desk.query("SELECT name FROM core.project")} >= {n for n in names if n.isascii()}


Sound = tuple[str, str, str, str, str, Decimal | None]


def _day(text: str) -> bool:
    try:
        return not text or bool(datetime.strptime(text, "%d/%m/%Y"))
    except ValueError:
        return False


def _cost(text: str) -> Decimal | None:
    """The cost in millions that a cell states; not a number where it states none to four decimals of a dollar."""
    try:
        cost = Decimal(text) if text else None
    except InvalidOperation:
        return Decimal("NaN")
    is_exact = cost is None or ("e" not in text.lower() and (cost * 10**10) % 1 == 0)
    return cost if is_exact else Decimal("NaN")


def _judged(row: list[str], headers: list[str]) -> tuple[str, Sound | None]:
    """Why a record of the corrupted file cannot be loaded, as it stands; "" and its cells where it can."""
    cells = [cell.strip() for cell in row] + [""] * len(headers)
    named = dict(zip(headers, cells, strict=False))
    cost = _cost(named["Lifecycle Cost"])
    days = named["Start Date"], named["Completion Date (B1)"]
    faults = [
        ("blank", not any(cells)),
        ("field_count", len(row) < len(headers) or any(cells[len(headers) :])),
        ("required", not named["Unique Project ID"] or not named["Project Name"]),
        ("format", not all(map(_day, days)) or (cost is not None and cost.is_nan())),
        ("greater_than_or_equal_to", cost is not None and not cost.is_nan() and cost < 0),
    ]
    why = next((rule for rule, is_broken in faults if is_broken), "")
    sound = (named["Unique Project ID"], named["Project Name"], named["Agency Name"], *days, cost)
    return why, None if why else sound


def _expected(path: Path) -> tuple[Counter[str], Counter[str], set[str]]:
    """Refused records by rule, fates, and the projects to be stored, by a reading with Python's csv module alone."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    at = next(i for i, row in enumerate(rows) if "Unique Project ID" in row)
    rules: Counter[str] = Counter()
    sound: dict[str, Counter[Sound]] = {}
    for row in rows[at + 1 :]:
        why, cells = _judged(row, rows[at])
        rules[why] += bool(why)
        if cells:
            sound.setdefault(cells[0], Counter())[cells] += 1
    blank = rules.pop("blank", 0)
    # Records that are alike stand once; of a key whose records differ none can be trusted.
    repeats = sum(sum(alike.values()) - len(alike) for alike in sound.values())
    rules["repeated_key"] = sum(len(alike) for alike in sound.values() if len(alike) > 1)
    stored = {key for key, alike in sound.items() if len(alike) == 1}
    fates = Counter(added=len(stored), rejected=sum(rules.values()), set_aside=at + blank + repeats)
    return +rules, fates, stored


def test_every_refused_row_of_a_corrupted_register_is_explained(real_data: Path, desk: Desk) -> None:
    path = real_data / "us-it" / "Projects_CW1_MessedUp.csv"
    rules, fates, stored = _expected(path)
    result: LoadResult = desk.load(path, IngestOptions(status_date=date(2012, 9, 30)))
    assert balances(result)
    by_line: dict[int, str] = {}
    for reject in result.rejects:
        by_line.setdefault(reject.source_line, reject.rule)
    assert Counter(by_line.values()) == rules
    assert {fate: n for fate, n in result.rows.items() if n} == dict(fates)
    assert {str(key) for (key,) in desk.query("SELECT project_id FROM core.project")} == stored
    assert all(reject.hint and reject.expected for reject in result.rejects)
