"""The command that puts proposals in order under a board's criteria."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pmo_analytics.cli.application import DONE, AsOfOption, JsonOption, VersionOption, WorkspaceOption, app

if TYPE_CHECKING:
    import pandas as pd

NOTHING = "Nothing is scored: load the registers criterion and criterion_score."
_NONE = "–"


@app.command()
def prioritise(
    as_of: AsOfOption = None,
    version: VersionOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """The order of what a board has scored: what each value is made of, how sure its place is, what would turn it."""
    from pmo_analytics.cli.evidence import records
    from pmo_analytics.portfolio.pairwise_weights import judged_weights
    from pmo_analytics.portfolio.prioritisation import priority_component, priority_score, rank_chance, rank_turn
    from pmo_analytics.terminal import print_json, say
    from pmo_analytics.warehouse import Warehouse

    with Warehouse.open(workspace).at(as_of, version) as view:
        stamp = {"as_of": view.as_of.isoformat(), "version": view.version}
        made = {
            each.__name__: view.run(each)
            for each in (priority_score, priority_component, rank_chance, rank_turn, judged_weights)
        }
    if json:
        print_json(stamp | {name: records(frame) for name, frame in made.items()})
        return DONE
    told = f"{stamp['as_of']}, version {stamp['version']}"
    if made["priority_score"].empty:
        say(f"{NOTHING} {told}")
    else:
        _print_order(made, told)
    if not made["judged_weights"].empty:
        _print_judgements(made["judged_weights"])
    return DONE


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    from pmo_analytics.cli.evidence import tuples

    return [dict(zip(frame.columns, row, strict=True)) for row in tuples(frame)]


def _print_order(made: dict[str, pd.DataFrame], told: str) -> None:
    from pmo_analytics.terminal import print_table, say

    parts = {(row["subject_id"], row["criterion_id"]): row for row in _rows(made["priority_component"])}
    shares = {row["criterion_id"]: row["weight_share"] for row in parts.values()}
    chances: dict[str, list[float]] = {}
    for row in _rows(made["rank_chance"]):
        chances.setdefault(row["subject_id"], []).append(row["rank_probability"])
    turns = {row["leader_id"]: row for row in _rows(made["rank_turn"])}
    scores = _rows(made["priority_score"])
    notes = [row["quality_note"].split("; ") for row in scores]
    shared = [note for note in notes[0] if note and all(note in each for each in notes)]
    print_table(
        ["", "subject", "value", *(f"{name} {100 * share:.0f} %" for name, share in shares.items()), "first",
         "likely places", "TOPSIS", "PROMETHEE", "passed by the next if", ""],
        [
            (
                row["value_rank"], row["subject_id"], _value(row),
                *(_part(parts[row["subject_id"], name]["value_part"]) for name in shares),
                f"{100 * row['first_rank_probability']:.0f} %", _places(chances[row["subject_id"]]),
                row["topsis_rank"] or _NONE, row["flow_rank"] or _NONE, _turn(turns.get(row["subject_id"])),
                "; ".join(note for note in own if note not in shared),
            )
            for row, own in zip(scores, notes, strict=True)
        ],
    )  # fmt: skip
    say(
        "Parts sum to the value. Places hold 9 of 10 draws of weights around the stated ones; the last column but one "
        f"is the least share of weight that makes the next equal. {told}"
    )
    for note in shared:
        say(f"{note[:1].upper()}{note[1:]}.")


def _value(row: dict[str, Any]) -> str:
    if row["missing_count"]:
        return f"{row['weighted_value']:.3f} ({row['value_low']:.3f} to {row['value_high']:.3f})"
    return f"{row['weighted_value']:.3f}"


def _part(value: float | None) -> str:
    return "?" if value is None else f"{value:.3f}"


def _places(chances: list[float]) -> str:
    """The places that hold 9 of 10 draws, a twentieth left out at either end."""
    total, low, high = 0.0, 0, len(chances)
    for place, chance in enumerate(chances, start=1):
        if total <= 0.05:
            low = place
        total += chance
        if total >= 0.95:
            high = place
            break
    return str(low) if low == high else f"{low} to {high}"


def _turn(row: dict[str, Any] | None) -> str:
    if row is None:
        return ""
    if row["moved_share"] is None:
        return str(row["quality_note"])
    return f"{100 * row['moved_share']:.1f} % moves {row['quality_note']}"


def _print_judgements(frame: pd.DataFrame) -> None:
    from pmo_analytics.terminal import print_table, say

    rows = _rows(frame)
    criteria = list(dict.fromkeys(row["criterion_id"] for row in rows))
    weights = {(row["assessor_id"], row["criterion_id"]): row["weight"] for row in rows}
    print_table(
        ["assessor", *criteria, "consistency ratio", ""],
        [
            (
                name, *(f"{weights[name, each]:.3f}" if (name, each) in weights else _NONE for each in criteria),
                _NONE if row["consistency_ratio"] is None else f"{row['consistency_ratio']:.3f}", row["quality_note"],
            )
            for name, row in {row["assessor_id"]: row for row in rows}.items()
        ],
    )  # fmt: skip
    say("Up to a ratio of 0.10 judgements agree well enough to be used.")
