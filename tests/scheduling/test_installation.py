"""Timers put in and taken out, with programs of a test's own in the place of crontab and systemctl."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands import Command, in_new_workspace

CRONTAB = """#!/bin/sh
# A crontab in a file, as the program keeps it.
case "$1" in
  -l) if [ -f "{store}" ]; then cat "{store}"; else echo "no crontab for tester" >&2; exit 1; fi ;;
  -r) rm "{store}" ;;
  -) cat > "{store}" ;;
  *) echo "usage" >&2; exit 2 ;;
esac
"""
SYSTEMCTL = '#!/bin/sh\necho "$@" >> "{store}"\n'
MINE = b"MAILTO=me\n# caf\xe9 in another encoding\n*/5 * * * * x \\% y\n"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the fake crontab keeps its lines."""
    return program(tmp_path, "crontab", CRONTAB, monkeypatch)


def program(folder: Path, name: str, text: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a program first on the PATH; return the file that it writes."""
    path = folder / "bin" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text.format(store=folder / f"{name}.store"))
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{path.parent}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
    return folder / f"{name}.store"


@pytest.fixture
def pmo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return in_new_workspace(tmp_path, monkeypatch, capsys)


def test_a_crontab_is_as_it_was_when_timers_are_in_and_out_again(pmo: Command, store: Path) -> None:
    store.write_bytes(MINE)
    done = pmo("schedule", "install", "--kind", "cron")
    assert done.out.splitlines() == [f"{name}: cron, installed" for name in ("monthly", "quarterly", "weekly")]
    installed = store.read_bytes()
    assert installed.startswith(MINE)
    assert installed.count(b"schedule run") == 3
    assert "installed already" in pmo("schedule", "install", "weekly", "--kind", "cron").out
    assert store.read_bytes() == installed
    assert pmo("schedule", "remove", "weekly").out == "weekly: cron, removed\n"
    assert store.read_bytes().count(b"schedule run") == 2
    assert json.loads(pmo("schedule", "show", "monthly", "--json").out)[0]["timers"] == ["cron"]
    pmo("schedule", "remove")
    assert store.read_bytes() == MINE
    assert pmo("schedule", "remove").out == "no timer was installed\n"


def test_where_there_was_no_crontab_there_is_none_afterwards(pmo: Command, store: Path) -> None:
    assert pmo("schedule", "install", "weekly", "--kind", "cron").code == 0
    assert store.exists()
    pmo("schedule", "remove", "weekly")
    assert not store.exists()


def test_another_time_takes_the_place_of_the_one_before(pmo: Command, store: Path) -> None:
    pmo("schedule", "install", "monthly", "--kind", "cron")
    Path("pipelines").mkdir()
    Path("pipelines/monthly.toml").write_text('schedule = "day 7 at 05:00"\n')
    assert "installed\n" in pmo("schedule", "install", "monthly", "--kind", "cron").out
    calls = [line for line in store.read_text().splitlines() if "schedule run" in line]
    assert len(calls) == 1
    assert " 7 * * " in calls[0]


def test_printed_it_is_not_installed(pmo: Command, store: Path) -> None:
    printed = pmo("schedule", "install", "monthly", "--kind", "cron", "--print").out
    assert "schedule run monthly --quiet" in printed
    assert not store.exists()
    units = json.loads(pmo("schedule", "install", "monthly", "--kind", "systemd", "--print", "--json").out)
    assert sorted(name.rpartition(".")[2] for name in units[0]["texts"]) == ["service", "timer"]


def test_units_of_a_user_are_put_in_and_taken_out(
    pmo: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = program(tmp_path, "systemctl", SYSTEMCTL, monkeypatch)
    folder = tmp_path / "config" / "systemd" / "user"
    folder.mkdir(parents=True)
    (folder / "other.timer").write_text("mine")
    pmo("schedule", "install", "weekly", "--kind", "systemd")
    names = {path.suffix for path in folder.iterdir() if path.name.startswith("pmo-w-")}
    assert names == {".service", ".timer"}
    assert any(line.startswith("--user enable --now pmo-w-") for line in calls.read_text().splitlines())
    assert "installed already" in pmo("schedule", "install", "weekly", "--kind", "systemd").out
    assert pmo("schedule", "remove", "weekly", "--kind", "systemd").out == "weekly: systemd, removed\n"
    assert [path.name for path in folder.iterdir()] == ["other.timer"]
    assert "--user disable --now pmo-w-" in calls.read_text()


@pytest.mark.parametrize(
    ("text", "message"),
    [("exit 1", "crontab -l failed"), ("[ $1 = -l ] && exit 0; echo full >&2; exit 1", "crontab - failed")],
)
def test_what_the_program_refuses_is_told(
    pmo: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    program(tmp_path, "crontab", f"#!/bin/sh\n{text}\n", monkeypatch)
    done = pmo("schedule", "install", "weekly", "--kind", "cron")
    assert done.code == 1
    assert message in done.err


def test_a_machine_without_the_program_is_told(pmo: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = pmo("schedule", "install", "weekly", "--kind", "cron")
    assert (done.code, "no program 'crontab'" in done.err) == (2, True)
    assert pmo("schedule", "show").code == 0


def test_what_is_wrong_is_told(pmo: Command, store: Path) -> None:
    wrong: list[tuple[Callable[[], object], str]] = [
        (lambda: pmo("schedule", "install", "--kind", "at").err, "cron or systemd"),
        (lambda: pmo("schedule", "install", "weakly").err, "did you mean 'weekly'"),
        (lambda: pmo("schedule", "run", "weakly").err, "did you mean 'weekly'"),
    ]
    for command, message in wrong:
        assert message in str(command())
    Path("pipelines").mkdir()
    Path("pipelines/own.toml").write_text('title = "Own"\n')
    assert "states no time" in pmo("schedule", "install", "own", "--kind", "cron").err
    assert not store.exists()
