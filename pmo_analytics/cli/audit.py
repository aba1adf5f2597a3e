"""The command that audits: every rule held against every project, findings recorded and assigned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pmo_analytics.cli.application import BLOCKED, DONE, AsOfOption, JsonOption, WorkspaceOption, app
from pmo_analytics.cli.moments import instant_of, today_of
from pmo_analytics.errors import UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from pmo_analytics.warehouse import Warehouse

_ASSIGNING = {"owner": "--owner", "person": "--person", "due": "--due", "by": "--by"}


@app.command()
def audit(
    project: Annotated[str | None, typer.Argument(metavar="[PROJECT]", help="Of this project alone.")] = None,
    as_of: AsOfOption = None,
    record: Annotated[bool, typer.Option("--record", help="Keep what is found: new, waived, cleared.")] = False,
    history: Annotated[bool, typer.Option("--history", help="What was recorded of findings, in its order.")] = False,
    rules: Annotated[bool, typer.Option("--rules", help="The rules that hold, and no audit.")] = False,
    assign: Annotated[
        str | None, typer.Option("--assign", metavar="FINDING", help="Give a recorded finding to an owner.")
    ] = None,
    owner: Annotated[str | None, typer.Option("--owner", help="Role that the finding is given to.")] = None,
    person: Annotated[str | None, typer.Option("--person", help="Token of the person in that role.")] = None,
    due: Annotated[str | None, typer.Option("--due", help="Day until which; by default the one it has.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Role or group that assigns; never a name.")] = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Hold every rule against every project: hard gates first, then the gravest; waivers, and what nobody can tell.

    In a directive PMO the exit code is 5 where a hard gate failed, or nothing
    is known of it.
    """
    given = {"owner": owner, "person": person, "due": due, "by": by}
    _one_way({"--record": record, "--history": history, "--rules": rules, "--assign": assign is not None})
    if as_of is not None and (assign is not None or history):
        raise UsageError("--as-of is of an audit", hint="what is recorded keeps its own days")
    if assign is not None:
        return _assigned(workspace, assign, given, as_json=json)
    if wrong := [_ASSIGNING[name] for name, value in given.items() if value is not None]:
        raise UsageError(f"{wrong[0]} is of an assignment", hint="name the finding with --assign")
    if history:
        return _history(workspace, project, as_json=json)
    if rules:
        return _rules(workspace, as_of, as_json=json)
    return _audited(workspace, project, as_of, record=record, as_json=json)


def _audited(
    workspace: Path | None, project: str | None, as_of: str | None, *, record: bool, as_json: bool
) -> int:  # fmt: skip
    from pmo_analytics.cli.audit_tables import print_audit
    from pmo_analytics.governance.finding_events import events_of_audit
    from pmo_analytics.governance.finding_standing import finding_standing
    from pmo_analytics.performance.escalation_rules import DIRECTIVE
    from pmo_analytics.reporting.audit_run import run_audit
    from pmo_analytics.warehouse import Warehouse
    from pmo_analytics.warehouse.stores.findings import FINDINGS

    opened = Warehouse.open(workspace)
    today = today_of(opened.workspace)
    with opened.at(as_of) as view:
        found, day, instant = run_audit(view), view.as_of, instant_of(opened, view.version)
    only = None if project is None else _known_project(project, found.standing)
    kept = None
    if record:
        if day > today:
            raise UsageError("findings are of what has happened", found=f"--as-of {day}", expected=f"until {today}")
        kept = FINDINGS.append(
            opened.workspace,
            lambda events: events_of_audit(events, found.findings, found.checks, day, instant),
        )
    standing = finding_standing(FINDINGS.read(opened.workspace).events, max(day, today) if record else day)
    print_audit(found, standing, kept, day, instant.warehouse_version, only, as_json=as_json)
    shown = found.standing if only is None else found.standing[found.standing["project_id"] == only]
    pmo_type = _pmo_type(opened)
    return _verdict(shown, pmo_type, is_blocking=pmo_type == DIRECTIVE, as_json=as_json)


def _verdict(standing: pd.DataFrame, pmo_type: str, *, is_blocking: bool, as_json: bool) -> int:
    """What open hard gates mean under the PMO's type: advice, a warning, or a stop."""
    from pmo_analytics.cli.application import complain
    from pmo_analytics.terminal import say

    held = standing[standing["hard_gate_count"] > 0]
    if held.empty:
        return DONE
    number = f"{len(held):,} project" + ("" if len(held) == 1 else "s")
    told = f"{number} with a hard gate that failed or of which nothing is known, such as {held['project_id'].iloc[0]}"
    if pmo_type == "supportive":
        if not as_json:
            say(told)
    else:
        complain(f"{'blocked' if is_blocking else 'warning'}: {told}")
    return BLOCKED if is_blocking else DONE


def _assigned(workspace: Path | None, finding: str, given: Mapping[str, str | None], *, as_json: bool) -> int:
    from pmo_analytics.cli.audit_tables import print_assigned
    from pmo_analytics.governance.finding_events import assignment, found_finding
    from pmo_analytics.governance.finding_standing import finding_standing
    from pmo_analytics.warehouse import Warehouse
    from pmo_analytics.warehouse.as_of import parse_as_of
    from pmo_analytics.warehouse.stores.findings import FINDINGS

    owner, by = given["owner"], given["by"]
    if owner is None or by is None:
        raise UsageError("an assignment names a role and who says so", expected="--owner ROLE --by ROLE")
    opened = Warehouse.open(workspace)
    # Refused before anything is written: an unknown finding upgrades no warehouse.
    found_finding(FINDINGS.read(opened.workspace).events, finding)
    until = None if given["due"] is None else parse_as_of(given["due"])
    with opened.everything() as view:
        instant = instant_of(opened, view.version)
        if given["person"] is not None and given["person"] not in set(view.table("person")["person_id"]):
            raise UsageError(
                "no person of the register has this token", found=given["person"],
                expected="a token, as `pmo sql 'SELECT person_id, role FROM core.person'` lists them",
            )  # fmt: skip
    kept = FINDINGS.append(
        opened.workspace,
        lambda events: assignment(
            events, finding, owner=owner, owner_id=given["person"], due=until, by=by, instant=instant
        ),
    )
    events = FINDINGS.read(opened.workspace).events
    standing = finding_standing(events, max(today_of(opened.workspace), events["status_date"].max().date()))
    print_assigned(kept, standing[standing["finding_id"] == found_finding(events, finding)], as_json=as_json)
    return DONE


def _history(workspace: Path | None, project: str | None, *, as_json: bool) -> int:
    from pmo_analytics.cli.audit_tables import print_history
    from pmo_analytics.governance.finding_standing import finding_standing
    from pmo_analytics.warehouse import Warehouse
    from pmo_analytics.warehouse.stores.findings import FINDINGS

    opened = Warehouse.open(workspace)
    log = FINDINGS.read(opened.workspace)
    events = log.events
    if project is not None:
        only = _known_project(project, events)
        events = events[events["project_id"] == only].reset_index(drop=True)
    print_history(events, finding_standing(events, today_of(opened.workspace)), log, as_json=as_json)
    return DONE


def _rules(workspace: Path | None, as_of: str | None, *, as_json: bool) -> int:
    from pmo_analytics.cli.audit_tables import print_rules
    from pmo_analytics.governance.audit import audit_faults
    from pmo_analytics.governance.rule_book import rule_book
    from pmo_analytics.warehouse import Warehouse

    with Warehouse.open(workspace).at(as_of) as view:
        print_rules(rule_book(view.table("audit_rule")), view.run(audit_faults), as_json=as_json)
    return DONE


def _one_way(asked: Mapping[str, bool]) -> None:
    stated = [name for name, is_asked in asked.items() if is_asked]
    if len(stated) > 1:
        raise UsageError(f"{stated[0]} and {stated[1]} are two things to do", expected="one of them")


def _known_project(name: str, rows: pd.DataFrame) -> str:
    known = {str(each).casefold(): str(each) for each in rows["project_id"].unique()}
    found = known.get(name.strip().casefold())
    if found is None:
        close = nearest(name, known.values())
        raise UsageError(
            f"there is no project {name!r}", expected="a project_id of the register of projects",
            hint=f"did you mean {close!r}?" if close else None,
        )  # fmt: skip
    return found


def _pmo_type(opened: Warehouse) -> str:
    from pmo_analytics.performance.escalation_rules import escalation_settings

    file: Any = str(opened.workspace.settings_file)
    return escalation_settings(opened.workspace.escalation, file=file).pmo_type
