"""The panel answers as scenarios do, each time a field is left, and shows what it is given as text."""

from __future__ import annotations

import importlib.util
import re
import sys
from datetime import date
from html import unescape
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from pmo_analytics.errors import UsageError
from pmo_analytics.reporting.capacity_panel import WhatIf, capacity_what_if, what_if_html
from pmo_analytics.resources.capacity_draws import CapacityInputs
from tests.resources.test_capacity import TODAY, factors, ratios
from tests.resources.test_capacity_actions import calendar, plans, register
from tests.resources.test_capacity_supply import skills

JULY, OCTOBER = pd.Timestamp("2026-07-01"), pd.Timestamp("2026-10-01")
HOSTILE = "<img src=x>"
needs_widgets = pytest.mark.skipif(not importlib.util.find_spec("ipywidgets"), reason="ipywidgets is not installed")


def frames(skill: str = "java") -> dict[str, pd.DataFrame]:
    return {
        "planned_demand": plans({"2026-07-01": 100, "2026-10-01": 160}, skill=skill),
        "planned_calendar_by_person_month": calendar("ann"), "person_skill": skills(("ann", skill, 4)),
        "delivery_factor": factors(0.8), "project_effort_ratio": ratios(*[1.0] * 9), "skill": register(java="software"),
    }  # fmt: skip


def view(given: dict[str, pd.DataFrame]) -> Any:
    """What the panel needs of a view."""
    return SimpleNamespace(
        as_of=date(2026, 6, 30), workspace=SimpleNamespace(run_categories=[]), table=given.__getitem__,
        run=lambda analysis, **_: given[analysis.__name__],
    )  # fmt: skip


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL)).split())


def test_chances_stand_beside_each_other_by_month() -> None:
    given = frames()
    inputs = CapacityInputs(**given)
    planned = words(what_if_html(WhatIf("java", 0, 4, JULY), inputs, TODAY, months=4))
    assert planned.startswith("java: plans as they are")
    # 80 of the hours are there; without a change now is as planned.
    assert "Jul 2026 100 % 100 % 20 h 0 h" in planned
    hired = words(what_if_html(WhatIf("java", 1, 4, OCTOBER), inputs, TODAY, months=4))
    assert "Jul 2026 100 % 100 % 20 h 0 h" in hired
    assert "Oct 2026 100 % 0 % 0 h −80 h" in hired
    unlikely = words(what_if_html(WhatIf("java", 0, 4, JULY, "P", 0.0), inputs, TODAY, months=4))
    assert "P comes about with 0%" in unlikely
    assert "Jul 2026 100 % 0 % 0 h −20 h" in unlikely


def test_hostile_names_stay_text_and_a_refusal_is_told_in_place() -> None:
    inputs = CapacityInputs(**frames(HOSTILE))
    html = what_if_html(WhatIf(HOSTILE, 1, 4, JULY), inputs, TODAY, months=2)
    assert "&lt;img src=x&gt;" in html
    assert "<img" not in html
    assert "no skill" in what_if_html(WhatIf("nothing", 1, 4, JULY), inputs, TODAY, months=2)


@needs_widgets
def test_each_field_that_is_left_gives_another_answer() -> None:
    skill, hires, _, since, project, chance, answer = capacity_what_if(view(frames())).children
    assert (skill.options, project.options) == (("java",), (("none", None), ("P", "P")))
    assert "Jul 2026 100 % 0 %" in words(answer.value)
    since.value = OCTOBER
    assert "Jul 2026 100 % 100 %" in words(answer.value)
    hires.value, project.value, chance.value = 0, "P", 0
    assert "Oct 2026 100 % 0 %" in words(answer.value)


@needs_widgets
def test_where_nothing_is_asked_for_it_says_what_to_load() -> None:
    given = {name: frame.iloc[0:0] if name != "delivery_factor" else frame for name, frame in frames().items()}
    with pytest.raises(UsageError, match="load the registers demand"):
        capacity_what_if(view(given))


def test_without_ipywidgets_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    with pytest.raises(UsageError, match="not installed"):
        capacity_what_if(view(frames()))
