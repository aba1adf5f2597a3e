"""Commands on methods: which there are, what their gates ask for, where projects stand, what changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pmo_analytics.cli.application import BLOCKED, DONE, AsOfOption, JsonOption, VersionOption, WorkspaceOption, app
from pmo_analytics.cli.evidence import records
from pmo_analytics.errors import UsageError, nearest

if TYPE_CHECKING:
    import pandas as pd

    from pmo_analytics.reporting.methodology_inputs import Methods

methodology = typer.Typer(
    name="methodology", no_args_is_help=True, help="Methods, their gates, and where projects stand between them."
)
app.add_typer(methodology)
_MARKS = {
    "passed": "passed", "passed without evidence": "passed, evidence lacks", "passed out of turn": "out of turn",
}  # fmt: skip
MethodArgument = Annotated[str, typer.Argument(metavar="METHOD", help="The method's identifier, such as hybrid.")]


@methodology.command("list")
def list_methods(
    as_of: AsOfOption = None, version: VersionOption = None, workspace: WorkspaceOption = None, json: JsonOption = False
) -> int:
    """The methods that registers state or projects name, their versions, and what is wrong with them."""
    from pmo_analytics.terminal import print_json, print_table, say

    made, stamp = _made(workspace, as_of, version)
    problems = _problems(made)
    if json:
        print_json(stamp | {"methods": records(made.in_force), "problems": problems})
        return DONE
    print_table(
        ["method", "version", "name", "valid from", "projects", "from"],
        [
            (row["methodology_id"], row["version"], row["name"], row["status_date"], row["project_count"],
             "the package" if row["is_given"] else "registers")
            for row in _rows(made.in_force)
        ],
    )  # fmt: skip
    for problem in problems:
        say(problem)
    return DONE


@methodology.command()
def show(
    method: MethodArgument,
    which: Annotated[str | None, typer.Option("--of-version", help="Version of the method; else the latest.")] = None,
    as_of: AsOfOption = None,
    version: VersionOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """The gates of a method and what each asks for."""
    from pmo_analytics.terminal import print_json, print_table

    _, gates, asked, stamp = _one(workspace, as_of, version, method, which)
    if json:
        print_json(stamp | {"gates": records(gates), "artefacts": records(asked)})
        return DONE
    rows = []
    for gate in _rows(gates):
        head = (gate["gate_id"], gate["name"], gate["stage"] or "", gate["method_problem"] or "")
        kinds = [row for row in _rows(asked) if row["gate_id"] == gate["gate_id"]]
        for at, row in enumerate(kinds or [{}]):
            wanted = row.get("tailoring") or ("all" if row.get("is_mandatory") else "recommended" if row else "")
            note = row.get("method_problem") or ""
            first = head if at == 0 else ("", "", "", "")
            rows.append((*first[:3], row.get("artefact_kind", ""), wanted, first[3] or note))
    print_table(["gate", "name", "ends stage", "artefact", "required of", ""], rows)
    return DONE


@methodology.command()
def new(
    method: MethodArgument,
    out: Annotated[Path | None, typer.Option("--out", help="Write it there; else it is printed.")] = None,
    workspace: WorkspaceOption = None,
) -> int:
    """A method as TOML to begin an own one from: change identifier or version, then `pmo ingest` it."""
    from pmo_analytics.exchange.method_toml import method_text
    from pmo_analytics.terminal import say

    row, gates, asked = _latest(workspace, method)
    text = method_text(row, gates, asked)
    if out is None:
        for line in text.splitlines():
            say(line)
        return DONE
    if out.exists():
        raise UsageError("there is a file of that name already", file=out, hint="name another one with --out")
    out.write_text(text, encoding="utf-8")
    say(f"{out} written: change it, then `pmo ingest {out}`")
    return DONE


@methodology.command()
def gates(
    project: Annotated[str | None, typer.Argument(metavar="[PROJECT]", help="One project; else all.")] = None,
    as_of: AsOfOption = None,
    version: VersionOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Where projects stand between their gates, and what the next one needs.

    Ends with 5 where the PMO is directive and the next gate of the named project is blocked.
    """
    from pmo_analytics.terminal import print_json, print_table, say

    made, stamp = _made(workspace, as_of, version)
    if project is None:
        if json:
            print_json(stamp | {"standing": records(made.standing)})
            return DONE
        print_table(
            ["project", "method", "passed", "of", "next gate", "says", "lacks", "breaches"],
            [
                (row["project_id"], _method(row), row["gates_passed_count"], row["gate_count"],
                 row["next_gate_name"] or "", row["gate_verdict"], row["lacking_artefacts"] or "", _breaches(row))
                for row in _rows(made.standing)
            ],
        )  # fmt: skip
        return DONE
    standing = next((row for row in _rows(made.standing) if row["project_id"] == project), None)
    if standing is None:
        close = nearest(project, made.standing["project_id"])
        raise UsageError(f"no project {project!r}", hint=f"did you mean {close!r}?" if close else None)
    frames = [frame[frame["project_id"] == project] for frame in (made.standing, made.project_gates, made.evidence)]
    if json:
        names = ("standing", "gates", "evidence")
        print_json(stamp | {name: records(frame) for name, frame in zip(names, frames, strict=True)})
    else:
        of = [_rows(frame) for frame in frames[1:]]
        ahead = standing["next_gate_name"] or "no next gate"
        say(f"{project}, {_method(standing)}, {stamp['as_of']}: {ahead}: {standing['gate_verdict']}")
        _print_gates(*of)
        problem = next(row["method_problem"] for row in _rows(made.of_projects) if row["project_id"] == project)
        if problem:
            say(problem)
    return BLOCKED if standing["gate_verdict"] == "block" else DONE


@methodology.command()
def changes(
    as_of: AsOfOption = None, version: VersionOption = None, workspace: WorkspaceOption = None, json: JsonOption = False
) -> int:
    """What changed from each version of a method to the next."""
    from pmo_analytics.terminal import print_json, print_table, say

    made, stamp = _made(workspace, as_of, version)
    if json:
        print_json(stamp | {"changes": records(made.changes)})
    elif made.changes.empty:
        say("No method has two versions.")
    else:
        print_table(
            ["method", "from", "to", "gate", "artefact", "change", "was", "is"],
            [
                (row["methodology_id"], row["from_version"], row["to_version"], row["gate_id"],
                 row["artefact_kind"] or "", row["method_change"], row["from_text"] or "", row["to_text"] or "")
                for row in _rows(made.changes)
            ],
        )  # fmt: skip
    return DONE


def _made(workspace: Path | None, as_of: str | None, version: int | None) -> tuple[Methods, dict[str, Any]]:
    from pmo_analytics.reporting.methodology_inputs import methods
    from pmo_analytics.warehouse import Warehouse

    with Warehouse.open(workspace).at(as_of, version) as view:
        return methods(view), {"as_of": view.as_of.isoformat(), "version": view.version}


def _one(
    workspace: Path | None, as_of: str | None, version: int | None, method: str, which: str | None
) -> tuple[dict[str, Any], pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    """One version of a method, its gates and what they ask for; UsageError where there is none of that name."""
    from pmo_analytics.reporting.methodology_inputs import method_named
    from pmo_analytics.warehouse import Warehouse

    with Warehouse.open(workspace).at(as_of, version) as view:
        found = method_named(view, method)
        stamp = {"as_of": view.as_of.isoformat(), "version": view.version}
    return *_picked(found, method, which), stamp


def _latest(workspace: Path | None, method: str) -> tuple[dict[str, Any], pd.DataFrame, pd.DataFrame]:
    """The latest version as stated by today; before anything is loaded there are the methods of the package."""
    from pmo_analytics.reporting.methodology_inputs import method_named
    from pmo_analytics.system import edges
    from pmo_analytics.warehouse import Warehouse
    from pmo_analytics.warehouse.lakes import NothingLoadedError

    opened = Warehouse.open(workspace)
    try:
        with opened.at(edges().now().date()) as view:
            found = method_named(view, method)
    except NothingLoadedError:
        found = method_named(None, method)
    return _picked(found, method, None)


def _picked(
    found: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame], method: str, which: str | None
) -> tuple[dict[str, Any], pd.DataFrame, pd.DataFrame]:
    in_force, *parts = found
    known = [row for row in _rows(in_force) if row["methodology_id"].casefold() == method.casefold()]
    if not known:
        from pmo_analytics.governance.given_methods import GIVEN

        names = sorted({*in_force["methodology_id"], *GIVEN})
        close = nearest(method, names)
        raise UsageError(
            f"no method {method!r}", expected=", ".join(names), hint=f"did you mean {close!r}?" if close else None
        )
    row = known[-1] if which is None else next((each for each in known if each["version"] == which), None)
    if row is None:
        raise UsageError(f"{method} has no version {which!r}", expected=", ".join(each["version"] for each in known))
    place = ["methodology_id", "version"]
    gates, asked = (frame[(frame[place] == [row[name] for name in place]).all(axis="columns")] for frame in parts)
    return row, gates, asked


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    from pmo_analytics.cli.evidence import tuples

    return [dict(zip(frame.columns, row, strict=True)) for row in tuples(frame)]


def _problems(made: Methods) -> list[str]:
    found = [
        f"{row['methodology_id']} {row['version']}, {row['gate_id']}: {row['method_problem']}"
        for row in [*_rows(made.gates), *_rows(made.requirements)]
        if row["method_problem"]
    ]
    return found + [
        f"{row['project_id']}: {row['method_problem']}" for row in _rows(made.of_projects) if row["method_problem"]
    ]


def _method(row: dict[str, Any]) -> str:
    return f"{row['methodology_id']} {row['version']}" if row["methodology_id"] else "no method"


def _breaches(row: dict[str, Any]) -> str:
    told = {"without evidence": row["unevidenced_count"], "out of turn": row["out_of_turn_count"]}
    return ", ".join(f"{count} passed {name}" for name, count in told.items() if count)


def _print_gates(of_project: list[dict[str, Any]], evidence: list[dict[str, Any]]) -> None:
    from pmo_analytics.terminal import print_table

    rows = []
    for gate in of_project:
        kinds = [row for row in evidence if row["gate_id"] == gate["gate_id"]]
        state = _MARKS.get(gate["gate_state"], gate["gate_state"])
        day = gate["review_date"] if gate["review_date"] else ""
        head = (gate["gate_id"], gate["gate_name"], state, day)
        for at, row in enumerate(kinds or [{}]):
            approved = row["approved_on_date"] if row.get("approved_on_date") else ""
            told = (row.get("artefact_kind", ""), row.get("requirement_basis", ""), row.get("artefact_state", ""))
            rows.append((*(head if at == 0 else ("",) * 4), *told, approved))
    print_table(["gate", "name", "state", "reviewed", "artefact", "required", "is", "approved"], rows)
