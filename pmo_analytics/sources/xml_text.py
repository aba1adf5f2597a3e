"""An XML document of any size, read in flat memory, element by element.

A document that declares a type or entities is refused before anything of it is
expanded or fetched; so is one that is nested or grows beyond what exports do.
What is no sound XML is told with its line.
"""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from xml.parsers import expat

from pmo_analytics.errors import SourceError

_CHUNK = 1 << 18
_DEEPEST = 64
# A task with all its baselines has some hundred kilobytes.
_MOST = 16 << 20
_ELEMENT_WEIGHT = 100
_CUT = {expat.errors.XML_ERROR_NO_ELEMENTS, expat.errors.XML_ERROR_UNCLOSED_TOKEN, expat.errors.XML_ERROR_PARTIAL_CHAR}
_NOT_IN_ITS_ENCODING = {expat.errors.XML_ERROR_INCORRECT_ENCODING, expat.errors.XML_ERROR_UNKNOWN_ENCODING}
_AGAIN = "export it again; the file was cut off or altered"


@dataclass
class Element:
    """An element: its name without the namespace, the line it begins on, its text, what stands in it."""

    name: str
    line: int
    texts: list[str] = field(default_factory=list)
    children: list[Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its own text, without blanks around it."""
        return "".join(self.texts).strip()

    def all(self, name: str) -> Iterator[Element]:
        """The children of this name."""
        return (child for child in self.children if child.name == name)

    def at(self, *path: str) -> str:
        """The text of the first descendant on a path of names, empty where there is none."""
        found: Element | None = self
        for name in path:
            found = next(found.all(name), None) if found else None
        return found.text if found else ""


def is_xml(name: str, start: bytes) -> bool:
    """Whether a file of this name that starts so is XML."""
    begins = start.removeprefix(codecs.BOM_UTF8).lstrip()
    wide = ("<?xml".encode(encoding) for encoding in ("utf-16-le", "utf-16-be"))
    return (
        name.lower().endswith(".xml") or begins.startswith(b"<?xml") or any(start[2:].startswith(sign) for sign in wide)
    )


class XmlText:
    """The XML in a binary file, which errors call `name`.

    `check_root` is given the namespace, the name and the line of the root, and
    raises where it is not wanted. Elements that are `rows` stand on these paths
    alone: elsewhere they would be lost. Once the file is read to the end,
    `sha256` and `size` are its own.
    """

    def __init__(
        self,
        file: BinaryIO,
        name: str,
        check_root: Callable[[str, str, int], None],
        wanted: Collection[tuple[str, ...]],
        skipped: Collection[str],
        *,
        rows: Collection[tuple[str, ...]] = (),
    ) -> None:
        self.name = name
        self.size = 0
        self._file = file
        self._digest = hashlib.sha256()
        self._check_root = check_root
        self._wanted = frozenset(wanted)
        self._skipped = frozenset(skipped)
        self._places = {path[-1]: path for path in rows}
        self._path: list[str] = []
        self._open: list[Element] = []
        self._leaf: Element | None = None
        self._hidden = 0
        self._weight = 0
        self._done: list[Element] = []
        self._parser: Any = self._new_parser()

    @property
    def sha256(self) -> str:
        """Digest of the bytes read."""
        return self._digest.hexdigest()

    def pieces(self) -> Iterator[Element]:
        """The elements on `wanted` paths below the root, whole but for those of `skipped` names, and the root's leaves.

        Raises SourceError for what is not sound XML, and what is not safe to read.
        """
        while True:
            chunk = self._file.read(_CHUNK)
            self._digest.update(chunk)
            try:
                self._parser.Parse(chunk, not chunk)
            except expat.ExpatError as problem:
                raise self._damaged(problem, chunk) from None
            except (LookupError, ValueError) as problem:
                raise self._wrong("the XML names an encoding that is not known", str(problem)) from None
            self.size += len(chunk)
            if self.size - max(self._parser.CurrentByteIndex, 0) > _MOST:
                raise self._too_large()
            yield from self._done
            self._done.clear()
            if not chunk:
                return

    def _new_parser(self) -> Any:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.ExternalEntityRefHandler = self._refuse
        return parser

    def _refuse(self, *_: Any) -> int:
        raise self._wrong(
            "the XML declares a document type or entities, which no schedule needs",
            "a DOCTYPE", hint="do not trust this file; export the schedule from its program",
        )  # fmt: skip

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        line = self._parser.CurrentLineNumber
        if not self._path:
            self._check_root(space, local, line)
        self._path.append(local)
        if len(self._path) > _DEEPEST:
            raise self._wrong("the XML is nested too deep", f"{local[:40]!r} as level {_DEEPEST + 1}")
        place = self._places.get(local)
        if place and tuple(self._path[1:]) != place:
            raise self._wrong("the XML is damaged", f"<{local}> within <{'/'.join(self._path[:-1])[:80]}>")
        if self._hidden or (self._open and local in self._skipped):
            self._hidden += 1
            return
        if self._open:
            self._weigh(_ELEMENT_WEIGHT + len(local))
            element = Element(local, line)
            self._open[-1].children.append(element)
            self._open.append(element)
        elif tuple(self._path[1:]) in self._wanted:
            self._weight = 0
            self._open.append(Element(local, line))
        self._leaf = Element(local, line) if len(self._path) == 2 and not self._open else None

    def _end(self, _: str) -> None:
        self._path.pop()
        if self._hidden:
            self._hidden -= 1
        elif self._open:
            element = self._open.pop()
            if not self._open:
                self._done.append(element)
        elif self._leaf:
            self._done.append(self._leaf)
            self._weight = 0
        self._leaf = None

    def _data(self, text: str) -> None:
        within = self._open[-1] if self._open else self._leaf
        if within and not self._hidden:
            self._weigh(len(text))
            within.texts.append(text)

    def _weigh(self, weight: int) -> None:
        self._weight += weight
        if self._weight > _MOST:
            raise self._too_large()

    def _too_large(self) -> SourceError:
        return self._wrong("a single element is larger than any of a schedule", f"over {_MOST:,} bytes")

    def _damaged(self, problem: expat.ExpatError, chunk: bytes) -> SourceError:
        line, told = problem.lineno, expat.ErrorString(problem.code)
        at = self._parser.ErrorByteIndex - self.size
        sign = chunk[at : at + 1] if 0 <= at < len(chunk) else b""
        place = f"column {problem.offset + 1}"
        if told in _NOT_IN_ITS_ENCODING or (told == expat.errors.XML_ERROR_INVALID_TOKEN and sign >= b"\x80"):
            return SourceError(
                "the XML is not in the encoding that it names", file=self.name, row=line, found=f"{sign!r} at {place}",
                expected="UTF-8, or what its first line names", hint="export it again, and do not save it in an editor",
            )  # fmt: skip
        if not chunk or told in _CUT:
            return SourceError(
                "the XML breaks off", file=self.name, row=line,
                found=f"the end of the file within <{self._path[-1][:40]}>" if self._path else "no element",
                expected="every element closed", hint=_AGAIN,
            )  # fmt: skip
        return SourceError(
            "the XML is damaged", file=self.name, row=line, found=f"{told} at {place}", expected="sound XML",
            hint=_AGAIN,
        )  # fmt: skip

    def _wrong(self, message: str, found: str, hint: str = _AGAIN) -> SourceError:
        return SourceError(
            message, file=self.name, row=self._parser.CurrentLineNumber, found=found,
            expected="an export of a schedule as its program writes it", hint=hint,
        )  # fmt: skip
