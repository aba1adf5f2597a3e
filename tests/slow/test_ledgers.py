"""A thousand ledgers in four locales come in equal to the last digit."""

from __future__ import annotations

import os
from pathlib import Path

from tests.mutants.bench import bench
from tests.mutants.ledger_texts import ledger
from tests.mutants.ledgers import difference

LEDGERS = int(os.environ.get("PMO_LEDGERS", "1000"))


def test_ledgers_of_every_locale_are_equal_to_the_last_digit(tmp_path: Path) -> None:
    with bench(tmp_path) as desk:
        found = [told for seed in range(LEDGERS) if (told := difference(desk, ledger(seed), seed))]
    assert found == [], f"{len(found)} of {LEDGERS}:\n" + "\n".join(found[:20])
