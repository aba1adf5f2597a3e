"""How examples are taken from a page and held to what is printed."""

from __future__ import annotations

from tests.documents import Example, examples, is_shown


def test_commands_and_python_are_taken_with_what_they_print() -> None:
    page = (
        "```console\n$ pmo a   # ends with 3\nout\n$ make x\n$ pmo b\n```\n\n```python\np()\n```\n\n```text\n1\n```\n"
    )
    assert list(examples(page)) == [
        Example("console", "pmo a", "out\n", 3),
        Example("console", "pmo b", None),
        Example("python", "p()\n", "1\n"),
    ]


def test_an_ellipsis_stands_for_anything_and_nothing_else_does() -> None:
    assert is_shown("a …\nb\n…", "a long  \nb\nc\nd\n")
    assert not is_shown("a\nb", "a\nb\nc")
    assert not is_shown("a.c", "abc")
