"""What the commands of the decision ledger print."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from pmo_analytics.forecasting.prediction_ledger import Moment
    from pmo_analytics.warehouse.stores.chained_tables import Appended
    from pmo_analytics.warehouse.stores.decision_ledger import Ledger

_HOUR = 3600.0
_SHOWN = (0.1, 0.5, 0.8, 0.9)
_PREDICTIONS = "Predictions"
_BACKTESTS = "Backtests: made with an earlier date than what was known"


def print_recorded(
    made: pd.DataFrame,
    kept: Appended,
    refused: dict[str, str],
    history: pd.DataFrame,
    moment: Moment,
    *,
    as_json: bool,
) -> None:
    """Print what was recorded, what stood there already and what has no forecast."""
    from pmo_analytics.cli.evidence import records
    from pmo_analytics.terminal import print_json, say

    known = len(made) - len(kept.rows)
    if as_json:
        print_json(
            {
                "recorded": len(kept.rows), "already_recorded": known, "refused": refused,
                "is_retrospective": moment.is_retrospective, "predictions": _opened(records(kept.rows)),
                "upgrades": kept.upgrades,
            }
        )  # fmt: skip
        return
    for step in kept.upgrades:
        say(f"the warehouse was upgraded, {step}")
    seen = f"as of {moment.status_date}, version {moment.warehouse_version}"
    if len(kept.rows):
        _print_filled(
            ["item", "by", *(f"P{100 * level:.0f} h" for level in _SHOWN), "range h"],
            [(row["item_id"], _by(row), *_quantiles(row), _range(row)) for row in _rows(kept.rows)],
        )
    say(f"{_count(len(kept.rows), 'prediction')} recorded, {seen}")
    if known:
        say(f"{_count(known, 'prediction')} recorded before, with the same inputs: nothing added")
    for reason in dict.fromkeys(refused.values()):
        say(f"{_count(sum(each == reason for each in refused.values()), 'item')} without a forecast. {reason}")
    if not len(made) and not refused:
        say("no open item has an estimate: nothing to predict")
    if moment.is_retrospective:
        say(f"a backtest: what happened until {moment.latest_date} is known, so these stand apart")
    elif moment.made_on > moment.latest_date and len(kept.rows):
        say(
            f"nothing later than {moment.latest_date} is loaded: an item that turns out to have finished by today, "
            f"{moment.made_on}, will count as after the fact"
        )
    ended = history[history["item_id"].isin(kept.rows["item_id"]) & (history["state"] != "open")]
    for row in _rows(ended):
        say(f"{row['item_id']} is {row['state']} already: shown as after the fact, never scored")
    if len(kept.rows) and kept.rows["stated_by"].notna().any():
        say("a label is kept for good: a group's, never a person's name, which is personal data")


def print_scored(kept: Appended, ledger: Ledger, day: date, version: int, *, as_json: bool) -> None:
    """Print how many predictions were scored, and why others were not."""
    from pmo_analytics.cli.evidence import records
    from pmo_analytics.forecasting.prediction_scores import last_scores
    from pmo_analytics.terminal import print_json, say

    states = {str(k): int(v) for k, v in kept.rows["score_state"].value_counts(sort=False).items()}
    times = ledger.scores["prediction_id"].value_counts()
    again = int((kept.rows["prediction_id"].map(times) > 1).sum())
    unsettled = int((~ledger.predictions["prediction_id"].isin(last_scores(ledger.scores)["prediction_id"])).sum())
    if as_json:
        print_json(
            {
                "as_of": day.isoformat(), "version": version, "added": len(kept.rows), "changed_outcomes": again,
                "by_state": states, "without_outcome": unsettled, "scores": records(kept.rows),
            }
        )  # fmt: skip
        return
    told = ", ".join(f"{number:,} {state}" for state, number in states.items())
    say(f"{_count(len(kept.rows), 'outcome')} added{': ' + told if told else ''}; as of {day}, version {version}")
    if again:
        say(f"{_count(again, 'outcome')} changed since the last score; the earlier scores stay")
    say(f"{_count(unsettled, 'prediction')} without an outcome yet, of {len(ledger.predictions):,}")
    if len(ledger.predictions):
        say("next: pmo ledger show")


def print_ledger(standing: pd.DataFrame, summary: pd.DataFrame, ledger: Ledger, lines: int, *, as_json: bool) -> None:
    """Print how each method did, then the predictions; backtests apart from both."""
    from pmo_analytics.cli.application import complain
    from pmo_analytics.cli.evidence import records
    from pmo_analytics.terminal import print_json, say

    if as_json:
        print_json(
            {
                "summary": records(summary),
                "predictions": _opened(records(standing)),
                "last_rows": ledger.heads,
                "faults": [f"{place}: {text}" for place, text in ledger.faults],
            }
        )
        return
    for place, text in ledger.faults:
        complain(f"{place}: {text}; `pmo warehouse check` tells all that is not as it was written")
    if not len(ledger.predictions):
        say("nothing is recorded yet: pmo ledger record")
        return
    for title, is_past in ((_PREDICTIONS, False), (_BACKTESTS, True)):
        part = standing[standing["is_retrospective"] == is_past]
        if len(part):
            say(title)
            _print_summary(summary[summary["is_retrospective"] == is_past])
            _print_standing(part, lines)
            say("")
    heads = ", ".join(
        f"{_count(len(frame), what)}, the last {ledger.heads[name][:16]}"
        for name, what, frame in (
            ("prediction", "prediction", ledger.predictions),
            ("prediction_score", "score", ledger.scores),
        )
        if ledger.heads.get(name)
    )
    say(f"{heads}. Note the digests elsewhere: a ledger that was written anew has others.")


def _print_summary(summary: pd.DataFrame) -> None:
    """Counts, then figures, then what is to be said of them: three narrow tables are read, a wide one is folded."""
    from pmo_analytics.terminal import say

    rows = _rows(summary)
    counts = ("prediction", "scored", "open", "cancelled", "after_the_fact", "withheld", "item")
    _print_filled(
        ["method", "made", "scored", "open", "cancelled", "after the fact", "withheld", "items"],
        [(_method(row), *(int(row[f"{name}_count"]) or None for name in counts)) for row in rows],
    )
    figures: list[tuple[Any, ...]] = [
        (
            _method(row),
            _hours(row["pinball_loss_seconds"], 2),
            _hours(row["naive_pinball_loss_seconds"], 2),
            _band(row, "skill", "skill_low", "skill_high", 100.0),
            *(
                _band(row, f"{name}_pct", f"{name}_low_pct", f"{name}_high_pct")
                for name in ("p80_coverage", "p90_coverage", "hit_rate")
            ),
        )
        for row in rows
        if row["item_count"]
    ]
    if figures:
        say("")
        _print_filled(
            ["method", "loss h", "naive h", "skill %", "within P80 %", "within P90 %", "ranges held %"], figures
        )
    for row in rows:
        if row["quality_note"]:
            say(f"{_method(row)}: {row['quality_note']}")


def _print_standing(part: pd.DataFrame, lines: int) -> None:
    from pmo_analytics.terminal import say

    if not lines:
        return
    say("")
    levels = _SHOWN[1:]
    _print_filled(
        ["item", "by", "made", "as of", *(f"P{100 * level:.0f} h" for level in levels), "range h", "outcome h",
         "score", "loss h", "naive h", "note"],
        [
            (
                row["item_id"],
                _by(row),
                None if row["is_retrospective"] else f"{row['made_at']:%Y-%m-%d}",
                f"{row['status_date']:%Y-%m-%d}",
                *_quantiles(row, levels),
                _range(row),
                _hours(row["actual_seconds"]),
                _score(row),
                _hours(row["pinball_loss_seconds"], 2),
                _hours(row["naive_pinball_loss_seconds"], 2),
                row["quality_note"],
            )
            for row in _rows(part.tail(lines))
        ],
    )  # fmt: skip
    if len(part) > lines:
        say(f"the latest {lines:,} of {len(part):,}: --lines, --item, --method")


def _print_filled(columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    """Print a table without the columns that no row fills."""
    from pmo_analytics.terminal import print_table

    filled = [place for place in range(len(columns)) if any(row[place] not in (None, "") for row in rows)]
    print_table([columns[place] for place in filled], [tuple(row[place] for place in filled) for row in rows])


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    from pmo_analytics.cli.evidence import tuples

    return [dict(zip(map(str, frame.columns), row, strict=True)) for row in tuples(frame)]


def _opened(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows whose quantiles and inputs are data, not text."""
    import json

    texts = ("quantiles", "naive_quantiles", "inputs")
    return [{name: json.loads(v) if name in texts and v else v for name, v in row.items()} for row in rows]


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")


def _by(row: dict[str, Any]) -> str:
    return str(row["stated_by"] or row["method"])


def _method(row: dict[str, Any]) -> str:
    level = row["stated_confidence_pct"]
    return str(row["method"]) if level is None else f"{row['method']}, {level:g} %"


def _quantiles(row: dict[str, Any], levels: tuple[float, ...] = _SHOWN) -> list[str | None]:
    from pmo_analytics.forecasting.prediction_ledger import quantiles_of

    if row["quantiles"] is None:
        return [None] * len(levels)
    found = dict(zip(*quantiles_of(row["quantiles"]), strict=True))
    return [_hours(found.get(level)) for level in levels]


def _range(row: dict[str, Any]) -> str | None:
    if row["low_seconds"] is None:
        return None
    low, high = _hours(row["low_seconds"]), _hours(row["high_seconds"])
    return f"{low} to {high}, {row['stated_confidence_pct']:g} %"


def _score(row: dict[str, Any]) -> str:
    if row["is_within_range"] is None:
        return str(row["score_state"])
    return "held" if row["is_within_range"] else "missed"


def _hours(seconds: float | None, decimals: int = 1) -> str | None:
    return None if seconds is None else f"{seconds / _HOUR:,.{decimals}f}"


def _band(row: dict[str, Any], name: str, low: str, high: str, factor: float = 1.0) -> str | None:
    if row[name] is None:
        return None
    value, least, most = (factor * row[each] for each in (name, low, high))
    return f"{value:.1f} ({least:.1f} to {most:.1f})"
