from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date, datetime

from pmo_analytics.synthetic.logbook import HEADERS
from tests.synthetic.conftest import WrittenCompany


def read(company: WrittenCompany, name: str) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(company.text(name), newline=""))
    assert tuple(reader.fieldnames or ()) == HEADERS
    return list(reader)


def day(row: dict[str, str]) -> date:
    return datetime.strptime(row["Day"], "%d/%m/%Y").date()


def test_both_files_hold_what_the_truth_says(company: WrittenCompany) -> None:
    for name in ("logbook_1.csv", "logbook_2.csv"):
        rows, truth = read(company, name), company.truth.file(name)
        assert (len(rows), 60 * sum(int(row["Minutes"]) for row in rows)) == (truth.rows, truth.seconds)
        assert len({row["Entry No"] for row in rows}) == len(rows)


def test_the_second_file_corrects_minutes_under_the_same_numbers(company: WrittenCompany) -> None:
    first, second = ({r["Entry No"]: r for r in read(company, f"logbook_{i}.csv")} for i in (1, 2))
    shared = first.keys() & second.keys()
    changed = {number for number in shared if first[number] != second[number]}
    assert changed == {str(before.number) for before, _ in company.truth.corrections[1].changed}
    assert len(changed) == 5
    for number in changed:
        assert {k: v for k, v in first[number].items() if k != "Minutes"}.items() <= second[number].items()


def test_the_later_entry_gives_the_designers_true_hours(company: WrittenCompany) -> None:
    entries = {row["Entry No"]: row for name in ("logbook_1.csv", "logbook_2.csv") for row in read(company, name)}
    total: Counter[tuple[str, str, date]] = Counter()
    for row in entries.values():
        project = company.truth.aliases["in_house"][row["Job Code"]]
        total[row["Staff No"], project, day(row).replace(day=1)] += 60 * int(row["Minutes"])
    designers = {row["Staff No"] for row in entries.values()}
    assert total == {key: value for key, value in company.truth.seconds.items() if key[0] in designers}
    assert len(designers) == 3
