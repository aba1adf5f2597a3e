"""What holds for every source, present and to come."""

from __future__ import annotations

import pytest

from pmo_analytics.errors import SourceError, UsageError
from pmo_analytics.exchange import template
from pmo_analytics.sources.definition import KINDS, Definition, definitions, fold, from_toml
from pmo_analytics.sources.delimited import Record
from pmo_analytics.sources.recognition import recognise
from pmo_analytics.synthetic.exports import JIRA_HEADERS, TOGGL_HEADERS

EXPORTS = {"toggl": TOGGL_HEADERS, "jira": JIRA_HEADERS}


def is_required(definition: Definition, column: str) -> bool:
    return not definition.table.is_nullable(column)


ALL = pytest.mark.parametrize("definition", definitions().values(), ids=lambda d: d.name)


def headers_of(definition: Definition) -> list[str]:
    if definition.name in EXPORTS:
        return list(EXPORTS[definition.name])
    if definition.is_register:
        return template.headers(definition.table)
    return [name for names in definition.detect for name in names[:1]]


@ALL
def test_fields_fill_columns_of_the_contract_once(definition: Definition) -> None:
    columns = [field.column for field in definition.fields]
    assert len(columns) == len(set(columns))
    assert set(columns) <= set(definition.table.columns)
    assert {field.kind for field in definition.fields} <= KINDS


@ALL
def test_required_columns_are_filled_by_a_field_or_made(definition: Definition) -> None:
    filled = {field.column for field in definition.fields} | (set(definition.table.key) if definition.scope else set())
    needed = {c for c in definition.table.columns if not definition.table.is_nullable(c)}
    assert needed <= filled


@ALL
def test_it_detects_by_headers_it_reads(definition: Definition) -> None:
    assert definition.detect
    named = {fold(name) for names in definition.detect for name in names}
    assert named <= definition.known_headers() | {fold(h) for h in headers_of(definition)}


@ALL
def test_its_own_headers_are_recognised_as_itself(definition: Definition) -> None:
    headers = headers_of(definition)
    record = Record(line=1, last_line=1, cells=headers, is_cut=False)
    assert recognise([record], file="f.csv", source=None).definition.name == definition.name


@ALL
def test_the_headers_that_tell_it_are_enough_and_are_those_of_no_other(definition: Definition) -> None:
    needed = [f.headers[0] for f in definition.fields if f.kind == "hours" and is_required(definition, f.column)]
    record = Record(line=1, last_line=1, cells=[*[names[0] for names in definition.detect], *needed], is_cut=False)
    assert recognise([record], file="f.csv", source=None).definition.name == definition.name


@ALL
def test_one_word_never_tells_a_file(definition: Definition) -> None:
    assert len(definition.detect) > 1


def test_no_other_source_fits_a_template_as_well() -> None:
    """Row by column: how many of a template's headers each source reads that it would be recognised as."""
    for own in definitions().values():
        cells = {fold(header) for header in headers_of(own)}
        fitting = [d for d in definitions().values() if all({fold(n) for n in names} & cells for names in d.detect)]
        read = {d.name: len(d.known_headers() & cells) for d in fitting}
        assert [name for name, count in read.items() if count >= read[own.name]] == [own.name]


def test_an_export_is_no_register_although_its_table_may_come_as_one() -> None:
    known = definitions()
    assert known["jira"].table == known["issue"].table
    assert (known["jira"].is_register, known["issue"].is_register) == (False, True)
    assert (known["jira"].person_source, known["issue"].person_source) == ("jira", "register")


def unknown(*cells: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        recognise([Record(line=1, last_line=1, cells=list(cells), is_cut=False)], file="f.csv", source=None)
    return caught.value


def test_a_file_that_is_nearly_an_export_is_told_what_it_lacks() -> None:
    problem = unknown(*[h for h in TOGGL_HEADERS if h != "Duration"])
    assert problem.expected == "for Toggl Track detailed report, also: Duration"


def test_a_file_far_from_every_export_is_told_which_are_known() -> None:
    problem = unknown("Colour", "name", "Weight")
    assert problem.expected
    assert problem.expected.startswith("the headers of one of:")
    assert "toggl" in problem.expected


def test_an_unknown_source_by_name_is_told_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean 'toggl'"):
        recognise([], file="f.csv", source="togl")


def test_a_definition_with_an_unknown_table_or_field_is_refused() -> None:
    with pytest.raises(UsageError, match="unknown table"):
        from_toml('name = "x"\ntitle = "X"\ntable = "nowhere"\ndetect = []\n[fields]\n')
    with pytest.raises(UsageError, match="wrong field"):
        from_toml(
            'name = "x"\ntitle = "X"\ntable = "issue"\ndetect = []\n[fields]\ncolour = { headers = ["Colour"] }\n'
        )
