"""What a page tells its pack is read back as it was, and nothing else is taken for it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pmo_analytics.errors import ReportError
from pmo_analytics.reporting import blocks
from pmo_analytics.reporting.key_figures import KeyFigure
from pmo_analytics.reporting.pack_facts import facts_of, read_facts, told_figure
from pmo_analytics.reporting.references import Shown
from tests.pages import HOSTILE, cost_figure

GOOD = told_figure(cost_figure(1e6, 2e6))


def test_figures_come_back_from_the_page_whatever_is_in_them() -> None:
    figure = KeyFigure(HOSTILE, HOSTILE, "note", exact=float("nan"), unit=HOSTILE, history=[1.0, float("nan"), 2.0])
    (fact,) = facts_of(blocks.key_figures(figure).html).key_figures
    assert (fact.label, fact.shown, fact.unit, fact.exact) == (HOSTILE, HOSTILE, HOSTILE, None)
    assert [value for _, value in fact.history] == [1.0, None, 2.0]


def test_a_value_of_the_history_is_written_with_what_rounding_hides() -> None:
    def text(form: Shown, value: float) -> str:
        figure = KeyFigure("", "", "", unit="EUR", form=form)
        return read_facts({"key_figures": [told_figure(figure)], "projects": []}).key_figures[0].text(value)

    assert text(Shown("money", ("EUR",)), 1_234_567.8) == "EUR\u00a01,234,568"
    assert text(Shown("number", (2,)), 0.9428) == "0.943"
    assert text(Shown("number"), 5.0) == "5"
    assert text(Shown("percent"), 0.9565) == "95.7\u00a0%"


@pytest.mark.parametrize(
    "wrong",
    [
        {"form": "text"}, {"form": "__class__"}, {"decimals": 1_000_000_000}, {"decimals": -1}, {"exact": "1"},
        {"exact": True}, {"history": [["2026-01-01"]]}, {"history": [["2026-01-01", "x"]]}, {"history": 3},
    ],
)  # fmt: skip
def test_what_is_no_figure_is_refused(wrong: dict[str, Any]) -> None:
    assert read_facts({"key_figures": [GOOD], "projects": []})
    with pytest.raises(ReportError, match="cannot be read"):
        read_facts({"key_figures": [GOOD | wrong], "projects": []})


@pytest.mark.parametrize("text", ["{", "[]", "3", '{"key_figures": 3}', '{"projects": [{"name": "x"}]}', "NaN"])
def test_a_block_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ReportError, match="cannot be read"):
        facts_of(f'<script type="application/json" class="pack">{text}</script>')


def test_a_page_without_blocks_tells_nothing() -> None:
    assert facts_of("<p>x</p>").plain() == {"key_figures": [], "projects": []}
    assert json.dumps(facts_of(blocks.key_figures().html).plain()) == '{"key_figures": [], "projects": []}'
