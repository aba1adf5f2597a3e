"""The page on selection: what it says of a choice, of none, of nothing proposed; text of registers stays text."""

from __future__ import annotations

import pandas as pd
import pytest

from pmo_analytics.errors import UsageError
from pmo_analytics.portfolio.project_selection import selected_proposals
from pmo_analytics.portfolio.selection_answer import cost_frontier, worths
from pmo_analytics.portfolio.selection_frames import frontier_choices, limit_worths, selection_loads, selection_total
from pmo_analytics.portfolio.selection_terms import GroupTerm, SelectionTerms
from pmo_analytics.reporting import selection_tables
from pmo_analytics.reporting.selection_inputs import SelectionShown, scenario_text, selection_shown
from pmo_analytics.warehouse import Warehouse
from tests.exports import Desk
from tests.portfolio.test_project_selection import THREE, proposed
from tests.portfolio.test_selection_frames import EIGHT, answer

HOSTILE = "Gates <script>x</script>"


def shown(terms: SelectionTerms = EIGHT, **rows: list[dict[str, object]]) -> SelectionShown:
    made = answer(terms, **rows)
    line, more = cost_frontier(made, points=3), worths(made, money=2.0, hours=1.0)
    return SelectionShown(
        terms, made, selected_proposals(made), selection_loads(made), frontier_choices(line), limit_worths(more)
    )


def totals(made: SelectionShown) -> pd.DataFrame:
    return selection_total(made.chosen)


def test_it_says_what_is_chosen_and_what_it_is_worth() -> None:
    made = shown(proposal=THREE)
    told = selection_tables.headline(made, totals(made))
    assert told.startswith("Under no limits, 2 of 3 proposals are worth most together, for EUR")
    assert "; 1 is left out, worth EUR" in told
    worth = selection_tables.worth_figure(made, totals(made))
    assert worth is not None
    assert (worth.exact, worth.note) == (13, "optimal: no choice is worth more")
    count = selection_tables.count_figure(made.chosen, totals(made))
    assert count is not None
    assert (count.value, count.note) == ("2 of 3", "2 in every choice worth nearly as much")


def test_text_of_registers_stays_text() -> None:
    made = shown(proposal=[proposed("A", 10, 6) | {"name": HOSTILE}, *THREE[1:]])
    told = selection_tables.proposal_table(made).html
    assert "<script>x" not in told
    assert "forced in, the best choice is worth 3 less" in told
    assert "2026" in selection_tables.limit_table(made).html


def test_it_says_why_nothing_can_be_chosen() -> None:
    least = GroupTerm(is_least=True, portfolio="North", objective=None, measure="count", amount=2.0)
    terms = SelectionTerms(name="both", budget=(("2026", 8.0),), groups=(least,))
    rows = [proposed("A", 10, 6, portfolio="North"), proposed("B", 7, 4, portfolio="North")]
    made = shown(terms, proposal=rows)
    assert selection_tables.headline(made, totals(made)).startswith("Nothing can be chosen under both: ")
    assert selection_tables.worth_figure(made, totals(made)) is None
    assert "There is no choice to draw." in selection_tables.frontier_table(made).html


def test_nothing_proposed_is_said() -> None:
    made = shown()
    assert "names what is missing" in selection_tables.headline(made, totals(made))
    assert selection_tables.cost_figure(totals(made)) is None
    assert "Nothing is proposed." in selection_tables.proposal_table(made).html


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("selection"))
    desk.register(
        "proposal", "proposal_id,name,cost_amount,value_amount,currency,duration_months,status_date",
        *[[name, name, cost, value, "EUR", 1, "2026-06-30"] for name, value, cost in
          (("A", 10, 6), ("B", 7, 4), ("C", 6, 4))],
    )  # fmt: skip
    return desk


def test_a_scenario_is_a_file_of_the_workspace_and_its_choice_opens(desk: Desk) -> None:
    folder = desk.workspace.root / "selection"
    with Warehouse(desk.workspace).at("2026-06-30") as view:
        assert scenario_text(view) == ""
        folder.mkdir()
        (folder / "board.toml").write_text('name = "tight"\n[budget]\n2026 = 8\n', encoding="utf-8")
        made = selection_shown(view, scenario_text(view))
        assert made.terms.name == "tight"
        assert made.chosen.set_index("subject_id")["is_chosen"].to_dict() == {"B": True, "C": True, "A": False}
        named = selection_tables.proposal_table(made)
        with pytest.raises(UsageError, match="no scenario 'bord'") as told:
            scenario_text(view, "bord")
    assert "did you mean 'board'?" in str(told.value)
    assert "proposal-A-counted_value" in named.html
