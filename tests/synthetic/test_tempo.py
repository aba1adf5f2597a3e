from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest

from pmo_analytics.synthetic.corrections import OVERLAP
from pmo_analytics.synthetic.projects import add_months
from pmo_analytics.synthetic.tempo import HEADERS
from pmo_analytics.synthetic.worklogs import HOSTILE_REMARK
from tests.synthetic.conftest import WrittenCompany

# Issue, day, login, remark, seconds.
Row = tuple[str, date, str, str, int]


def names(company: WrittenCompany) -> list[str]:
    return [each.name for each in company.truth.files if each.name.startswith("tempo_")]


def read(company: WrittenCompany, name: str) -> list[Row]:
    german = "_de" in name
    table = list(csv.reader(io.StringIO(company.text(name), newline=""), delimiter=";" if german else ","))
    assert table[0] == [pair[german] for pair in HEADERS]
    rows = []
    for row in table[1:]:
        assert len(row) == len(HEADERS)
        day = datetime.strptime(row[3], "%d.%m.%Y" if german else "%Y-%m-%d").date()
        # Eight decimals stand for thirds of an hour: the nearest second is meant.
        seconds = round(Fraction(row[2].replace(",", ".")) * 3600)
        rows.append((row[0], day, row[4], row[22], seconds))
    return rows


def test_every_file_holds_what_the_truth_says(company: WrittenCompany) -> None:
    for name in names(company):
        rows, truth = read(company, name), company.truth.file(name)
        assert (len(rows), sum(row[4] for row in rows)) == (truth.rows, truth.seconds)
        assert truth.rows > 100


def test_the_first_half_is_english_and_the_second_german(company: WrittenCompany) -> None:
    months = company.truth.months
    written = [name for name in names(company) if "corrected" not in name]
    assert written == [
        f"tempo_{month:%Y-%m}_{'en' if i < len(months) // 2 else 'de'}.csv" for i, month in enumerate(months)
    ]
    assert {company.truth.file(name).encoding for name in written} == {"utf-8", "cp1252"}
    assert "\r\n" in company.text(written[-1])
    assert "\r\n" not in company.text(written[0])


def test_neighbouring_files_repeat_the_days_between_them(company: WrittenCompany) -> None:
    written = [name for name in names(company) if "corrected" not in name]
    for earlier, later, month in zip(written, written[1:], company.truth.months[1:], strict=False):
        before, after = read(company, earlier), read(company, later)
        shared = Counter(row for row in after if row[1] < month)
        assert shared
        assert shared == Counter(row for row in before if row[1] >= month - OVERLAP)


def test_the_files_in_their_order_give_the_true_hours(company: WrittenCompany) -> None:
    """The later file rules over the days that it spans; the logbook's hours are added."""
    held: dict[date, list[Row]] = {}
    for name in names(company):
        rows = read(company, name)
        span = {row[1] for row in rows}
        day = min(span)
        while day <= max(span):
            held[day] = [row for row in rows if row[1] == day]
            day += timedelta(days=1)
    projects = company.truth.aliases["jira"]
    total: Counter[tuple[str, str, date]] = Counter()
    for row in (row for rows in held.values() for row in rows):
        person, project = company.truth.usernames[row[2]], projects[row[0].partition("-")[0]]
        total[person, project, row[1].replace(day=1)] += row[4]
    designers = {p.person_id for p in company.portfolio.persons if p.team == "Design"}
    assert total == {key: value for key, value in company.truth.seconds.items() if key[0] not in designers}


def test_the_corrected_file_differs_by_the_planted_changes_alone(company: WrittenCompany) -> None:
    fix = company.truth.corrections[0]
    stem = f"tempo_{fix.month:%Y-%m}_en"
    before, after = Counter(read(company, f"{stem}.csv")), Counter(read(company, f"{stem}_corrected.csv"))
    gone, new = before - after, after - before
    assert gone.total() == len(fix.changed) + len(fix.deleted) == 18
    assert new.total() == len(fix.changed) == 12
    assert {row[:4] for row in new} <= {row[:4] for row in gone}
    assert len(company.truth.deleted) == 6
    assert all(row[1] < add_months(fix.month, 1) - OVERLAP for row in gone)


def test_quirks_of_real_exports_are_there(company: WrittenCompany) -> None:
    texts = {name: company.text(name) for name in names(company)}
    everything = "".join(texts.values())
    assert "0.33333333" in everything
    assert "0,33333333" in everything
    assert HOSTILE_REMARK in everything
    rows = [row for name in texts if "corrected" not in name for row in read(company, name)]
    assert any("\n" in row[3] for row in rows)
    assert max(max(Counter(read(company, name)).values()) for name in texts) == 2


@pytest.mark.parametrize("name", ["Kate?ina Nováková", "Elif ?ahin"])
def test_letters_that_the_code_page_lacks_become_question_marks(company: WrittenCompany, name: str) -> None:
    assert name in company.text(names(company)[-1])
    assert name not in company.text(names(company)[0])
