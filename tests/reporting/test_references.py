"""What figures of a page refer to, and what anybody may have written there."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from pmo_analytics.errors import UsageError
from pmo_analytics.origins import Origin, stamped
from pmo_analytics.reporting.fragments import figure_anchor, script_json
from pmo_analytics.reporting.references import References, Shown, is_name, read_references, refer

FRAME = stamped(
    pd.DataFrame({"project_id": ["A-1", "B", "B", None], "ratio": [0.5, 1.0, 2.0, 3.0]}), Origin("project_health")
)
RATIO = Shown("number", (2,))
HOSTILE = '"><script>alert(1)</script>'


def test_a_figure_refers_to_one_row_of_a_known_frame() -> None:
    found = refer(FRAME, {"project_id": "A-1"}, "ratio", RATIO)
    assert found is not None
    assert (found.made.name, found.key, found.column) == ("project_health", {"project_id": "A-1"}, "ratio")
    assert found.shown.text(0.5) == "0.50"
    assert refer(FRAME, {"project_id": "B"}, "ratio", RATIO) is None
    assert refer(FRAME, {"project_id": None}, "ratio", RATIO) is not None
    assert refer(FRAME, {"project_id": "A-1"}, "nothing", RATIO) is None
    assert refer(pd.DataFrame(FRAME.to_dict("list")), {"project_id": "A-1"}, "ratio", RATIO) is None


def names(*projects: Any) -> list[str]:
    references = References()
    found = []
    for project in projects:
        frame = stamped(pd.DataFrame({"project_id": [project], "ratio": [1.0]}), Origin("project_health"))
        found.append(references.add(("project", project, "cpi"), frame, {"project_id": project}, "ratio", RATIO))
    return found


def test_names_are_readable_safe_and_told_apart() -> None:
    found = names("FL-04", "fl-04", HOSTILE, "../../etc/passwd", "Brücke", "Brucke", None, "none", ".hidden", "x" * 300)
    assert found[0] == "project-FL-04-cpi"
    assert len({name.casefold() for name in found}) == len(found)
    assert all(is_name(name) and "/" not in name and ".." not in name for name in found)


def test_text_of_exports_is_no_markup_in_a_blocks_data() -> None:
    references = References()
    frame = stamped(pd.DataFrame({"project_id": [HOSTILE], "ratio": [1.0]}), Origin("project_health"))
    name = references.add(("project", HOSTILE, "cpi"), frame, {"project_id": HOSTILE}, "ratio", RATIO)
    text = script_json(references.plain())
    assert "<" not in text
    assert read_references(json.loads(text))[name].key == {"project_id": HOSTILE}
    anchor = BeautifulSoup(str(figure_anchor(HOSTILE, name)), "html.parser")
    assert [tag.name for tag in anchor.find_all()] == ["a"]
    assert anchor.get_text() == HOSTILE


FIGURE = [0, {}, "ratio", ["number", [2], "", ""]]
GOOD: dict[str, Any] = {"made": [{"name": "project_health"}], "figures": {"a": FIGURE}}


def with_figure(figure: Any, name: str = "a") -> dict[str, Any]:
    return GOOD | {"figures": {name: figure}}


@pytest.mark.parametrize(
    "data",
    [
        None, [], {"made": []}, with_figure([5, {}, "ratio", ["number", [], "", ""]]),
        with_figure([0, {}, "ratio", ["__import__", [], "", ""]]),
        with_figure([0, {"k": 1}, "r", ["number", [], "", ""]]),
        with_figure([0, {}, "ratio", ["number", [10**9], "", ""]]),
        with_figure([0, {}, "ratio", ["number", [{}], "", ""]]), with_figure([0, {}, 3, ["number", [], "", ""]]),
        with_figure(FIGURE, "../up"), with_figure(FIGURE, "a/b"),
        with_figure(FIGURE, ".hidden"),
    ],
)  # fmt: skip
def test_what_tells_of_no_figure_is_refused(data: Any) -> None:
    assert read_references(GOOD)["a"].column == "ratio"
    with pytest.raises(UsageError):
        read_references(data)


def test_a_value_that_cannot_be_written_as_said_is_told() -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        Shown("months").text("soon")
