"""What work like this really took: the effort of one piece of work from past items of its class, with its record.

With an estimate the outcome is actual over estimate (A/E), and hours are the
estimate times it; without one it is the actual hours. Past items are weighted
by reference class: the organisation's last 1,000, then those that share the
size band, the class and the project, each of n items with a trust of
n / (n + 30) over what is wider. The same method is tried on every past item, on
what was known before it was asked, against the quantiles of the last 1,000
outcomes; where it does not beat them, they are used. A history of more than
6,000 finished items is tried, and answers, by the last 6,000. Sources: Flyvbjerg (2006)
for reference classes; Efron and Morris (1973) for shrinkage; the modules of
`forecasting` name those of the scores and the gate.

Worked example: thirty items of class A took twice their estimates and ninety of
class B what was estimated. For an A the class has a trust of 30 / (30 + 30),
and the organisation, a quarter of which took twice, the rest: 5/8 of the weight
took twice the estimate, so that P50 is 2. The organisation's own is 1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandera.typing.pandas import DataFrame

from pmo_analytics.contracts.marts import EstimateHistory
from pmo_analytics.forecasting.backtest import Forecaster, backtest, two_clocks
from pmo_analytics.forecasting.champion_gate import Contest, Gate, champion_gate
from pmo_analytics.forecasting.passport import ALL_SIZES, ForecastPassport, Passport
from pmo_analytics.forecasting.quantile_scores import Floats, mean_pinball
from pmo_analytics.forecasting.recalibration import residuals_needed
from pmo_analytics.forecasting.reference_classes import class_weights
from pmo_analytics.forecasting.weighted_quantiles import weighted_quantiles
from pmo_analytics.resources.estimation import THIN
from pmo_analytics.resources.past_items import MARKS, Known, Question, asked_of, finished_items, known_of

LEVELS = tuple(k / 10 for k in range(1, 10))
SHOWN = (50, 80, 90)
NAIVE, CLASSES = "last 1,000 outcomes", "reference classes"
ORGANISATION = "organisation"
LAST, CLASS_HISTORY, PSEUDO_COUNT = 1_000, 3_000, 30.0
# So many questions' weights over the class history stay in the processor's cache.
AT_ONCE = 32
REFIT_EVERY, SEED = 25, 20_060_711
_HOUR = 3600.0
_CLOCK = {"asked_at": EstimateHistory.estimated_on_date, "known_at": EstimateHistory.finished_on_date}


@dataclass(frozen=True)
class ClassStep:
    """One reference class of the trail: its items, their share of the weight (0 to 1), its own quantiles, and why.

    `quantiles` maps 50, 80 and 90 to A/E, or to hours where those were asked;
    empty below nine items.
    """

    name: str
    items: int
    share: float
    quantiles: dict[int, float]
    why: str


@dataclass(frozen=True)
class EffortEstimate:
    """The answer: P50, P80 and P90 of A/E and of hours by level, what they rest on, and how such answers did.

    `ratios` is empty without an estimate; both are empty where the history is
    too thin, which `passport` says. `items` are the finished items that can be
    used, of which the last `MOST_ITEMS` are; `left_out` those without the figures
    or the dates. `elapsed` is P50, P80 and P90 of calendar days from the estimate
    to the finish, both counted, with its own `elapsed_record`.
    """

    question: Question
    items: int
    left_out: int
    method: str
    ratios: dict[int, float]
    hours: dict[int, float]
    trail: tuple[ClassStep, ...]
    passport: Passport
    record: str
    elapsed: dict[int, float]
    elapsed_record: str


def _last_outcomes(known: pd.DataFrame, asked: pd.DataFrame) -> Floats:
    found = np.log(np.quantile(np.exp(known["log_outcome"].to_numpy()[-LAST:]), LEVELS))
    return np.tile(found, (len(asked), 1))


def _reference_classes(marks: Sequence[str]) -> Forecaster:
    def forecast(known: pd.DataFrame, asked: pd.DataFrame) -> Floats:
        recent = known.iloc[-CLASS_HISTORY:]
        # Questions of one class have one answer.
        _, first, places = np.unique(asked[marks[-1]].to_numpy(), return_index=True, return_inverse=True)
        past = [recent[mark].to_numpy() for mark in marks]
        classes = [asked[mark].to_numpy()[first] for mark in marks]
        outcomes = recent["log_outcome"].to_numpy()
        found = []
        for start in range(0, len(first), AT_ONCE):
            some = [each[start : start + AT_ONCE] for each in classes]
            weights, _ = class_weights(past, some, pseudo_count=PSEUDO_COUNT, organisation=LAST)
            found.append(weighted_quantiles(outcomes, weights, LEVELS))
        return np.concatenate(found)[places]

    return forecast


def _class_numbers(items: pd.DataFrame, marks: Sequence[str]) -> pd.DataFrame:
    """Each mark as the number of the class that shares it and all wider ones: numbers are quick to compare."""
    return pd.DataFrame(
        {mark: items.groupby(list(marks[: depth + 1]), sort=False).ngroup() for depth, mark in enumerate(marks)}
    )


def class_quantiles(items: pd.DataFrame, method: str, marks: pd.DataFrame) -> Floats:
    """P10 to P90 of A/E, or of hours, from `finished_items`, shape (questions, levels): `marks` has a row for each."""
    if method != CLASSES:
        return np.exp(_last_outcomes(items, marks))
    names = list(marks.columns)
    both = pd.concat([items[names].astype(object), marks.astype(object)], ignore_index=True)
    numbers = _class_numbers(both, names)
    known = numbers.iloc[: len(items)].assign(log_outcome=items["log_outcome"].to_numpy())
    found: Floats = np.exp(_reference_classes(names)(known, numbers.iloc[len(items) :]))
    return found


def class_gate(items: pd.DataFrame, marks: Sequence[str]) -> Gate:
    """Reference classes by `marks` against the last outcomes, on `finished_items` in a rolling origin.

    An item is asked once nine outcomes are known; both methods are made anew
    with every 25th. What is older than the items given is not scored, and the
    passport's number and window say so. Refused, with the reason in the passport, where there are
    fewer than nine such forecasts or the classes do not beat the last outcomes.
    """
    methods: dict[str, Forecaster] = {NAIVE: _last_outcomes}
    if marks:
        methods[CLASSES] = _reference_classes(marks)
    numbered = items[[*_CLOCK.values(), "log_outcome"]].join(_class_numbers(items, marks))
    made = {
        name: backtest(numbered, each, outcome="log_outcome", minimum_known=THIN, refit_every=REFIT_EVERY, **_CLOCK)
        for name, each in methods.items()
    }
    positions = made[NAIVE].positions
    base = items["log_base"].to_numpy(dtype=float)[positions]
    actual = np.exp(items["log_outcome"].to_numpy(dtype=float)[positions] + base)
    shape = (len(positions), len(LEVELS))
    quantiles = {name: np.exp(each.quantiles.reshape(shape) + base[:, None]) for name, each in made.items()}
    contest = Contest(
        quantiles=quantiles,
        scores={name: mean_pinball(actual, each, LEVELS) for name, each in quantiles.items()},
        naive=(NAIVE,),
        levels=LEVELS,
        actual=actual,
        size_bands=items["size_band"].to_numpy(dtype=str)[positions],
        clocks=two_clocks(items, **_CLOCK),
        positions=positions,
    )
    return champion_gate(contest, np.random.default_rng(SEED))


def record_in_words(gate: Gate) -> str:
    """How such forecasts did on this history, for a reader: what is used and why, then what P50, P80 and P90 held."""
    found = gate.passport
    if found.n < residuals_needed(LEVELS[-1]):
        return f"No forecast: the history is too thin. {found.refusal[:1].upper()}{found.refusal[1:]}."
    if found.is_refused:
        alone = ""
        if own := gate.skills.get(CLASSES):
            gain, low, high = (round(100 * share, 1) + 0.0 for share in (own.value, own.low, own.high))
            alone = f"; by themselves, reference classes' is {gain:.1f} % ({low:.1f} to {high:.1f} %)"
        text = f"The {NAIVE} are used: {found.refusal}{alone}."
    else:
        text = f"Reference classes are used: {found.verdict.partition(';')[0]}."
    held = "; ".join(
        f"P{100 * each.level:.0f} held {100 * each.share:.1f} % ({100 * each.low:.1f} to {100 * each.high:.1f} %)"
        for each in found.coverage_by_band[ALL_SIZES]
        if round(100 * each.level) in SHOWN
    )
    return f"{text} In {found.n:,} forecasts of the past {held}; 95 % bands in brackets."


def _quantiles(values: Floats) -> dict[int, float]:
    return {level: float(np.quantile(values, level / 100)) for level in SHOWN} if len(values) >= THIN else {}


def class_trail(items: pd.DataFrame, marks: Mapping[str, str]) -> tuple[ClassStep, ...]:
    """The reference classes of a question, widest first, with their items and their shares of the weight."""
    recent = items.iloc[-CLASS_HISTORY:]
    outcomes = np.exp(recent["log_outcome"].to_numpy(dtype=float))
    members = [np.arange(len(recent)) >= len(recent) - LAST]
    names, shared = [ORGANISATION], np.ones(len(recent), dtype=bool)
    for mark, value in marks.items():
        shared = shared & (recent[mark] == value).to_numpy()
        members.append(shared)
        names.append(value if names[-1] == ORGANISATION else f"{names[-1]}, {value}")
    counts = [int(each.sum()) for each in members]
    trust = [1.0, *(count / (count + PSEUDO_COUNT) for count in counts[1:])]
    steps = []
    for depth, (name, member, count) in enumerate(zip(names, members, counts, strict=True)):
        share = trust[depth] * math.prod(1 - each for each in trust[depth + 1 :])
        if depth == 0:
            why = f"the last {count:,} finished items; what narrower classes leave"
        elif count == 0:
            why = "no past item: says nothing"
        else:
            thin = ", thin" if count < THIN else ""
            why = f"{count:,} / ({count:,} + {PSEUDO_COUNT:.0f}) of what narrower ones leave{thin}"
        steps.append(ClassStep(name, count, share, _quantiles(outcomes[member]), why))
    return tuple(steps)


def effort_estimate(
    estimate_history: pd.DataFrame, question: Question, *, status_date: pd.Timestamp, known: Known | None = None
) -> EffortEstimate:
    """Answer a question from the mart `estimate_history`, as of `status_date`. UsageError as `asked_of` says.

    The mart may be cut to the last `MOST_ITEMS` usable items where `known` tells what the whole of it holds.
    """
    has_estimate = question.estimate_seconds is not None
    known = known or known_of(estimate_history, status_date, has_estimate=has_estimate)
    asked = asked_of(known, question)
    items = finished_items(estimate_history, status_date, has_estimate=has_estimate)
    gate, found = _tried(items, asked.marks)
    ratios = found if has_estimate else {}
    hours = {level: value * (asked.estimate_seconds or _HOUR) / _HOUR for level, value in found.items()}
    elapsed_gate, elapsed = _tried(items.assign(log_outcome=items["log_days"], log_base=0.0), asked.marks)
    return EffortEstimate(
        question=asked,
        items=known.items,
        left_out=known.left_out,
        method=gate.method,
        ratios=ratios,
        hours=hours,
        trail=class_trail(items, asked.marks),
        passport=gate.passport,
        record=record_in_words(gate),
        elapsed=elapsed,
        elapsed_record=record_in_words(elapsed_gate),
    )


def _tried(items: pd.DataFrame, marks: Mapping[str, str]) -> tuple[Gate, dict[int, float]]:
    """The gate of a question's marks, and what the method that it left answers; nothing where the history is thin."""
    gate = class_gate(items, list(marks))
    if gate.passport.n < residuals_needed(LEVELS[-1]):
        return gate, {}
    row = class_quantiles(items, gate.method, pd.DataFrame([marks or {"": ""}]))[0]
    return gate, {level: float(row[LEVELS.index(level / 100)]) for level in SHOWN}


def class_passport(estimate_history: pd.DataFrame, *, status_date: pd.Timestamp) -> DataFrame[ForecastPassport]:
    """How forecasts from reference classes of size, class and project did on this history, by size band and level.

    Takes the mart `estimate_history`. Where they did not beat the last 1,000
    ratios the record is that of those, and `verdict` says so.
    """
    items = finished_items(estimate_history, status_date, has_estimate=True)
    return DataFrame[ForecastPassport](class_gate(items, MARKS).passport.frame())
