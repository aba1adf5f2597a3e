"""The panel answers as the page does, each time a slider is left, and shows what it is given as text."""

from __future__ import annotations

import importlib.util
import re
import sys
from html import unescape
from pathlib import Path

import pytest

from pmo_analytics.errors import UsageError
from pmo_analytics.reporting.selection_panel import WhatIf, portfolio_inputs, portfolio_what_if, what_if_html
from pmo_analytics.warehouse import Warehouse
from tests.exports import Desk

DAY = "2026-06-30"
needs_widgets = pytest.mark.skipif(not importlib.util.find_spec("ipywidgets"), reason="ipywidgets is not installed")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("what-if"))
    desk.register(
        "proposal", "proposal_id,name,cost_amount,value_amount,currency,duration_months,status_date",
        ["A", "<img src=x>", 6000, 10000, "EUR", 1, DAY], ["B", "Bollards", 4000, 7000, "EUR", 1, DAY],
        ["C", "Cranes", 4000, 6000, "EUR", 1, DAY],
    )  # fmt: skip
    desk.register(
        "criterion", "criterion_id,name,weight,direction,status_date",
        ["gain", "Gain", 3, "benefit", DAY], ["risk", "Risk", 1, "cost", DAY],
    )  # fmt: skip
    scores = {"A": (9, 9), "B": (5, 1), "C": (1, 2)}
    desk.register(
        "criterion_score", "subject_id,criterion_id,assessor_id,score,status_date",
        *[[name, each, "E1", score, DAY] for name, pair in scores.items()
          for each, score in zip(("gain", "risk"), pair, strict=True)],
    )  # fmt: skip
    folder = desk.workspace.root / "selection"
    folder.mkdir()
    (folder / "board.toml").write_text('name = "tight"\n[budget]\n2026 = 8000\n', encoding="utf-8")
    return desk


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL)).split())


def test_a_budget_and_a_weight_move_the_choice_and_the_places(desk: Desk) -> None:
    with Warehouse(desk.workspace).at(DAY) as view:
        given = portfolio_inputs(view)
    stated = what_if_html(WhatIf({}, {"2026": 8000.0}), given)
    assert words(stated).startswith("2 of 3 chosen, worth 13,000.00, for EUR 8 k.")
    assert "<img src" not in stated
    assert "now" not in words(stated).split()
    richer = words(what_if_html(WhatIf({}, {"2026": 10_000.0}), given))
    assert richer.startswith("2 of 3 chosen, worth 17,000.00")
    assert "now in" in richer
    assert "now out" in richer
    # Where risk alone counts, A falls from the first place to the last.
    careful = words(what_if_html(WhatIf({"gain": 0.0, "risk": 1.0}, {"2026": 8000.0}), given))
    assert "<img src=x> A 3 from 1 out" in careful


def test_what_cannot_be_is_told_in_place(desk: Desk) -> None:
    with Warehouse(desk.workspace).at(DAY) as view:
        given = portfolio_inputs(view)
    assert 'role="alert"' in what_if_html(WhatIf({"gain": 0.0, "risk": 0.0}, {}), given)


@needs_widgets
def test_each_slider_that_is_left_gives_another_answer(desk: Desk) -> None:
    with Warehouse(desk.workspace).at(DAY) as view:
        panel = portfolio_what_if(view)
    gain, risk, *budgets, order, answer = panel.children
    assert (gain.value, risk.value, budgets[0].value) == (3, 1, 8000)
    before = answer.value
    budgets[0].value = 14_000
    assert answer.value != before
    assert "3 of 3 chosen" in words(answer.value)
    order.value = True
    assert "chosen" in words(answer.value)


def test_without_widgets_or_proposals_it_says_what_to_do(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    with Warehouse(desk.workspace).at(DAY) as view, pytest.raises(UsageError, match="ipywidgets is not installed"):
        portfolio_what_if(view)
    bare = Desk(tmp_path)
    bare.register("project", "project_id,name,status_date", ["P", "P", DAY])
    with Warehouse(bare.workspace).at(DAY) as view, pytest.raises(UsageError, match="nothing is proposed"):
        portfolio_inputs(view)
