"""Every template, in every format, filled by chance, comes back equal; saved once by LibreOffice, it still does."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmo_analytics.contracts import registers
from pmo_analytics.contracts.templates import templates
from pmo_analytics.exchange.template import headers
from tests.libreoffice import PROGRAM, saved_by_libreoffice
from tests.templates import differences, filled, in_one_sign

pytestmark = pytest.mark.slow

# Loading the sheet of merged persons would make one person of all.
EVERY = [(t.name, form) for t in templates().values() for form in t.formats if t.name != "person_merge"]
COMPOSED = [(name, form) for name, form in EVERY if templates()[name].kind != "register"]
# One file at a time is opened: CSV of several registers is a folder of such.
SAVED = [
    (name, form)
    for name, form in COMPOSED
    if form in {"xlsx", "docx"} or (form == "csv" and len(templates()[name].registers) == 1)
]
SAVED += [(name, form) for name, form in EVERY if name in {"risk", "issue", "timesheet_entry", "stage_gate", "skill"}]


def tries(name: str) -> int:
    """Examples of a template; each loads all of its registers."""
    return 12 if len(templates()[name].registers) == 1 else 6


@pytest.mark.parametrize(("name", "form"), EVERY)
def test_a_filled_template_comes_back_as_it_was(name: str, form: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    @settings(max_examples=tries(name), database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def check(data: st.DataObject) -> None:
        told = data.draw(filled(templates()[name], form, is_long=True))
        assert differences(tmp_path_factory.mktemp("t"), templates()[name], form, told) == []

    check()


@pytest.mark.skipif(PROGRAM is None, reason="LibreOffice is not installed, so no file is saved by it")
@pytest.mark.parametrize(("name", "form"), SAVED)
def test_a_filled_template_that_libreoffice_saved_comes_back_as_it_was(
    name: str, form: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    profile = tmp_path_factory.mktemp("profile")
    # A cell of CSV is what its column is opened as; as text, nothing in it becomes a date or loses its zeros.
    columns = len(headers(registers()[templates()[name].registers[0]])) if form == "csv" else 0

    def saved(path: Path) -> Path:
        return saved_by_libreoffice(path, profile, columns=columns)

    @settings(max_examples=5, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def check(data: st.DataObject) -> None:
        told = in_one_sign(data.draw(filled(templates()[name], form, is_long=True)))
        assert differences(tmp_path_factory.mktemp("t"), templates()[name], form, told, saved) == []

    check()
