"""What commands of lessons print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pmo_analytics.cli.evidence import records

if TYPE_CHECKING:
    import pandas as pd

    from pmo_analytics.lesson_search import Found

_FACETS = {
    "text_kind": "kind",
    "category": "category",
    "tag": "tag",
    "portfolio": "portfolio",
    "project_id": "project",
    "state": "state",
    "year": "year",
}
_MOST_OF_A_FACET, _LONGEST = 8, 160


def print_found(found: Found, whole: int, stamp: dict[str, Any], *, as_json: bool) -> None:
    """What a search found, and how much of what there was."""
    from pmo_analytics.terminal import print_json, print_table, say

    rows = records(found.items)
    if as_json:
        facets = {_FACETS[name]: counts for name, counts in found.facets.items()}
        print_json(
            stamp | {"found": found.count, "of": whole, "ranked_by": found.note, "items": rows, "facets": facets}
        )
        return
    told = f"{stamp['as_of']}, version {stamp['version']}"
    if not rows:
        why = "" if whole else " No lessons, documents or reviews are loaded: `pmo init --register lesson` begins one."
        say(f"Nothing is found among {whole} texts.{why} {told}")
        return
    print_table(
        ["", "what", "title", "advice", "project", "category", "state", "of", "words", "meaning"],
        [
            (
                place, row["text_id"], row["title"], _cut(row["recommendation"] or row["text"]), row["project_id"],
                row["category"], (row["state"] or "").replace("_", " "), row["known_on_date"], row["lexical_rank"],
                row["latent_rank"],
            )
            for place, row in enumerate(rows, start=1)
        ],
    )  # fmt: skip
    for name, counts in found.facets.items():
        if counts:
            some = [f"{value} {count}" for value, count in list(counts.items())[:_MOST_OF_A_FACET]]
            more = len(counts) - len(some)
            say(f"{_FACETS[name]}: {', '.join(some)}{f', {more} more' if more else ''}")
    say(f"{found.count} of {whole} texts. Ranked by {found.note}; places in either order stand last. {told}")


def print_pushed(found: pd.DataFrame, project: str, stamp: dict[str, Any], *, as_json: bool) -> None:
    """The lessons that a project should see, and why."""
    from pmo_analytics.terminal import print_json, print_table, say

    rows = records(found)
    if as_json:
        print_json(stamp | {"project_id": project, "lessons": rows})
        return
    told = f"{stamp['as_of']}, version {stamp['version']}"
    if not rows:
        say(f"No published lesson shares the words of {project} or of its open risks. {told}")
        return
    print_table(
        ["", "lesson", "title", "advice", "why", "of"],
        [
            (
                row["lesson_place"], row["lesson_id"], row["title"], _cut(row["recommendation"]), row["reason"],
                row["known_on_date"],
            )
            for row in rows
        ],
    )  # fmt: skip
    say(f"Published lessons of other projects, by the project's profile and its five foremost open risks. {told}")


def print_review(findings: pd.DataFrame, outcomes: pd.DataFrame, stamp: dict[str, Any], *, as_json: bool) -> None:
    """What waits and what is wrong, then finished projects with what they came to beside their reviews."""
    from pmo_analytics.terminal import print_json, print_table, say

    waiting, done = records(findings), records(outcomes)
    if as_json:
        print_json(stamp | {"findings": waiting, "outcomes": done})
        return
    if waiting:
        print_table(
            ["lesson", "title", "finding", "days", "state", "project"],
            [
                (row["lesson_id"], row["title"], row["finding"], row["in_review_days"], row["state"].replace("_", " "),
                 row["project_id"])
                for row in waiting
            ],
        )  # fmt: skip
    else:
        say("No lesson waits, and none lacks anything.")
    if done:
        print_table(
            ["project", "state", "finished", "days after plan", "cost over, %", "effort A/E", "benefits, %", "review",
             "differs", "note"],
            [
                (
                    row["project_id"], row["state"], row["finished_on_date"], row["finish_after_plan_days"],
                    _rounded(row["cost_over_budget_pct"], 1), _rounded(row["effort_ratio"], 2),
                    _rounded(row["benefit_realised_pct"], 0), row["review_date"], row["reason"], row["quality_note"],
                )
                for row in done
            ],
        )  # fmt: skip
    say(f"{stamp['as_of']}, version {stamp['version']}")


def print_duplicates(found: pd.DataFrame, stamp: dict[str, Any], *, as_json: bool) -> None:
    """Pairs of lessons that say nearly the same."""
    from pmo_analytics.terminal import print_json, print_table, say

    rows = records(found)
    if as_json:
        print_json(stamp | {"pairs": rows})
        return
    told = f"{stamp['as_of']}, version {stamp['version']}"
    if not rows:
        say(f"No two lessons say nearly the same. {told}")
        return
    print_table(
        ["alike", "keep", "title", "since", "fold", "title"],
        [
            (
                f"{row['similarity']:.2f}", row["kept_id"], row["title"], row["reason"], row["folded_id"],
                row["folded_title"],
            )
            for row in rows
        ],
    )  # fmt: skip
    say(f"To fold one, state the kept one as its duplicate_of_id in the register lesson and load it. {told}")


def _cut(text: str | None) -> str:
    plain = " ".join((text or "").split())
    return plain if len(plain) <= _LONGEST else f"{plain[: _LONGEST - 1]}…"


def _rounded(value: float | None, digits: int) -> str | None:
    return None if value is None else f"{value:.{digits}f}"
