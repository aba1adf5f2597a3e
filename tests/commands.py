"""Commands run as a person runs them, within this process."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pmo_analytics.cli import main


@dataclass(frozen=True)
class Outcome:
    """What a command printed and its exit code."""

    code: int
    out: str
    err: str


Command = Callable[..., Outcome]


def in_new_workspace(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """What runs a command in a fresh workspace `w` of `folder`, which becomes the current folder."""
    # Set first, so that what a command sets is taken back as well.
    monkeypatch.setenv("PMO_WORKSPACE", "")
    monkeypatch.delenv("PMO_WORKSPACE")
    monkeypatch.chdir(folder)

    def run(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["pmo", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        printed = capsys.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return Outcome(int(stopped.value.code or 0), printed.out, printed.err)

    assert run("init", "w").code == 0
    monkeypatch.chdir(folder / "w")
    return run
