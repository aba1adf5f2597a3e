"""The command that tells why a figure moved since last month's pack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pmo_analytics.cli.application import DONE, JsonOption, VersionOption, WorkspaceOption, app

if TYPE_CHECKING:
    from pmo_analytics.month_bridge import Exchanged, MonthBridge

_ROWS = 20


@app.command()
def bridge(
    month: Annotated[str, typer.Argument(help="The later month, such as 2026-06.")],
    figure: Annotated[str, typer.Option("--figure", help="eac (estimate at completion), finish, or benefits.")] = "eac",
    project: Annotated[str | None, typer.Option("--project", help="One project's identifier.")] = None,
    currency: Annotated[str | None, typer.Option("--currency", help="The currency that money is told in.")] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="The earlier month or a version; by default the month before.")
    ] = None,
    step: Annotated[
        str | None, typer.Option("--open", help="Show the rows exchanged in this step, such as 'new postings'.")
    ] = None,
    version: VersionOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Why a figure moved since last month's pack: seven steps that add up to the last digit, and their rows."""
    from pmo_analytics.errors import UsageError, nearest
    from pmo_analytics.month_bridge import Bridges, PackSource, earlier_pack
    from pmo_analytics.performance.forecast_bridge import FIGURES, STEPS
    from pmo_analytics.warehouse import Warehouse

    for given, known, what in ((figure, FIGURES, "figure"), (step or STEPS[0], STEPS, "step")):
        if given not in known:
            close = nearest(given, list(known))
            hint = f"did you mean {close!r}?" if close else None
            raise UsageError(f"no such {what} of a bridge", found=given, expected=", ".join(known), hint=hint)
    warehouse = Warehouse.open(workspace)
    with warehouse.at(month, version) as view:
        before, now = earlier_pack(view, since), PackSource(view.as_of, view.version, f"version {view.version}")
        _check_project(view.table("project"), project)
    with Bridges(warehouse, before, now) as bridges:
        if step is not None:
            _print_rows(step, bridges.rows(figure, step, project), as_json=json)
            return DONE
        found = bridges.of(figure, project_id=project, currency=currency)
    if json:
        _print_json(found)
    else:
        _print(found)
    return DONE


def _check_project(register: object, project: str | None) -> None:
    from pmo_analytics.portfolio.membership import only

    if project is not None:
        only(register, project)  # type: ignore[arg-type]


def _print(found: MonthBridge) -> None:
    from pmo_analytics.month_bridge import step_lines
    from pmo_analytics.terminal import print_table, say

    lines = step_lines(found)
    if lines:
        print_table(["step", "moved", "reached", "largest part", ""], lines)
    for text in found.words():
        say(text)


def _print_json(found: MonthBridge) -> None:
    from pmo_analytics.month_bridge import amount
    from pmo_analytics.terminal import print_json

    bridge = found.bridge
    print_json(
        {
            "figure": found.figure, "project": found.project_id, "unit": bridge and bridge.unit,
            "before": bridge and amount(found, bridge.before), "after": bridge and amount(found, bridge.after),
            "since": {"as_of": str(found.before.as_of), "version": found.before.version, "why": found.before.told},
            "now": {"as_of": str(found.now.as_of), "version": found.now.version},
            "left_out": found.left_out, "note": found.note,
            "steps": [
                {
                    "step": step.name, "moved": step.moved / found.scale, "reached": amount(found, step.reached),
                    "other_order": step.other_order / found.scale, "is_order_dependent": step.is_order_dependent,
                    "parts": [{"project": part.project_id, "moved": part.moved / found.scale} for part in step.parts],
                }
                for step in (bridge.steps if bridge else [])
            ],
        }
    )  # fmt: skip


def _print_rows(step: str, found: Exchanged, *, as_json: bool) -> None:
    from pmo_analytics.cli.evidence import cut, records, tuples
    from pmo_analytics.explanations import told
    from pmo_analytics.terminal import print_json, print_table

    if as_json:
        print_json(
            {
                "step": step,
                "rows": {name: {"came": records(come), "went": records(gone)} for name, (come, gone) in found.items()},
            }
        )
        return
    if not found:
        print(f"{step}: no row was exchanged")
    for name, sides in found.items():
        for word, rows in zip(("came", "went"), sides, strict=True):
            if len(rows):
                print(f"\n{step}, {name}: {len(rows):,} {word}{cut(rows, _ROWS)}")
                shown = told(rows).head(_ROWS)
                print_table([str(c) for c in shown.columns], tuples(shown))
