"""What work like this really took: the effort of one piece of work from past items of its class, with its record.

With an estimate the outcome is actual over estimate (A/E), and hours are the
estimate times it; without one it is the actual hours. Past items are weighted
by reference class: the organisation's last 1,000, then those that share the
size band, the class and the project, each of n items with a trust of
n / (n + 30) over what is wider. The same method is tried on every past item, on
what was known before it was asked, against the quantiles of the last 1,000
outcomes; where it does not beat them, they are used. Sources: Flyvbjerg (2006)
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
from pmo_analytics.errors import UsageError, nearest
from pmo_analytics.forecasting.backtest import Forecaster, backtest, two_clocks
from pmo_analytics.forecasting.champion_gate import Contest, Gate, champion_gate
from pmo_analytics.forecasting.coverage import coverage
from pmo_analytics.forecasting.passport import ALL_SIZES, EVENT_DATES, ForecastPassport, Passport
from pmo_analytics.forecasting.quantile_scores import Floats, mean_pinball
from pmo_analytics.forecasting.recalibration import residuals_needed
from pmo_analytics.forecasting.reference_classes import class_weights
from pmo_analytics.forecasting.weighted_quantiles import weighted_quantiles
from pmo_analytics.resources.effort_distribution import size_bands
from pmo_analytics.resources.estimation import THIN, UNCLASSED

LEVELS = tuple(k / 10 for k in range(1, 10))
SHOWN = (50, 80, 90)
NAIVE, CLASSES = "last 1,000 outcomes", "reference classes"
ORGANISATION = "organisation"
LAST, CLASS_HISTORY, PSEUDO_COUNT = 1_000, 3_000, 30.0
REFIT_EVERY, SEED = 25, 20_060_711
_HOUR = 3600.0
_MARKS = ("size_band", EstimateHistory.work_class, EstimateHistory.project_id)


@dataclass(frozen=True)
class Question:
    """What is asked: words, class, project and estimate in seconds; all but the words may be left out (None)."""

    text: str = ""
    work_class: str | None = None
    project_id: str | None = None
    estimate_seconds: float | None = None

    @property
    def marks(self) -> dict[str, str]:
        """The marks of its reference classes, widest first."""
        band = None if self.estimate_seconds is None else str(size_bands(pd.Series([self.estimate_seconds]))[0])
        given = zip(_MARKS, (band, self.work_class, self.project_id), strict=True)
        return {name: value for name, value in given if value is not None}


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
    too thin, which `passport` says. `items` are the finished items used,
    `left_out` those without the figures or the dates.
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


def asked_of(estimate_history: pd.DataFrame, question: Question) -> Question:
    """The question with class and project as the history writes them. UsageError, with the nearest, for unknown ones.

    Also UsageError where the estimate is not a number above zero.
    """
    seconds = question.estimate_seconds
    if seconds is not None and not (math.isfinite(seconds) and seconds > 0):
        raise UsageError("an estimate must be above zero hours", found=f"{seconds / _HOUR:g}", expected="such as 8")
    found = {}
    for column, what, given in (
        (EstimateHistory.work_class, "class", question.work_class),
        (EstimateHistory.project_id, "project", question.project_id),
    ):
        known = sorted(estimate_history[column].dropna().astype(str).unique())
        same = [name for name in known if given is not None and name.casefold() == given.casefold()]
        if given is not None and not same:
            close = nearest(given, known)
            raise UsageError(
                f"no past item is of {what} {given!r}",
                found=given,
                expected=", ".join(known[:20]) or f"a {what}, of which the history has none",
                hint=f"did you mean {close!r}?" if close else f"leave the {what} out to ask the whole organisation",
            )
        found[column] = given if given is None or given in same else same[0]
    return Question(question.text, found[EstimateHistory.work_class], found[EstimateHistory.project_id], seconds)


def finished_items(
    estimate_history: pd.DataFrame, status_date: pd.Timestamp, *, has_estimate: bool
) -> tuple[pd.DataFrame, int]:
    """Items finished by `status_date` with both dates and an outcome, in order of knowledge; how many are left out.

    Adds `size_band`, `log_base` (logarithm of the estimate in hours, 0 without
    an estimate) and `log_outcome` (of A/E, or of hours).
    """
    finished_on, asked_on = (
        estimate_history[name] for name in (EstimateHistory.finished_on_date, EstimateHistory.estimated_on_date)
    )
    is_finished = (estimate_history[EstimateHistory.state] == "finished") & ~(finished_on > status_date)
    is_used = is_finished & (estimate_history[EstimateHistory.actual_seconds] > 0) & (asked_on <= finished_on)
    if has_estimate:
        is_used &= estimate_history[EstimateHistory.estimate_seconds] > 0
    items = estimate_history[is_used].sort_values(
        [EstimateHistory.finished_on_date, EstimateHistory.item_id], ignore_index=True
    )
    seconds = items[EstimateHistory.estimate_seconds].to_numpy(dtype=float)
    base = np.log(seconds / _HOUR) if has_estimate else np.zeros(len(items))
    items["size_band"] = size_bands(items[EstimateHistory.estimate_seconds])
    items["log_base"] = base
    items["log_outcome"] = np.log(items[EstimateHistory.actual_seconds].to_numpy(dtype=float) / _HOUR) - base
    for column in (EstimateHistory.work_class, EstimateHistory.project_id):
        items[column] = items[column].fillna(UNCLASSED)
    return items, int(is_finished.sum() - is_used.sum())


def _last_outcomes(known: pd.DataFrame, asked: pd.DataFrame) -> Floats:
    found = np.log(np.quantile(np.exp(known["log_outcome"].to_numpy()[-LAST:]), LEVELS))
    return np.tile(found, (len(asked), 1))


def _reference_classes(marks: Sequence[str]) -> Forecaster:
    def forecast(known: pd.DataFrame, asked: pd.DataFrame) -> Floats:
        recent = known.iloc[-CLASS_HISTORY:]
        # Questions of one class have one answer.
        places = asked.groupby(list(marks), sort=False).ngroup().to_numpy()
        questions = asked.drop_duplicates(list(marks))
        past, classes = ([frame[mark].to_numpy(dtype=object) for mark in marks] for frame in (recent, questions))
        weights, _ = class_weights(past, classes, pseudo_count=PSEUDO_COUNT, organisation=LAST)
        found: Floats = weighted_quantiles(recent["log_outcome"], weights, LEVELS)[places]
        return found

    return forecast


def class_quantiles(items: pd.DataFrame, method: str, marks: pd.DataFrame) -> Floats:
    """P10 to P90 of A/E, or of hours, from `finished_items`, shape (questions, levels): `marks` has a row for each."""
    forecast = _last_outcomes if method == NAIVE else _reference_classes(list(marks.columns))
    found: Floats = np.exp(forecast(items, marks))
    return found


def class_gate(items: pd.DataFrame, marks: Sequence[str]) -> Gate:
    """Reference classes by `marks` against the last outcomes, on `finished_items` in a rolling origin.

    An item is asked once nine outcomes are known; both methods are made anew
    with every 25th. Refused, with the reason in the passport, where there are
    fewer than nine such forecasts or the classes do not beat the last outcomes.
    """
    methods: dict[str, Forecaster] = {NAIVE: _last_outcomes}
    if marks:
        methods[CLASSES] = _reference_classes(marks)
    clock = {"asked_at": EstimateHistory.estimated_on_date, "known_at": EstimateHistory.finished_on_date}
    hidden = [EstimateHistory.actual_seconds, EstimateHistory.state]
    made = {
        name: backtest(
            items.drop(columns=hidden),
            each,
            outcome="log_outcome",
            minimum_known=THIN,
            refit_every=REFIT_EVERY,
            **clock,
        )
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
        clocks=two_clocks(items, **clock),
        positions=positions,
    )
    # Nothing beats a forecast that made no error, and no share of it can be reckoned.
    if len(actual) >= residuals_needed(LEVELS[-1]) and contest.scores[NAIVE].sum() < 1e-9 * actual.sum():
        return _faultless(contest)
    return champion_gate(contest, np.random.default_rng(SEED))


def _faultless(contest: Contest) -> Gate:
    asked_at = contest.clocks.asked_at[contest.positions]
    record = Passport(
        NAIVE, NAIVE, EVENT_DATES, LEVELS, len(contest.actual),
        (pd.Timestamp(asked_at.min()), pd.Timestamp(asked_at.max())),
        {ALL_SIZES: tuple(coverage(contest.actual, contest.quantiles[NAIVE], LEVELS))},
        None, math.nan, f"the {NAIVE} made no error in {len(contest.actual):,} forecasts",
    )  # fmt: skip
    champions = np.full(len(contest.actual), NAIVE)
    return Gate(NAIVE, record, champions, contest.quantiles[NAIVE], contest.scores[NAIVE], {})


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


def effort_estimate(estimate_history: pd.DataFrame, question: Question, *, status_date: pd.Timestamp) -> EffortEstimate:
    """Answer a question from the mart `estimate_history`, as of `status_date`. UsageError as `asked_of` says."""
    asked = asked_of(estimate_history, question)
    has_estimate = asked.estimate_seconds is not None
    items, left_out = finished_items(estimate_history, status_date, has_estimate=has_estimate)
    gate = class_gate(items, list(asked.marks))
    ratios: dict[int, float] = {}
    hours: dict[int, float] = {}
    if gate.passport.n >= residuals_needed(LEVELS[-1]):
        row = class_quantiles(items, gate.method, pd.DataFrame([asked.marks or {"": ""}]))[0]
        found = {level: float(row[LEVELS.index(level / 100)]) for level in SHOWN}
        ratios = found if has_estimate else {}
        hours = {level: value * (asked.estimate_seconds or _HOUR) / _HOUR for level, value in found.items()}
    trail = class_trail(items, asked.marks)
    return EffortEstimate(
        asked, len(items), left_out, gate.method, ratios, hours, trail, gate.passport, record_in_words(gate)
    )


def class_passport(estimate_history: pd.DataFrame, *, status_date: pd.Timestamp) -> DataFrame[ForecastPassport]:
    """How forecasts from reference classes of size, class and project did on this history, by size band and level.

    Takes the mart `estimate_history`. Where they did not beat the last 1,000
    ratios the record is that of those, and `verdict` says so.
    """
    items, _ = finished_items(estimate_history, status_date, has_estimate=True)
    return DataFrame[ForecastPassport](class_gate(items, _MARKS).passport.frame())
