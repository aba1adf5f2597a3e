"""Templates by name, and the versions that follow from what registers have gained."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pmo_analytics.contracts import registers
from pmo_analytics.contracts.editions import ADDED, STATED_BEFORE, added_after, editions_of
from pmo_analytics.contracts.templates import Mark, document_text, mark_of, templates

# The columns that each register had when its template was first handed out. A line is added for a new register;
# a line that is here never changes: columns that come later go into an edition of contracts/editions.py.
FIRST = json.loads((Path(__file__).parent / "first_edition.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(registers()))
def test_a_column_that_came_later_is_in_an_edition(name: str) -> None:
    later = added_after(1, name)
    assert [column for column in registers()[name].columns if column not in later] == FIRST[name]
    assert set(later) <= set(registers()[name].columns)


def test_a_later_part_of_a_key_says_what_earlier_rows_meant() -> None:
    later = {
        (name, column)
        for added in ADDED.values()
        for name, columns in added.items()
        for column in columns
        if not registers()[name].is_nullable(column)
    }
    assert later == set(STATED_BEFORE)


def test_a_version_is_one_more_for_each_edition_that_changed_a_register() -> None:
    assert editions_of(["risk"]) == [1]
    assert editions_of(["risk", "lesson"]) == [1, 2]
    known = templates()
    assert (known["risk"].version, known["lesson"].version, known["charter"].version) == (1, 2, 2)
    assert known["stage_gate"].lacking(1) == {"stage_gate": ["version", "stage", "follows_gates", "tailoring"]}
    assert known["stage_gate"].lacking(2) == {}
    assert known["charter"].lacking(1) == {"document": ["artefact_kind"], "project": ["methodology_version"]}


def test_every_register_has_a_template_and_the_named_ones_of_a_pmo_are_there() -> None:
    known = templates()
    assert set(registers()) == {t.registers[0] for t in known.values() if t.kind == "register"}
    assert {
        "charter", "business_case", "raid_log", "status_report", "estimate_sheet", "benefit_profile", "gate_checklist",
        "lessons_log", "post_project_review",
    } <= set(known)  # fmt: skip
    # A register that has the name of a document stands beside it.
    assert known["business_case"].kind == "document"
    assert known["business_case_register"].registers == ("business_case",)


def test_parts_of_documents_inherit_what_a_form_above_them_has() -> None:
    for template in templates().values():
        held: set[str] = set()
        for part in template.parts:
            assert set(part.inherits) <= held & set(registers()[part.register].columns), (template.name, part)
            held |= set(registers()[part.register].columns) if part.is_form else set()
        assert tuple(part.register for part in template.parts) in {(), template.registers}


def test_a_mark_is_known_whatever_signs_of_a_comment_stand_around_it() -> None:
    mark = Mark("raid_log", 2)
    assert [mark_of(text) for text in (f"{mark}", f"# {mark}", f"<!-- {mark} -->")] == [mark] * 3
    assert mark_of(f"see {mark}") is None
    assert mark_of("pmo template: raid_log version") is None


def test_prose_stands_under_its_headings_and_what_is_blank_is_left_out() -> None:
    assert document_text([("", " a "), ("B", "b\n\nc"), ("D", " \n")]) == "a\n\n## B\n\nb\n\nc"
