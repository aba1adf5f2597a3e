"""What a timer calls: absolute paths, an environment of its own, no path that a line cannot hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmo_analytics.errors import UsageError
from tests.scheduling.timer_calls import call_in


def test_it_names_all_it_needs(tmp_path: Path) -> None:
    call = call_in(tmp_path, "w", LC_ALL="de_DE.UTF-8", PMO_CHROMIUM="/opt/chrome", SECRET="x", PYTHONPATH="/a:/b")
    python = f"{tmp_path}/w/bin/python"
    assert call.arguments == (
        "/usr/bin/env", f"PATH={tmp_path}/w/bin:/usr/local/bin:/usr/bin:/bin", "LC_ALL=de_DE.UTF-8",
        "PMO_CHROMIUM=/opt/chrome", "PYTHONPATH=/a:/b", python, "-m", "pmo_analytics.cli", "--workspace",
        f"{tmp_path}/w", "schedule", "run", "weekly", "--quiet",
    )  # fmt: skip


def test_a_locale_without_unicode_is_not_taken_along(tmp_path: Path) -> None:
    for given in ({}, {"LC_ALL": "POSIX"}, {"LANG": "de_DE.ISO-8859-1"}):
        assert "LC_ALL=C.UTF-8" in call_in(tmp_path, "w", **given).arguments
    assert "LC_ALL=hr_HR.utf8" in call_in(tmp_path, "w", LANG="hr_HR.utf8").arguments


def test_workspaces_of_one_name_have_calls_of_different_names(tmp_path: Path) -> None:
    names = {call_in(tmp_path / each, "data").name for each in "ab"}
    assert len(names) == 2
    assert all(name.startswith("pmo-data-") and name.endswith("-weekly") for name in names)


@pytest.mark.parametrize("place", ["two\nlines", "a\rb", "tab\tbed", "\x1b[31m"])
def test_a_control_character_is_refused(tmp_path: Path, place: str) -> None:
    with pytest.raises(UsageError, match="control character"):
        call_in(tmp_path, place)
