"""Examples in the documentation: what they run, and what they say comes of it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(r"^```(console|python|text)\n(.*?)^```", re.MULTILINE | re.DOTALL)
CODE_OF_EXIT = re.compile(r"\s+# ends with (\d+)$")


@dataclass(frozen=True)
class Example:
    """A command or Python code, the output that is shown (None where none is), and its exit code."""

    language: str
    code: str
    shown: str | None
    exit_code: int = 0


def examples(text: str) -> Iterator[Example]:
    """Commands that begin with pmo and Python blocks of a page, in their order."""
    blocks = [(found[1], found[2]) for found in BLOCK.finditer(text)]
    following = [*blocks[1:], ("", "")]
    for (language, body), (after, output) in zip(blocks, following, strict=True):
        if language == "python":
            yield Example(language, body, output if after == "text" else None)
        elif language == "console":
            for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                line, _, shown = part.partition("\n")
                ends = CODE_OF_EXIT.search(line)
                command = re.sub(r"\s+# .*$", "", line)
                if command.startswith("pmo "):
                    yield Example(language, command, shown or None, int(ends[1]) if ends else 0)


def is_shown(shown: str, printed: str) -> bool:
    """Whether the output is as shown: an ellipsis stands for anything, blanks at the ends of lines for nothing."""
    wanted = "\n".join(line.rstrip() for line in shown.strip().splitlines())
    found = "\n".join(line.rstrip() for line in printed.strip().splitlines())
    return re.fullmatch(re.escape(wanted).replace("…", ".*"), found, re.DOTALL) is not None


class Reader:
    """Somebody who types a page's examples into a shell and one Python session."""

    def __init__(self, folder: Path, root: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PMO_")}
        self.environment = kept | {"PYTHONPATH": str(root), "COLUMNS": "400"}
        self.folder = folder
        self.session = ""

    def run(self, example: Example) -> tuple[int, str]:
        """Exit code and what is printed; of Python what its last block prints."""
        if example.language == "python":
            before = len(self._python(self.session)[1]) if self.session else 0
            code, printed = self._python(self.session + example.code)
            self.session += example.code
            return code, printed[before:]
        command, _, into = example.code.partition(" && cd ")
        done = self._start("-m", "pmo_analytics.cli", *shlex.split(command)[1:])
        if into:
            self.folder /= into.strip()
        return done

    def _python(self, code: str) -> tuple[int, str]:
        return self._start("-c", code)

    def _start(self, *arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=self.folder, env=self.environment, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        return done.returncode, done.stdout
