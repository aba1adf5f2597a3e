from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmo_analytics.errors import SourceError
from pmo_analytics.sources.delimited import layout, records, verbatim


def write(folder: Path, data: bytes) -> Path:
    path = folder / "export.csv"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "delimiter", "has_bom"),
    [
        (b"a,b\n1,2\n", ",", False),
        ("\ufeffa;b;c\n1,5;2;3\n".encode(), ";", True),
        (b"a\tb\n1,2\t3\n", "\t", False),
        ("a|b\n1|2\n".encode("utf-16"), "|", True),
    ],
)
def test_layout_from_the_bytes(tmp_path: Path, data: bytes, delimiter: str, has_bom: bool) -> None:
    how = layout(write(tmp_path, data))
    assert (how.delimiter, how.has_bom) == (delimiter, has_bom)


def test_latin_letters_of_an_old_export_are_read(tmp_path: Path) -> None:
    path = write(tmp_path, "Name,Größe\nJürgen,Straße\nRené,Forêt\n".encode("cp1252"))
    found = [record.cells for record in records(path, layout(path))]
    assert found[1] == ["Jürgen", "Straße"]


@pytest.mark.parametrize(
    ("text", "codec", "expected"),
    [
        ("Name,Ort\nŁukasz Wałęsa,Łódź\n", "cp1250", "cp1250"),
        ("Name,Ort\nHélène Lefèvre,Nîmes\nÅse,m³\nNº 5,£5\n", "cp1252", "cp1252"),
        ("Name,Cost\nRené,£m\nZoë,£bn\n", "cp1252", "cp1252"),
        # A byte that Western text does not have, where a word goes on after it.
        ("Name,Ort\nŤapka,Plzeň\n", "cp1250", "cp1250"),
    ],
)
def test_western_and_central_european_letters_are_told_apart_by_their_words(
    tmp_path: Path, text: str, codec: str, expected: str
) -> None:
    path = write(tmp_path, text.encode(codec))
    how = layout(path)
    assert how.encoding == expected
    assert [record.cells for record in records(path, how)] == [line.split(",") for line in text.splitlines()]


def test_one_odd_byte_makes_no_other_code_page(tmp_path: Path) -> None:
    how = layout(write(tmp_path, b"Name,Cost\nthe Quantum\x9d system,\xa35\n"))
    assert how.encoding == "latin-1"


def test_letters_that_no_word_decides_are_western_which_is_told_and_can_be_answered(tmp_path: Path) -> None:
    path = write(tmp_path, "Name,Ort\nJiří Dvořák,Brno\n".encode("cp1250"))
    how = layout(path)
    assert (how.encoding, "--encoding" in how.notes[0]) == ("cp1252", True)
    for answered in (layout(path, None, "windows-1250"), layout(path, None, None, "cp1250")):
        assert answered.notes == ()
        assert list(records(path, answered))[1].cells == ["Jiří Dvořák", "Brno"]
    assert layout(write(tmp_path, "Name\nJiří\n".encode()), None, None, "cp1250").encoding == "utf-8"


@pytest.mark.parametrize("named", ["utf-8", "no-such-codec"])
def test_an_encoding_that_does_not_fit_is_refused(tmp_path: Path, named: str) -> None:
    with pytest.raises(SourceError, match="encoding"):
        layout(write(tmp_path, b"a,b\n\xe9,1\n"), None, named)


def test_a_pound_sign_in_an_english_text_is_not_japanese(tmp_path: Path) -> None:
    rows = [f"Project {n};MOD;\u00a3{n},013.02;don't {'go on and ' * 9}\u2013 caf\u00e9" for n in range(200)]
    how = layout(write(tmp_path, "\n".join(["a;b;c;d", *rows]).encode("cp1252")))
    assert (how.encoding, how.delimiter) == ("cp1252", ";")


@pytest.mark.parametrize("encoding", ["cp1251", "cp932"])
def test_a_text_in_another_script_is_read_in_its_own(tmp_path: Path, encoding: str) -> None:
    line = "Проверка моста завершена, отчёт" if encoding == "cp1251" else "橋の点検が終わりました。報告書です,はい"
    path = write(tmp_path, "\n".join(["a,b", *[line] * 30]).encode(encoding))
    assert list(records(path, layout(path)))[-1].cells == line.split(",")


@pytest.mark.parametrize("data", [b"", b"   \n\n", b"PK\x03\x04\x00\x00", b"\x00\x01\x02\x03" * 40])
def test_empty_and_binary_files_are_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(SourceError):
        layout(write(tmp_path, data))


@pytest.mark.parametrize(
    ("data", "encoding", "cell", "told"),
    [
        ("a,b\nGröße,Łódź\n".encode() + b"x,\xe9\n", "utf-8", "\ufffd", "not utf-8 in 1 places"),
        ("a,b\nx,Łód".encode() + b"\xc5", "utf-8", "Łód\ufffd", "not utf-8 in 1 places"),
        ("a,b\nx,y\n".encode("utf-16")[:-1], "utf-16", "y\ufffd", "not utf-16 in 1 places"),
        (b"a,b\n" + b"x,y and more\n" * 20 + b"x,y\x00\n", "utf-8", "y\ufffd", "zero bytes in 1 places"),
        (b"a,b\nJ\xfcrgen,Stra\xdfe\n", "cp1252", "Straße", None),
    ],
)
def test_a_few_bytes_that_are_no_text_leave_the_others_as_they_are(
    tmp_path: Path, data: bytes, encoding: str, cell: str, told: str | None
) -> None:
    path = write(tmp_path, data)
    how = layout(path)
    last = list(records(path, how))[-1]
    assert (how.encoding, last.cells[1]) == (encoding, cell)
    assert told is None or told in how.notes[-1]
    assert not how.is_plain


def test_lines_are_those_of_the_file_even_when_cells_hold_line_breaks(tmp_path: Path) -> None:
    path = write(tmp_path, b'a,b\n"1\n2",x\n3,y\n')
    assert [(r.line, r.last_line, r.cells) for r in records(path, layout(path))] == [
        (1, 1, ["a", "b"]),
        (2, 3, ["1\n2", "x"]),
        (4, 4, ["3", "y"]),
    ]


def test_a_file_that_ends_inside_quotes_is_cut_there(tmp_path: Path) -> None:
    path = write(tmp_path, b'a,b\n1,x\n2,"half')
    how = layout(path)
    found = list(records(path, how))
    assert [record.is_cut for record in found] == [False, False, True]
    assert verbatim(path, how, {3: 3}) == {3: '2,"half'}


CELL = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00\r\u0085\u2028\u2029\x0b\x0c\x1c\x1d\x1e"), max_size=8
)


@settings(max_examples=40)
@given(st.lists(st.lists(CELL, min_size=2, max_size=2), min_size=1, max_size=5))
def test_every_cell_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    lines = [["first", "second"], *rows]
    text = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines) + "\n"
    path = write(tmp_path_factory.mktemp("cells"), text.encode())
    assert [record.cells for record in records(path, layout(path))] == lines
