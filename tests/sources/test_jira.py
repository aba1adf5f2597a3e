"""The issue navigator's CSV: what repeats in its columns is kept, and seen as rows."""

from __future__ import annotations

from pathlib import Path

from tests.exports import JIRA_HEADERS, Desk, jira_row, write_csv

LINKS = ["Outward issue link (Blocks)", "Outward issue link (Blocks)", "Inward issue link (Cause)"]


def test_links_and_sprints_of_an_issue_are_rows_until_a_later_export_lacks_them(tmp_path: Path) -> None:
    desk = Desk(tmp_path)

    def load(name: str, *rows: list[str]) -> int | None:
        return desk.load(write_csv(tmp_path / name, [*JIRA_HEADERS, *LINKS, "Custom field (Link Count)"], rows)).version

    first = jira_row("BR-1")
    first[JIRA_HEADERS.index("Sprint")] = "Sprint 1"
    first[JIRA_HEADERS.index("Sprint") + 1] = "Sprint 2"
    before = load("1.csv", [*first, "BR-2", "X-3", "BR-2", "3"], [*jira_row("BR-4"), "", "", "no key", ""])
    links = "SELECT issue_key, other_key, link_type, direction FROM core.issue_link ORDER BY ALL"
    sprints = "SELECT issue_key, sprint FROM core.issue_sprint ORDER BY ALL"
    stated = [
        ("BR-1", "BR-2", "Blocks", "outward"),
        ("BR-1", "BR-2", "Cause", "inward"),
        ("BR-1", "X-3", "Blocks", "outward"),
    ]
    assert desk.query(links) == stated
    assert desk.query(sprints) == [("BR-1", "Sprint 1"), ("BR-1", "Sprint 2")]
    assert '"Custom field (Link Count)":["3"]' in str(
        desk.query("SELECT custom FROM core.issue WHERE issue_key='BR-1'")
    )
    load("2.csv", [*jira_row("BR-1", "03/Mar/26 9:15 AM"), "", "X-3", "", ""])
    assert desk.query(links) == stated[2:]
    assert desk.query(sprints) == []
    with desk.warehouse.at("2026-03", before) as view:
        assert view.rows(links)[1] == stated
