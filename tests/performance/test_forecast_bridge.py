"""What holds of every bridge, whatever the figures are at its stages."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from pmo_analytics.performance.bridge_charts import bridge_chart, bridge_data
from pmo_analytics.performance.forecast_bridge import STEPS, bridge_of, carried, with_forecasts

AMOUNTS = st.dictionaries(st.sampled_from("ABCD"), st.none() | st.integers(-(10**15), 10**15))
STAGES = st.lists(AMOUNTS, min_size=7, max_size=7)
OTHER = st.lists(AMOUNTS, min_size=6, max_size=6)


@given(STAGES, OTHER)
def test_bars_and_their_parts_add_up_to_the_last_digit(
    stages: list[dict[str, int | None]], other: list[dict[str, int | None]]
) -> None:
    found = bridge_of("eac", "EUR", stages, other)
    assert [step.name for step in found.steps] == list(STEPS)
    assert found.before == sum(amount or 0 for amount in stages[0].values())
    assert found.after == sum(amount or 0 for amount in stages[-1].values())
    assert found.before + sum(step.moved for step in found.steps) == found.after == found.steps[-1].reached
    for step in found.steps:
        assert sum(part.moved for part in step.parts) == step.moved
        sizes = [abs(part.moved) for part in step.parts]
        assert sizes == sorted(sizes, reverse=True)


@given(STAGES)
def test_the_other_order_adds_up_as_well_where_it_ends_alike(stages: list[dict[str, int | None]]) -> None:
    found = bridge_of("eac", "EUR", stages, [*stages[1:6], stages[6]])
    assert sum(step.other_order for step in found.steps) == found.after - found.before


@given(AMOUNTS)
def test_where_nothing_moves_every_bar_is_nothing_in_either_order(stage: dict[str, int | None]) -> None:
    found = bridge_of("eac", "EUR", [stage] * 7, [stage] * 6)
    assert not any(step.moved or step.other_order or step.parts or step.is_order_dependent for step in found.steps)


def test_a_project_that_a_step_leaves_without_a_figure_moves_with_a_later_one() -> None:
    assert carried([{"A": 5}, {"A": None}, {"A": 7}]) == [{"A": 5}, {"A": 5}, {"A": 7}]
    assert carried([{"A": 5}, {"A": 6}, {}]) == [{"A": 5}, {"A": 6}, {"A": 0}]
    assert carried([{}, {"A": 6}, {"A": 7}]) == [{"A": 0}, {"A": 6}, {"A": 7}]


def test_a_step_says_so_where_the_other_order_gives_more_than_a_tenth_more_or_less() -> None:
    stages = [{"A": amount} for amount in (0, 0, 0, 100, 300, 300, 300)]
    # Scope alone 10, progress 190, postings 100: nothing was scope's own where it came after them.
    other = [{"A": amount} for amount in (0, 0, 10, 200, 300, 300)]
    found = bridge_of("eac", "EUR", stages, other)
    assert [step.name for step in found.steps if step.is_order_dependent] == ["scope and budget"]


def test_a_new_report_stands_by_the_earlier_forecast_until_forecasts_are_exchanged() -> None:
    def reports(*rows: tuple[str, str, str]) -> pd.DataFrame:
        frame = pd.DataFrame(rows, columns=["project_id", "status_date", "forecast_finish_date"])
        return frame.astype({"status_date": "datetime64[ns]", "forecast_finish_date": "datetime64[ns]"})

    old = reports(("A", "2026-05-31", "2026-08-31"))
    new = reports(("A", "2026-05-31", "2026-08-31"), ("A", "2026-06-30", "2026-10-31"))
    held = with_forecasts(new, old)["forecast_finish_date"].dt.strftime("%m-%d").to_list()
    assert held == ["08-31", "08-31"]
    ahead = with_forecasts(old, new)["forecast_finish_date"].dt.strftime("%m-%d").to_list()
    assert ahead == ["10-31"]


def test_the_chart_tells_exact_amounts_and_the_largest_part_of_each_step() -> None:
    stages = [{"A": 10**8, "B": 10**8}, *({"A": 10**8 + 25_000, "B": 10**8 - 5_000} for _ in range(6))]
    found = bridge_of("eac", "EUR", stages, stages[1:])
    data = bridge_data(found, {"A": "Alpha"}, pd.Timestamp("2026-05-31"), pd.Timestamp("2026-06-30"))
    first = data.set_index("step").loc["Restated history"]
    assert (first["moved"], first["reached"]) == ("+2.00", "20,002.00")
    assert first["largest_part"] == "Alpha +2.50"
    assert data["title"].iloc[0].startswith("Estimate at completion rose by EUR")
    assert bridge_chart(data).to_dict()["height"] > 0
