"""Every figure of every mart against the rows that it is said to count."""

from __future__ import annotations

from pathlib import Path

import pytest

from pmo_analytics.contracts import rolled_up
from pmo_analytics.synthetic import write_sample
from tests.exports import Desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The sample portfolio, loaded."""
    folder: Path = tmp_path_factory.mktemp("figures")
    desk = Desk(folder)
    write_sample(folder / "sample")
    desk.load_all(folder / "sample")
    return desk


@pytest.mark.parametrize("name", sorted(rolled_up()))
def test_every_column_is_given_by_its_rows_alone(desk: Desk, name: str) -> None:
    """Reckoned from the rows that it counts, each cell is what it was: the first, a middle and the last row."""
    table = rolled_up()[name]
    with desk.warehouse.at("2026-05") as view:
        rows = view.table(name)
        for at in sorted({0, len(rows) // 2, len(rows) - 1} if len(rows) else ()):
            record = rows.iloc[at].to_dict()
            for column in table.columns:
                found = view.explain(name, {part: record[part] for part in table.key}, column)
                assert found.is_whole, (found.key, column, found.value, found.again)
