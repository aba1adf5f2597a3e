"""Commands of alerts: raise what is breached, list, acknowledge, decide, and say an alert in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pmo_analytics.cli.application import BLOCKED, DONE, AsOfOption, JsonOption, WorkspaceOption, app, one_of
from pmo_analytics.cli.moments import instant_of, today_of
from pmo_analytics.errors import UsageError, nearest

if TYPE_CHECKING:
    import pandas as pd

    from pmo_analytics.performance.escalation_rules import Escalation
    from pmo_analytics.warehouse import View
    from pmo_analytics.workspace import Workspace

alerts = typer.Typer(
    name="alerts",
    help="Breaches of tolerance: who was told, who answered, what is overdue. Alone it lists them.",
    invoke_without_command=True,
)
app.add_typer(alerts)

_NOT_CLEARED, _ALL = "not cleared", "all"
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="The alert's identifier, or how it begins.")]
ByOption = Annotated[str, typer.Option("--by", help="Role or group that answers; never a person's name.")]


@alerts.callback()
def list_alerts(
    context: typer.Context,
    as_of: AsOfOption = None,
    project: Annotated[str | None, typer.Option("--project", help="Of this project alone.")] = None,
    state: Annotated[
        str | None, typer.Option("--state", help="overdue, open, acknowledged, decided, cleared or all.")
    ] = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Breaches of tolerance: who was told, who answered, what is overdue. Alone it lists them, overdue and worst first.

    By default as they stand today, without those that were cleared.
    """
    if context.invoked_subcommand is not None:
        if as_of or project or state or workspace or json:
            raise UsageError("options of a command stand behind its name", expected="pmo alerts raise --json")
        return DONE
    from pmo_analytics.cli.alerts_tables import print_alerts
    from pmo_analytics.performance.alert_standing import STATES, alert_standing
    from pmo_analytics.warehouse import Warehouse
    from pmo_analytics.warehouse.as_of import parse_as_of
    from pmo_analytics.warehouse.stores.alerts import ALERTS

    one_of("--state", state, (*STATES, _ALL))
    opened = Warehouse.open(workspace)
    found = ALERTS.read(opened.workspace)
    day = parse_as_of(as_of) if as_of else today_of(opened.workspace)
    standing = alert_standing(found.events, day)
    if project is not None:
        standing = _of_project(standing, project)
    shown = standing
    if state != _ALL:
        is_kept = standing["alert_state"] != "cleared" if state is None else standing["alert_state"] == state
        shown = standing[is_kept].reset_index(drop=True)
    print_alerts(shown, standing, found, day, as_json=json)
    return DONE


@alerts.command("raise")
def raise_alerts(as_of: AsOfOption = None, workspace: WorkspaceOption = None, json: JsonOption = False) -> int:
    """Hold every running project against the rules: raise what is breached, clear what is over.

    What was raised before is not raised again. In a directive PMO the exit
    code is 5 while an alert is overdue and not decided.
    """
    from pmo_analytics.cli.alerts_tables import print_raised
    from pmo_analytics.performance.alert_standing import alert_standing
    from pmo_analytics.performance.alerts import events_of_look
    from pmo_analytics.performance.escalation_rules import DIRECTIVE, unknown_scopes
    from pmo_analytics.warehouse import Warehouse
    from pmo_analytics.warehouse.stores.alerts import ALERTS

    opened = Warehouse.open(workspace)
    settings, today = _settings(opened.workspace), today_of(opened.workspace)
    with opened.at(as_of) as view:
        if view.as_of > today:
            raise UsageError(
                "alerts are of what has happened", found=f"--as-of {view.as_of}", expected=f"until {today}"
            )
        checks = _checks(view, settings)
        projects = view.table("project")
        wrong = unknown_scopes(settings.rules, projects["project_id"], projects["portfolio"].dropna())
        day, instant = view.as_of, instant_of(opened, view.version)
    kept = ALERTS.append(opened.workspace, lambda events: events_of_look(events, checks, settings.rules, day, instant))
    standing = alert_standing(ALERTS.read(opened.workspace).events, max(day, today))
    is_late = bool((standing["alert_state"] == "overdue").any())
    print_raised(kept, checks, standing, settings, wrong, day, instant, as_json=json)
    return BLOCKED if is_late and settings.pmo_type == DIRECTIVE else DONE


@alerts.command()
def acknowledge(
    identifier: IdArgument,
    by: ByOption,
    note: Annotated[str | None, typer.Option("--note", help="What is done about it.")] = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Take note of an alert, for a role or a group; the same again adds nothing."""
    from pmo_analytics.performance.alerts import acknowledgement

    return _answered(
        workspace,
        lambda events, instant: acknowledgement(events, identifier, by=by, comment=note, instant=instant),
        identifier,
        as_json=json,
    )


@alerts.command()
def decide(
    identifier: IdArgument,
    decision: Annotated[str, typer.Option("--decision", help="What was decided, in words.")],
    by: ByOption,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Record what was decided on an alert; a later decision stands beside the earlier one, and counts."""
    from pmo_analytics.performance.alerts import decided

    return _answered(
        workspace,
        lambda events, instant: decided(events, identifier, by=by, decision=decision, instant=instant),
        identifier,
        as_json=json,
    )


@alerts.command()
def text(
    identifier: IdArgument,
    form: Annotated[str, typer.Option("--form", help="email or webhook.")] = "email",
    send: Annotated[bool, typer.Option("--send", help="Send it to webhook_url of pmo.toml.")] = False,
    workspace: WorkspaceOption = None,
) -> int:
    """Print an alert as a mail, or as JSON for a webhook. Nothing is sent without --send and a webhook_url."""
    from pmo_analytics.performance.alert_standing import alert_standing
    from pmo_analytics.performance.alert_text import alert_mail, alert_payload
    from pmo_analytics.performance.alerts import found_alert
    from pmo_analytics.terminal import say
    from pmo_analytics.warehouse import Warehouse
    from pmo_analytics.warehouse.stores.alerts import ALERTS

    one_of("--form", form, ("email", "webhook"))
    opened = Warehouse.open(workspace)
    url = _settings(opened.workspace).webhook_url
    if send and form == "email":
        raise UsageError("a mail is printed, and never sent", expected="--form webhook, or no --send")
    if send and url is None:
        raise UsageError("there is nowhere to send to", expected="webhook_url in [escalation] of pmo.toml")
    events = ALERTS.read(opened.workspace).events
    name = found_alert(events, identifier)
    standing = alert_standing(events, max(today_of(opened.workspace), events["status_date"].max().date()))
    (row,) = standing[standing["alert_id"] == name].to_dict("records")
    alert = {str(column): value for column, value in row.items()}
    if not send or url is None:
        say((alert_mail(alert) if form == "email" else alert_payload(alert)).rstrip("\n"))
        return DONE
    from pmo_analytics.cli import alerts_sending

    answer = alerts_sending.send(url, alert_payload(alert))
    say(f"{name} sent: the webhook answered {answer}")
    return DONE


def _answered(workspace: Any, made: Any, identifier: str, *, as_json: bool) -> int:
    from pmo_analytics.cli.alerts_tables import print_answered
    from pmo_analytics.performance.alert_standing import alert_standing
    from pmo_analytics.performance.alerts import found_alert
    from pmo_analytics.warehouse import Warehouse
    from pmo_analytics.warehouse.stores.alerts import ALERTS

    opened = Warehouse.open(workspace)
    # Refused before anything is written: an unknown alert upgrades no warehouse.
    found_alert(ALERTS.read(opened.workspace).events, identifier)
    with opened.everything() as view:
        instant = instant_of(opened, view.version)
    kept = ALERTS.append(opened.workspace, lambda events: made(events, instant))
    events = ALERTS.read(opened.workspace).events
    standing = alert_standing(events, max(today_of(opened.workspace), events["status_date"].max().date()))
    print_answered(kept, standing[standing["alert_id"] == found_alert(events, identifier)], as_json=as_json)
    return DONE


def _checks(view: View, settings: Escalation) -> pd.DataFrame:
    """Every rule held against every project of the view."""
    from pmo_analytics.performance.baselines import earned_value_as_baselined
    from pmo_analytics.performance.completion_outlook import completion_outlook
    from pmo_analytics.performance.earned_value import earned_value
    from pmo_analytics.performance.escalation import tolerance_checks
    from pmo_analytics.performance.escalation_rules import rules_text
    from pmo_analytics.performance.health import project_health

    baselined = view.run(earned_value_as_baselined)
    outlook = view.run(completion_outlook, earned_value_as_baselined=baselined)
    found: pd.DataFrame = view.run(
        tolerance_checks,
        project_health=view.run(project_health, earned_value=view.run(earned_value), completion_outlook=outlook),
        earned_value_as_baselined=baselined,
        completion_outlook=outlook,
        rules=rules_text(settings.rules),
    )
    return found


def _settings(workspace: Workspace) -> Escalation:
    from pmo_analytics.performance.escalation_rules import escalation_settings

    file, tolerances = str(workspace.settings_file), workspace.decision_tolerances
    return escalation_settings(workspace.escalation, file=file, **tolerances)


def _of_project(standing: pd.DataFrame, project: str) -> pd.DataFrame:
    kept = standing[standing["project_id"].str.casefold() == project.strip().casefold()]
    if kept.empty:
        close = nearest(project, standing["project_id"].unique())
        raise UsageError(
            f"no alert is of project {project!r}",
            hint=f"did you mean {close!r}?" if close else "`pmo alerts --state all` lists all there are",
        )
    return kept.reset_index(drop=True)
