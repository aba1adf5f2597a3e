"""Two packs held against each other: what moved, what is told differently, which pages came and went."""

from __future__ import annotations

from datetime import date

from pmo_analytics.reporting.key_figures import KeyFigure
from pmo_analytics.reporting.pack import FAILED, Pack, PackPage
from pmo_analytics.reporting.pack_changes import pack_changes
from pmo_analytics.reporting.pack_facts import read_facts, told_figure
from tests.pages import cost_figure


def page(name: str, *figures: KeyFigure, state: str = "published") -> PackPage:
    facts = read_facts({"key_figures": [told_figure(figure) for figure in figures], "projects": []})
    return PackPage(name, name.capitalize(), state, f"{name}.html", {}, "", "", "", facts)


def pack(day: str, *pages: PackPage) -> Pack:
    return Pack("Weekly", date.fromisoformat(day), 1, list(pages))


def test_a_figure_moved_and_the_month_before_is_told_differently() -> None:
    before = pack("2026-02-28", page("costs", cost_figure(1e6, 2e6, until="2026-02-28")))
    now = pack("2026-03-31", page("costs", cost_figure(1e6, 2_000_400.0, 3e6)))
    changes = pack_changes(before, now)
    ((moved,), (restated,)) = changes.moved, changes.restated
    assert (moved.label, moved.before, moved.now) == ("Cost", "EUR 2,000,000", "EUR 3,000,000")
    assert (restated.month, restated.before, restated.now) == (
        "2026-02-01", "EUR\u00a02,000,000", "EUR\u00a02,000,400",
    )  # fmt: skip


def test_what_is_the_same_to_the_unit_is_not_told() -> None:
    before = pack("2026-02-28", page("costs", cost_figure(1e6, 2e6, until="2026-02-28")))
    now = pack("2026-03-31", page("costs", cost_figure(1e6, 2e6 + 1e-6, 2e6)))
    assert not pack_changes(before, now).are_any


def test_a_month_that_is_told_no_more_and_one_that_never_had_a_month_are_not_compared() -> None:
    before = pack(
        "2024-02-29",
        page("costs", cost_figure(1e6, 2e6, until="2024-02-29"), KeyFigure("N", "1", "", history=[1.0, 2.0])),
    )
    now = pack("2026-03-31", page("costs", cost_figure(3e6, 2e6), KeyFigure("N", "1", "", history=[1.0, 3.0])))
    assert not pack_changes(before, now).restated


def test_figures_and_pages_that_come_go_and_fail() -> None:
    old = KeyFigure("Old", "1", "")
    before = pack("2026-02-28", page("costs", old), page("gone"), page("broken", old), page("mended", state=FAILED))
    now = pack("2026-03-31", page("costs"), page("new", old), page("broken", state=FAILED), page("mended", old))
    changes = pack_changes(before, now)
    assert [(move.page.name, move.before, move.now) for move in changes.moved] == [("costs", "1", "–")]
    assert [found.name for found in (*changes.new, *changes.gone, *changes.failed)] == ["new", "gone", "broken"]
