from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.reporting.publishing import failure_path, publish, publish_failure, slug
from pmo_analytics.reporting.runner import CellFailure

FAILURE = CellFailure(4, "view.<b>", "ValueError: </pre><script>alert(1)</script>", "trace")


def test_a_failed_run_keeps_the_last_good_page_and_says_so(tmp_path: Path) -> None:
    target = tmp_path / "2026-06-30" / "page.html"
    publish("good", target)
    place = publish_failure(FAILURE, target, title="Review", as_of=date(2026, 6, 30))
    assert target.read_text() == "good"
    text = place.read_text()
    assert "Cell 4 failed" in text
    assert "last good one stands beside" in text
    assert "<script" not in text
    publish("better", target)
    assert sorted(p.name for p in target.parent.iterdir()) == ["page.html"]
    assert target.read_text() == "better"


def test_a_write_that_fails_leaves_no_draft_and_the_old_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "page.html"
    publish("good", target)

    def refuse(_: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("pmo_analytics.reporting.publishing.os.fsync", refuse)
    with pytest.raises(OSError, match="disk full"):
        publish("half", target)
    assert [p.name for p in tmp_path.iterdir()] == ["page.html"]
    assert target.read_text() == "good"


def test_names_of_exports_become_plain_file_names() -> None:
    assert slug("customer portal") == "customer-portal"
    assert (slug("FL-01"), slug("FL 01")) == ("fl_01", "fl-01")
    assert slug("../../etc/passwd").startswith("etc-passwd-")
    assert slug("Kunden & Märkte") != slug("Kunden & Markte")
    assert slug("…").startswith("portfolio-")


@given(st.text(max_size=80), st.text(max_size=80))
def test_different_names_have_different_plain_files(one: str, other: str) -> None:
    for name in (one, other):
        assert set(slug(name)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_")
        assert failure_path(Path("r") / f"{slug(name)}.html").parent == Path("r")
    if one.lower() != other.lower():
        assert slug(one) != slug(other)
