"""The commands on people: what skills lack, who could learn them, who mentors whom, what teams could be coached in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pmo_analytics.cli.application import DONE, AsOfOption, JsonOption, VersionOption, WorkspaceOption, app, one_of
from pmo_analytics.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from pmo_analytics.warehouse import View

SKILLS = ("gaps", "matrix", "cover", "training", "calendar", "certificates")
COACHING = ("match", "needs", "sessions", "effects", "own")
_MOST_MONTHS = 60


@app.command()
def skills(
    what: Annotated[str, typer.Argument(help="gaps, matrix, cover, training, calendar or certificates.")] = "gaps",
    months: Annotated[int, typer.Option("--months", help="How many months to come, 1 to 60.")] = 12,
    budget: Annotated[float | None, typer.Option("--budget", help="What training may cost, with training.")] = None,
    currency: Annotated[str | None, typer.Option("--currency", help="Currency of the budget and of courses.")] = None,
    travel: Annotated[bool, typer.Option("--travel", help="Sessions in other places too, with training.")] = False,
    as_of: AsOfOption = None,
    version: VersionOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """What is short of each skill, who covers it, and who to send to which course; persons are tokens."""
    one_of("WHAT", what, SKILLS)
    if not 1 <= months <= _MOST_MONTHS:
        raise UsageError("--months is out of range", found=str(months), expected=f"1 to {_MOST_MONTHS}")
    if what != "training" and (budget is not None or currency is not None or travel):
        raise UsageError("--budget, --currency and --travel are of the choice of training", hint="pmo skills training")
    if budget is not None and budget < 0:
        raise UsageError("--budget is below 0", found=f"{budget:g}")
    return _answer(
        what, lambda view: _skills(view, what, months, budget, currency, travel), as_of, version, workspace, json
    )


@app.command()
def coaching(
    what: Annotated[str, typer.Argument(help="match, needs, sessions, effects or own.")] = "match",
    coach: Annotated[
        str | None, typer.Option("--for", help="The coach who asks, by the register's identifier, with own.")
    ] = None,
    as_of: AsOfOption = None,
    version: VersionOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Who could mentor whom, what teams of five or more could be coached in, and a coach's own persons."""
    one_of("WHAT", what, COACHING)
    if (what == "own") != (coach is not None):
        raise UsageError("a coach's own persons are asked for by that coach", hint="pmo coaching own --for E013")
    return _answer(what, lambda view: _coaching(view, what, coach), as_of, version, workspace, json)


def _answer(
    what: str, made_by: Any, as_of: str | None, version: int | None, workspace: Path | None, as_json: bool
) -> int:
    from pmo_analytics.cli.evidence import records
    from pmo_analytics.cli.people_tables import print_people
    from pmo_analytics.terminal import print_json
    from pmo_analytics.warehouse import Warehouse

    with Warehouse.open(workspace).at(as_of, version) as view:
        frames: dict[str, pd.DataFrame] = made_by(view)
        stamp = {"as_of": view.as_of.isoformat(), "version": view.version}
    if as_json:
        print_json(stamp | {name: records(frame) for name, frame in frames.items()})
    else:
        print_people(what, frames, f"{stamp['as_of']}, version {stamp['version']}")
    return DONE


def _skills(
    view: View, what: str, months: int, budget: float | None, currency: str | None, travel: bool
) -> dict[str, pd.DataFrame]:
    from pmo_analytics.knowledge.skill_cover import single_point, skill_cover
    from pmo_analytics.knowledge.skill_gap import skill_gap
    from pmo_analytics.knowledge.skill_matrix import skill_matrix
    from pmo_analytics.knowledge.training_calendar import expiring_certificate, training_calendar
    from pmo_analytics.knowledge.training_choice import training_alternative, training_choice
    from pmo_analytics.reporting.people_inputs import capacity_forecast, worth_of_an_hour

    if what == "certificates":
        return {"expiring_certificate": view.run(expiring_certificate)}
    if what in {"matrix", "cover"}:
        matrix = view.run(skill_matrix)
        if what == "matrix":
            return {"skill_matrix": matrix}
        return {
            "skill_cover": view.run(skill_cover, skill_matrix=matrix),
            "single_point": view.run(single_point, skill_matrix=matrix),
        }
    gap = view.run(skill_gap, capacity_outlook=capacity_forecast(view, months), months=months)
    if what == "gaps":
        return {"skill_gap": gap}
    if what == "calendar":
        return {"training_calendar": view.run(training_calendar, skill_gap=gap)}
    worth = worth_of_an_hour(view)
    if currency is not None and worth.get("currency") != currency:
        worth = {"currency": currency}
    chosen = view.run(
        training_choice, skill_gap=gap, skill_matrix=view.run(skill_matrix), budget_amount=budget,
        is_travel_allowed=travel, **worth,
    )  # fmt: skip
    return {
        "training_choice": chosen,
        "training_alternative": view.run(training_alternative, skill_gap=gap, training_choice=chosen),
    }


def _coaching(view: View, what: str, coach: str | None) -> dict[str, pd.DataFrame]:
    from pmo_analytics.knowledge.coaching import coaching_activity, coaching_need, own_mentee
    from pmo_analytics.knowledge.development_effect import coaching_effect, training_effect
    from pmo_analytics.knowledge.mentor_matching import mentor_matching
    from pmo_analytics.knowledge.skill_matrix import skill_matrix
    from pmo_analytics.reporting.people_inputs import overload

    if what == "needs":
        return {"coaching_need": view.run(coaching_need, team_overload=overload(view))}
    if what == "sessions":
        return {"coaching_activity": view.run(coaching_activity)}
    if what == "effects":
        return {"training_effect": view.run(training_effect), "coaching_effect": view.run(coaching_effect)}
    matrix = view.run(skill_matrix)
    if what == "match":
        return {"mentor_matching": view.run(mentor_matching, skill_matrix=matrix)}
    names = _register_names(view)
    tokens = [token for token, name in names.items() if name.casefold() == str(coach).casefold()]
    if len(tokens) != 1:
        raise UsageError(
            f"no person {coach!r} in the register", hint="name the coach as the register of persons does"
        )  # fmt: skip
    own = view.run(own_mentee, skill_matrix=matrix, coach_id=tokens[0])
    return {"own_mentee": own.assign(person_id=own["person_id"].map(lambda token: names.get(token, token)))}


def _register_names(view: View) -> dict[str, str]:
    """The register's own identifiers by token: of the personal lake, which whoever asks must be able to read."""
    _, rows = view.rows(
        "SELECT coalesce(m.merged_into_id, a.person_id), a.external_key FROM personal_view.given_person_alias AS a "
        "LEFT JOIN core.person_merge AS m ON m.person_id = a.person_id WHERE a.source = 'register' ORDER BY 2"
    )
    return {str(token): str(name) for token, name in rows}
