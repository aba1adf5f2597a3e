"""Ten thousand mutated exports: each is loaded in full or refused in words, and what is untouched reads as before.

`PMO_MUTATIONS` sets how many. A seed that fails is told; `PMO_MUTATION_SEED=n` runs it alone.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from pmo_analytics.errors import BalanceError, PmoError, WarehouseError
from pmo_analytics.ingest import IngestOptions
from pmo_analytics.workspace import Workspace
from tests.exports import Desk, balances
from tests.mutants.bases import KINDS, MAPPING, base
from tests.mutants.bench import bench
from tests.mutants.changes import mutant
from tests.mutants.trial import Trials

MUTATIONS = int(os.environ.get("PMO_MUTATIONS", "10000"))
ALONE = os.environ.get("PMO_MUTATION_SEED")
# One in so many also goes into lakes that stay, on top of all before it.
KEPT_EVERY = 100


@pytest.mark.parametrize("part", range(4))
def test_a_mutant_is_read_right_or_refused_in_words(part: int, tmp_path: Path) -> None:
    seeds = [int(ALONE)] if ALONE else range(part, MUTATIONS, 4)
    with bench(tmp_path) as desk:
        trials = Trials(desk)
        wrong = [told for seed in seeds if (told := trials.trial(seed))]
    assert wrong == [], f"{len(wrong)} of {len(seeds)}:\n" + "\n".join(wrong[:20])
    # Mutants that all are refused would prove nothing.
    assert trials.refused <= len(seeds) / 3


def test_mutants_on_top_of_one_another_balance(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    settings = desk.workspace.root / "pmo.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + MAPPING, encoding="utf-8")
    desk.workspace = Workspace.find(desk.workspace.root)
    versions = 0
    for seed in range(MUTATIONS // KEPT_EVERY):
        chance = random.Random(f"kept {seed}")
        _, data, done, _ = mutant(base(chance.choice(sorted(KINDS)), seed % 3), chance)
        path = tmp_path / f"{seed}.csv"
        path.write_bytes(data)
        try:
            result = desk.load(path, IngestOptions(accept_removals=True))
        except (BalanceError, WarehouseError) as problem:
            raise AssertionError(f"seed {seed}, {' '.join(done)}") from problem
        except PmoError:
            continue
        assert balances(result), f"seed {seed}, {' '.join(done)}"
        versions += result.state == "loaded"
    told = "SELECT count(load_id), sum(rows_in - rows_added - rows_replacing - rows_unchanged - rows_rejected - "
    assert desk.query(f"{told}rows_set_aside) FROM meta.load") == [(versions, 0)]
    stored = "(SELECT count(load_id) FROM core.issue) + (SELECT count(load_id) FROM core.timesheet_entry)"
    assert desk.query(f"SELECT {stored} > 0") == [(True,)]
