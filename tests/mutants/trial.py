"""One mutant against what must hold of every file: `trial` tells what does not, or nothing."""

from __future__ import annotations

import random
import traceback
from dataclasses import dataclass

from pmo_analytics.errors import BalanceError, PmoError, WarehouseError
from tests.exports import balances
from tests.mutants.bases import KINDS, Base, base
from tests.mutants.bench import Bench, Outcome, Row
from tests.mutants.changes import Written, mutant, start
from tests.mutants.oracle import known_rows, records

# Bases of a kind, so that what they hold is read once.
_BASES = 5


@dataclass
class Trials:
    """Mutants on a bench, and what their bases hold when they are loaded as they are."""

    bench: Bench

    def __post_init__(self) -> None:
        self.truth: dict[str, list[Row]] = {}
        self.refused = 0

    def trial(self, seed: int) -> str | None:
        """What is wrong with how the mutant of `seed` is read; None where all holds."""
        chance = random.Random(seed)
        kind, number = chance.choice(sorted(KINDS)), chance.randrange(_BASES)
        own = base(kind, number)
        typed = self._typed(own, number)
        written, data, done, is_kept = mutant(own, chance)
        try:
            outcome = self.bench.load(data)
        except (BalanceError, WarehouseError) as problem:
            return self._told(seed, kind, done, f"{type(problem).__name__}: {problem}")
        except PmoError as problem:
            self.refused += 1
            return self._told(seed, kind, done, f"refused: {problem}") if is_kept else None
        except Exception:  # noqa: BLE001 - whatever else it is, it is a bug
            return self._told(seed, kind, done, traceback.format_exc(limit=-3))
        wrong = wrongs(outcome, data, own, typed, written if not is_kept else None)
        return self._told(seed, kind, done, wrong) if wrong else None

    def _typed(self, own: Base, number: int) -> list[Row]:
        """The typed rows of a base, in its order."""
        name = f"{own.name} {number}"
        if name not in self.truth:
            self.truth[name] = self.bench.load(start(own).data()).rows
            assert len(self.truth[name]) == len(own.rows), name
        return self.truth[name]

    @staticmethod
    def _told(seed: int, kind: str, done: list[str], wrong: str) -> str:
        return f"seed {seed}, {kind}, {' '.join(done)}: {wrong}"


def wrongs(outcome: Outcome, data: bytes, own: Base, typed: list[Row], written: Written | None) -> str | None:
    """What does not hold of a loaded mutant; `written` is given where it was broken after it was written."""
    result = outcome.result
    if not balances(result):
        return f"rows do not balance: {result.rows} of {result.rows_in}"
    text = data.decode(outcome.encoding, "replace").replace("\x00", "\ufffd")
    found = list(records(text, outcome.delimiter))
    if result.rows_in != len(found) - 1:
        return f"{result.rows_in} rows in, {len(found) - 1} records beside the header"
    if written is None:
        expected, stored = sorted(map(repr, typed)), sorted(map(repr, outcome.rows))
        same = expected == stored
        told = _first_difference(expected, stored)
        return None if same else f"other rows, {outcome.encoding} {outcome.delimiter!r}:\n  {told}"
    # Where a file of two encodings is told to be damaged, its rows are known by how it was read.
    is_told = any("damaged text" in text for text in result.assumptions)
    text = data.decode(outcome.encoding if is_told else written.encoding, "replace").replace("\x00", "\ufffd")
    known = known_rows(list(records(text, written.delimiter)), own)
    lost = [typed[n] for n in known or () if typed[n] not in outcome.rows]
    excused = sum(reject.rule in {"repeated_key", "cut"} for reject in result.rejects) + result.rows["set_aside"]
    is_lost = len(lost) > excused
    return f"{len(lost)} untouched rows are read otherwise, e.g. {lost[0]}\n  {result.rejects[:3]}" if is_lost else None


def _first_difference(expected: list[str], stored: list[str]) -> str:
    lacking = [row for row in expected if row not in stored]
    more = [row for row in stored if row not in expected]
    return f"lacking {lacking[:1]}\n  instead {more[:1]}"
