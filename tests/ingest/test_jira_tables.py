"""Whatever a JSON file holds, it becomes tables or an error in words."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.errors import SourceError
from pmo_analytics.ingest.containers import NamedFile
from pmo_analytics.ingest.jira_tables import laid_out
from pmo_analytics.sources.definition import definitions
from pmo_analytics.sources.jira_rest import CHANGE_HEADERS, ISSUE_HEADERS

WORDS = (
    "key,id,fields,changelog,histories,items,field,fieldId,fieldtype,from,to,fromString,toString,author,accountId,"
    "created,summary,status,name,issuelinks,outwardIssue,type,customfield_1,value,child,content,total,names"
).split(",")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=4) | st.sampled_from(["assignee", "custom", "doc", "mention"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5),
    max_leaves=12,
)  # fmt: skip
HISTORIES = st.lists(st.dictionaries(st.sampled_from(WORDS), VALUES))
PARTS = st.fixed_dictionaries(
    {"key": VALUES, "fields": st.dictionaries(st.sampled_from(WORDS), VALUES)},
    optional={"changelog": st.fixed_dictionaries({"histories": HISTORIES})},
)


def lay_out(path: Path, content: Any) -> list[list[list[str]]] | SourceError:
    """The records of each table, or what was told instead."""
    path.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False), encoding="utf-8")
    try:
        with laid_out(NamedFile(path, path.name), {}) as tables:
            texts = [table.path.read_bytes().decode() for table in tables]
    except SourceError as problem:
        return problem
    found = [list(csv.reader(io.StringIO(text, newline=""))) for text in texts]
    # Every line is a record.
    assert [len(records) for records in found] == [text.count("\n") for text in texts]
    assert not any("\r" in text or "\x00" in text for text in texts)
    return found


@given(issues=st.lists(PARTS | VALUES, max_size=3))
def test_any_value_anywhere_is_told_or_laid_out(tmp_path_factory: pytest.TempPathFactory, issues: list[Any]) -> None:
    path = tmp_path_factory.getbasetemp() / "any.json"
    for content in (issues, {"issues": issues}, {"self": "/issue/A-1/changelog", "values": issues}):
        result = lay_out(path, content)
        if isinstance(result, SourceError):
            assert result.found
            assert result.expected
        else:
            assert all(len({*map(len, records)}) == 1 for records in result)


@pytest.mark.parametrize("depth", [3, 400, 900, 100_000])
def test_nesting_that_a_reader_could_not_follow_is_told(tmp_path: Path, depth: int) -> None:
    deep = "[" * depth + '"x"' + "]" * depth
    content = f'{{"issues": [{{"key": "A-1", "fields": {{"customfield_1": {deep}, "summary": "s"}}}}]}}'
    result = lay_out(tmp_path / "deep.json", content)
    # How deep the interpreter can follow depends on its version.
    if depth == 3 or isinstance(result, list):
        assert result[0][1][-1] == '{"customfield_1": ["x"]}'  # type: ignore[index]
    else:
        assert "nested too deep" in result.message


def test_the_headers_are_those_that_the_sources_read() -> None:
    known = definitions()
    for name, headers in (("jira_rest_issue", ISSUE_HEADERS), ("jira_rest_change", CHANGE_HEADERS)):
        assert {h.casefold() for h in headers} == known[name].known_headers()


def test_what_was_laid_out_goes_away(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"issues": []}')
    with laid_out(NamedFile(path, "a.json"), {}) as tables:
        assert [table.path.exists() for table in tables] == [True]
    assert not tables[0].path.parent.exists()
    assert path.exists()
