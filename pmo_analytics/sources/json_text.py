"""A JSON text of any size, read value by value in flat memory.

Python's own decoder reads each value from a text that is filled up as needed:
one pass meets the members of the outermost object in whatever order they
stand, and what is no sound JSON is told with its byte.
"""

from __future__ import annotations

import codecs
import hashlib
import json
import re
from collections.abc import Collection, Iterator
from typing import Any, BinaryIO

from pmo_analytics.errors import SourceError

_CHUNK = 1 << 20
# An issue with its whole history has a few megabytes at most.
_MOST = 64 << 20
# What the decoder finds wrong so close to the end of the text may be right in a longer one.
_NEAR = 16
_BLANKS = re.compile(r"[ \t\r\n]*")
_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*(?:\"|\})|\[\s*[\{\]])")


class _UnsoundError(ValueError):
    """What a decoder would let pass: a member told twice, a number that is none."""


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise _UnsoundError(f"the member {next(n for n in names if names.count(n) > 1)[:100]!r} twice in one object")
    return found


def _no_number(text: str) -> Any:
    raise _UnsoundError(f"{text}, which is no number")


# Numbers stay as they are written.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_members, parse_float=str, parse_int=str, parse_constant=_no_number, strict=True
)


def is_json(name: str, start: bytes) -> bool:
    """Whether a file of this name that starts so is JSON."""
    return name.lower().endswith(".json") or _BEGINS.match(start) is not None


class JsonText:
    """The JSON in a binary file, which errors call `name`.

    Once it is read to the end, `sha256` and `size` are those of the file, and
    `empty_lists` names the listed members without an element.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.name = name
        self.size = 0
        self.empty_lists: set[str] = set()
        self._file = file
        self._digest = hashlib.sha256()
        self._utf8 = codecs.getincrementaldecoder("utf-8")()
        self._text = ""
        self._at = 0
        self._is_whole = False

    @property
    def sha256(self) -> str:
        """Digest of the bytes read."""
        return self._digest.hexdigest()

    def pieces(self, listed: Collection[str]) -> Iterator[tuple[str, Any]]:
        """The members of the outermost object, name and value; elements of an outermost list are named "".

        Of a member in `listed` that is a list, every element comes by itself.
        Numbers come as text. Raises SourceError for what is not sound JSON.
        """
        sign = self._next()
        if sign == "[":
            yield from self._elements("")
        elif sign == "{":
            yield from self._pieces(listed)
        else:
            raise self.wrong("the file is not JSON", self._at, "an object or a list")
        if self._next():
            raise self.wrong("something stands behind the end of the JSON", self._at, "one object or list")

    def _pieces(self, listed: Collection[str]) -> Iterator[tuple[str, Any]]:
        seen = set()
        self._at += 1
        if self._next() == "}":
            self._at += 1
            return
        while True:
            if self._next() != '"':
                raise self.wrong("the JSON is damaged", self._at, "the name of a member")
            name = self._value()
            if name in seen:
                raise self.wrong("the JSON is ambiguous", self._at, f"the member {name[:100]!r} once")
            seen.add(name)
            self._expect(":")
            if name in listed and self._next() == "[":
                yield from self._elements(name)
            else:
                yield name, self._value()
            if self._expect(",}") == "}":
                return

    def _elements(self, name: str) -> Iterator[tuple[str, Any]]:
        self._at += 1
        if self._next() == "]":
            self._at += 1
            self.empty_lists.add(name)
            return
        while True:
            yield name, self._value()
            if self._expect(",]") == "]":
                return

    def _expect(self, signs: str) -> str:
        found = self._next()
        if not found or found not in signs:
            raise self.wrong("the JSON is damaged", self._at, " or ".join(signs))
        self._at += 1
        return found

    def _next(self) -> str:
        """The next sign that is no blank, without going beyond it; empty at the end."""
        while True:
            blanks = _BLANKS.match(self._text, self._at)
            self._at = blanks.end() if blanks else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._fill():
                return ""

    def _value(self) -> Any:
        self._next()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as problem:
                is_open = problem.msg.startswith("Unterminated") or problem.pos >= len(self._text) - _NEAR
                if is_open and self._fill():
                    continue
                raise self.wrong("the JSON is damaged", problem.pos, problem.msg) from None
            except _UnsoundError as problem:
                raise self.wrong("the JSON is ambiguous", self._at, f"sound JSON, not {problem}") from None
            except RecursionError:
                raise self.wrong(
                    "the JSON is nested too deep", self._at, "an export of Jira's REST interface"
                ) from None
            # A number may go on behind the end of the text.
            if end < len(self._text) or not self._fill():
                self._at = end
                return value

    def _fill(self) -> bool:
        """Read on; False at the end of the file."""
        rest = self._text[self._at :]
        if self._is_whole:
            return False
        if len(rest) > _MOST:
            raise self.wrong("a single value is larger than any of Jira's", self._at, f"at most {_MOST:,} characters")
        chunk = self._file.read(max(_CHUNK, len(rest)))
        if not self.size:
            chunk, mark = chunk.removeprefix(codecs.BOM_UTF8), chunk[:3]
            self._count(mark if mark == codecs.BOM_UTF8 else b"")
        pending = len(self._utf8.getstate()[0])
        try:
            text = self._utf8.decode(chunk, final=not chunk)
        except UnicodeDecodeError as problem:
            raise SourceError(
                "the JSON is not UTF-8 text", file=self.name,
                found=f"{problem.object[problem.start : problem.start + 4]!r} "
                f"at byte {self.size - pending + problem.start:,}",
                expected="UTF-8, as Jira answers", hint="save the answer as it came",
            ) from None  # fmt: skip
        if not chunk:
            self._is_whole = True
            return False
        self._count(chunk)
        self._text, self._at = rest + text, 0
        return True

    def _count(self, chunk: bytes) -> None:
        self._digest.update(chunk)
        self.size += len(chunk)

    def wrong(self, message: str, place: int, expected: str) -> SourceError:
        """What is wrong at a place of the text, with its byte in the file."""
        behind = len(self._text[place:].encode("utf-8", "surrogatepass")) + len(self._utf8.getstate()[0])
        shown = self._text[place : place + 40]
        at = f"{shown!r}" if shown else "the end of the file"
        return SourceError(
            message, file=self.name, found=f"{at} at byte {self.size - behind:,}", expected=expected,
            hint="export it again; the file was cut off or altered",
        )  # fmt: skip
