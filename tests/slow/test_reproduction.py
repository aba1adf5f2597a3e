"""A published page made again after its figures were restated, and one whose figure is another."""

from __future__ import annotations

from pmo_analytics.reporting.pipeline import run_report
from pmo_analytics.reporting.reproduction import Difference, figures, reproduce
from tests.exports import Desk, toggl_row


def test_a_page_is_the_same_after_later_loads_and_a_changed_figure_is_named(desk: Desk) -> None:
    """Hours of a month are restated after its page was published: the page made again is what was published."""
    desk.register(
        "project",
        "project_id,name,portfolio,budget_at_completion_amount,currency,status_date",
        ["A", "Alpha", "North", 900, "EUR", "2026-01-01"],
    )
    desk.toggl(toggl_row("ann", "A", "2026-01-05", "02:00:00"), toggl_row("ann", "A", "2026-01-31", "03:00:00"))
    published = run_report("portfolio_review", {}, workspace=desk.workspace, as_of="2026-01").path
    desk.toggl(toggl_row("ann", "A", "2026-01-05", "07:00:00"), toggl_row("ann", "A", "2026-01-31", "03:00:00"))
    found = reproduce(published, desk.workspace)
    assert found.is_same
    assert (found.changed, found.differences) == ([], [])

    text = published.read_text(encoding="utf-8")
    place, value = next((place, value) for place, value in figures(text) if value == "5")
    altered = published.with_name("altered.html")
    cited = "&#34;code sha256&#34;: &#34;"
    altered.write_text(text.replace(f">{value}<", ">6<").replace(cited, f"{cited}0"), encoding="utf-8")
    found = reproduce(altered, desk.workspace)
    assert not found.is_same
    assert [what for what, _, _ in found.changed] == ["code sha256"]
    assert Difference(place, "6", value) in found.differences
