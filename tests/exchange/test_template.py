from __future__ import annotations

import pytest

from pmo_analytics.contracts import registers
from pmo_analytics.errors import UsageError
from pmo_analytics.exchange import template


def test_durations_are_given_in_hours_and_the_status_date_stands_last() -> None:
    assert template.headers(registers()["demand"]) == [
        "project_id", "skill_id", "period_month", "demand_hours", "level", "certainty", "status_date",
    ]  # fmt: skip
    # Where every report is kept, its date stays beside what it is the report of.
    assert template.headers(registers()["milestone"])[:3] == ["project_id", "milestone_id", "status_date"]


def test_a_header_is_explained_with_its_unit_and_its_need() -> None:
    absence = registers()["absence"]
    assert template.explanation("duration_hours", absence) == (
        "Time worked, absent, available or taken. Unit: hours. Required."
    )
    assert template.explanation("person_id", absence) == (
        "Random token that stands for a person. In a file: the key or name that the person goes by. Required."
    )
    assert template.explanation("due_date", registers()["commitment"]) == "Date something is due."
    assert template.explanation("nearest_name", None) is None


def test_every_header_of_every_register_is_explained() -> None:
    for register in registers().values():
        assert [h for h in template.headers(register) if template.explanation(h, register) is None] == []


def test_the_values_of_a_column_are_those_of_its_contract() -> None:
    assert template.choices("relation", registers()["dependency"]) == ["FS", "SS", "FF", "SF"]
    assert template.choices("lag_days", registers()["dependency"]) == []
    assert template.choices("nearest_name", registers()["dependency"]) == []
    assert template.choices("relation", None) == []


def test_no_value_holds_the_comma_that_would_part_it_in_a_list() -> None:
    for register in registers().values():
        for header in template.headers(register):
            offered = template.choices(header, register)
            assert not [value for value in offered if "," in value or '"' in value]
            assert len(",".join(offered)) <= 253, "a spreadsheet's list holds no more than 255 characters with quotes"


def test_an_unknown_register_is_told_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean 'risk'"):
        template.chosen(["risks"])
