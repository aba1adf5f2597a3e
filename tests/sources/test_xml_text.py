"""XML that means harm, breaks off or is written otherwise than it says: told with its line, before anything expands."""

from __future__ import annotations

import codecs
import io
from pathlib import Path

import pytest

from pmo_analytics.errors import SourceError
from pmo_analytics.sources import xml_text
from pmo_analytics.sources.xml_text import Element, XmlText
from tests.schedule_texts import mspdi, tables_of, task

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
HARMFUL = {
    "bomb": f'<!DOCTYPE p [<!ENTITY l0 "ha">{LAUGHS}]>\n<Project><Name>&l9;</Name></Project>',
    "file": '<!DOCTYPE p [<!ENTITY f SYSTEM "file:///etc/passwd">]><Project><Name>&f;</Name></Project>',
    "elsewhere": '<!DOCTYPE Project SYSTEM "http://127.0.0.1:1/x.dtd"><Project/>',
    "parameter": '<!DOCTYPE p [<!ENTITY % f SYSTEM "file:///etc/passwd">%f;]><Project/>',
    "plain": "<!DOCTYPE Project><Project/>",
}


def read(content: str | bytes, wanted: set[tuple[str, ...]] | None = None) -> list[Element]:
    """The pieces of a document whose root may be anything."""
    raw = content if isinstance(content, bytes) else content.encode()
    return list(XmlText(io.BytesIO(raw), "a.xml", lambda *_: None, wanted or {("Tasks", "Task")}, {"Skipped"}).pieces())


@pytest.mark.parametrize("content", HARMFUL.values(), ids=HARMFUL)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_declarations_are_refused_before_anything_expands(content: str, encoding: str) -> None:
    with pytest.raises(SourceError, match="declares a document type or entities") as caught:
        read(content.encode(encoding))
    assert caught.value.row == 1
    assert caught.value.hint


def test_an_entity_that_is_not_declared_is_damage() -> None:
    with pytest.raises(SourceError, match="undefined entity"):
        read("<Project>\n<Name>&other;</Name></Project>")


def test_nesting_and_size_have_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceError, match="nested too deep"):
        read("<a>" * 100_000)
    monkeypatch.setattr(xml_text, "_MOST", 10_000)
    monkeypatch.setattr(xml_text, "_CHUNK", 1_000)
    large = "x" * 20_000
    for content in (
        f"<P><Tasks><Task><Name>{large}</Name></Task></Tasks></P>",
        f"<P><Name>{large}</Name></P>",
        f'<P><Tasks a="{large}"/></P>',
        f"<P><!--{large}--></P>",
        f"<P><Tasks><Task>{'<a/>' * 200}</Task></Tasks></P>",
    ):
        with pytest.raises(SourceError, match="larger than any"):
            read(content)
    # What is not wanted is not kept, however much it is.
    assert read(f"<P><Other><Name>{large}</Name></Other><Tasks><Task><Skipped>{large}</Skipped></Task></Tasks></P>")


def test_only_what_is_wanted_is_handed_out_whole() -> None:
    first, second = read(
        "<P><Name> Bridge </Name>\n<Tasks>\n<Task><UID>1</UID><Skipped><a/></Skipped></Task></Tasks>"
        "<Other><a>1</a></Other></P>"
    )
    assert (first.name, first.text, first.line) == ("Name", "Bridge", 1)
    assert (second.name, second.line, [child.name for child in second.children]) == ("Task", 3, ["UID"])
    assert (second.at("UID"), second.at("UID", "x"), second.at("Nothing")) == ("1", "", "")


@pytest.mark.parametrize(
    ("content", "message", "line"),
    [
        (b'<?xml version="1.0"?>\n<P>\n<Name>Br\xfccke</Name></P>', "not in the encoding that it names", 3),
        (b'<?xml version="1.0" encoding="martian"?><P/>', "encoding", 1),
        (b'<?xml version="1.0" encoding="shift_jis"?><P/>', "encoding", 1),
        (b'<?xml version="1.0" encoding="UTF-16"?><P/>', "encoding", 1),
        (codecs.BOM_UTF16_LE + b"<P/>", "damaged", 1),
        (b"<P>\n<a>\n", "breaks off", 3),
        (b"<P>\n<a b='", "breaks off", 2),
        (b"<P></P>\n<Q/>", "damaged", 2),
        (b"<P>\n<a></b></P>", "damaged", 2),
        (b"<P>\n\x00</P>", "damaged", 2),
        (b"nothing of the kind", "damaged", 1),
    ],
)
def test_what_is_not_sound_is_told_with_its_line(content: bytes, message: str, line: int) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        read(content)
    assert caught.value.file == "a.xml"
    assert caught.value.expected
    assert caught.value.row == line


def test_a_row_in_another_place_is_damage_and_never_lost(tmp_path: Path) -> None:
    for text in (mspdi([task(1) + "<PredecessorLink/>"]), mspdi([], [task(1)]), mspdi([f"<Task>{task(1)}</Task>"])):
        with pytest.raises(SourceError, match="the XML is damaged"):
            tables_of(tmp_path, text, "a.xml")


@pytest.mark.parametrize("name", ["utf-7", "rot13", "idna", "zlib", "utf-32", "cp037"])
def test_encodings_of_no_use_end_in_words(name: str) -> None:
    try:
        read(f'<?xml version="1.0" encoding="{name}"?><P><Name>x</Name></P>')
    except SourceError as problem:
        assert problem.found  # noqa: PT017


@pytest.mark.parametrize(("root", "found"), [("rss", "<rss>"), ("APIBusinessObjects", "<APIBusinessObjects>")])
def test_other_xml_is_named_and_told_what_to_export(tmp_path: Path, root: str, found: str) -> None:
    with pytest.raises(SourceError) as caught:
        tables_of(tmp_path, f"\n<{root}>", "a.xml")
    assert (caught.value.row, caught.value.found) == (2, f"the root element {found}")
    assert "XER" in str(caught.value.hint)


def test_memory_stays_flat_over_a_long_document(tmp_path: Path) -> None:
    import tracemalloc

    def peak(tasks: int) -> int:
        content = mspdi([task(n, Notes="x" * 1_000) for n in range(tasks)]).encode()
        (tmp_path / "a.xml").write_bytes(content)
        with (tmp_path / "a.xml").open("rb") as file:
            tracemalloc.start()
            count = sum(1 for _ in XmlText(file, "a.xml", lambda *_: None, {("Tasks", "Task")}, set()).pieces())
            found = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert count >= tasks
        return found

    assert peak(3_000) < 1.5 * peak(1_000)
