"""JSON of any size comes value by value; what is unsound is told with its byte."""

from __future__ import annotations

import hashlib
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.errors import SourceError
from pmo_analytics.sources import json_text
from pmo_analytics.sources.json_text import JsonText, is_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def pieces(data: bytes) -> list[tuple[str, Any]]:
    return list(JsonText(io.BytesIO(data), "f.json").pieces({"issues"}))


def problem(data: bytes) -> SourceError:
    with pytest.raises(SourceError) as caught:
        pieces(data)
    assert caught.value.file == "f.json"
    assert caught.value.expected
    assert caught.value.hint
    return caught.value


def test_members_come_whole_and_the_elements_of_listed_ones_one_by_one() -> None:
    data = b'\xef\xbb\xbf {"total": 2, "issues" : [ {"a": 1.50}, [true] ], "names": {"x": null}}\n'
    text = JsonText(io.BytesIO(data), "f.json")
    assert list(text.pieces({"issues"})) == [
        ("total", "2"),
        ("issues", {"a": "1.50"}),
        ("issues", [True]),
        ("names", {"x": None}),
    ]
    assert (text.size, text.sha256) == (len(data), hashlib.sha256(data).hexdigest())


def test_an_outermost_list_is_without_a_name() -> None:
    assert pieces(b'["a", {}]') == [("", "a"), ("", {})]
    text = JsonText(io.BytesIO(b'{"issues": []}'), "f.json")
    assert (list(text.pieces({"issues"})), text.empty_lists) == ([], {"issues"})


@given(st.lists(VALUES, max_size=6), st.integers(1, 7), st.sampled_from([None, 1]), st.booleans())
def test_wherever_the_text_is_cut_into_chunks_it_says_the_same(
    values: list[Any], chunk: int, indent: int | None, ascii_only: bool
) -> None:
    written = json.dumps({"issues": values, "é": values}, indent=indent, ensure_ascii=ascii_only)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_text, "_CHUNK", chunk)
        found = pieces(written.encode())
    assert found == [*(("issues", value) for value in values), ("é", values)]


@pytest.mark.parametrize("chunk", [1, 3, 1 << 20])
def test_numbers_are_never_cut_short(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "_CHUNK", chunk)
    assert pieces(b'{"total": 1234567, "issues": [12, -1.25e10, 7]}') == [
        ("total", "1234567"),
        ("issues", "12"),
        ("issues", "-1.25e10"),
        ("issues", "7"),
    ]


@pytest.mark.parametrize(
    ("data", "message", "found"),
    [
        (b"<html>", "not JSON", "byte 0"),
        (b"", "not JSON", "the end of the file at byte 0"),
        (b'{"issues": [{"a": 1}, {"b": ', "damaged", "the end of the file at byte 28"),
        (b'{"issues": [{"a": "cut', "damaged", "at byte 18"),
        (b'{"issues": [{"a": 1},]}', "damaged", "byte 21"),
        (b'{"issues": [{"a": 1} {"a": 2}]}', "damaged", "byte 21"),
        (b'{"a" 1}', "damaged", "byte 5"),
        (b"{a: 1}", "damaged", "byte 1"),
        ('{"é": 1, x}'.encode(), "damaged", "byte 10"),
        (b'{"a": 1} {"a": 2}', "behind the end", "byte 9"),
        (b'{"issues": [{"a": 1, "a": 2}]}', "ambiguous", "byte 12"),
        (b'{"a": 1, "a": 2}', "ambiguous", "byte 12"),
        (b'{"issues": [{"a": NaN}]}', "ambiguous", "byte 12"),
        (b'{"issues": [-Infinity]}', "ambiguous", "byte 12"),
        (b'{"a": "' + b"x" * 300 + b'\xff"}', "not UTF-8", "byte 307"),
        (b'\xff\xfe{\x00"\x00', "not UTF-8", "byte 0"),
        (b'{"a": "tab\there"}', "damaged", "byte 10"),
        (b'{"issues": [' + b"[" * 100_000 + b"]" * 100_000 + b"]}", "nested too deep", "byte 12"),
        (b'{"a": ' + b'{"a":' * 100_000, "nested too deep", "byte 6"),
    ],
)
@pytest.mark.parametrize("chunk", [5, 1 << 20])
def test_what_is_unsound_is_told_with_its_byte(
    data: bytes, message: str, found: str, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_text, "_CHUNK", chunk if len(data) < 1000 else 1 << 20)
    told = problem(data)
    assert message in told.message
    assert found in str(told.found)


def test_an_unclosed_text_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "_CHUNK", 1 << 10)
    monkeypatch.setattr(json_text, "_MOST", 1 << 14)
    assert "larger than any" in problem(b'{"issues": ["' + b"x" * (1 << 16) + b'"]}').message


def test_json_is_known_by_its_name_or_by_how_it_begins() -> None:
    assert is_json("a.JSON", b"anything")
    assert is_json("page.txt", b'\xef\xbb\xbf\n{ "issues": [')
    assert is_json("list", b'[\n {"key": ')
    assert not is_json("a.csv", b"[Type],Issue key")
    assert not is_json("a.csv", b"{curly},Issue key")
