"""The first of the mutants and ledgers that `make slow` runs by the thousand."""

from __future__ import annotations

from pathlib import Path

from tests.mutants.bench import bench
from tests.mutants.ledger_texts import ledger
from tests.mutants.ledgers import difference
from tests.mutants.trial import Trials


def test_mutants_and_ledgers_of_the_first_seeds(tmp_path: Path) -> None:
    with bench(tmp_path) as desk:
        trials = Trials(desk)
        wrong = [told for seed in range(10) if (told := trials.trial(seed))]
        wrong += [told for seed in range(4) if (told := difference(desk, ledger(seed), seed))]
    assert wrong == []
