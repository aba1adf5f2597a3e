"""The command of a month's close: what is open, who is asked, what managers say, review, sign-off, freeze."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pmo_analytics.cli.application import BLOCKED, DONE, PARTLY, REJECTED, JsonOption, WorkspaceOption, app, complain
from pmo_analytics.cli.moments import instant_of
from pmo_analytics.errors import PmoError, UsageError

if TYPE_CHECKING:
    from pmo_analytics.contracts.recorded_events import Instant
    from pmo_analytics.reporting.close_inputs import MonthClose
    from pmo_analytics.warehouse import Warehouse

_ACTIONS = ("status", "chase", "form", "comment", "review", "sign", "freeze", "reopen")


@app.command()
def close(
    month: Annotated[str, typer.Argument(metavar="MONTH", help="The month, such as 2026-06.")],
    action: Annotated[str, typer.Argument(help=f"What to do: {', '.join(_ACTIONS)}.")] = "status",
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Of `comment`: the filled form.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Of `chase` a new folder, of `form` a new file.")] = None,
    format: Annotated[
        str | None, typer.Option("--format", help="Of `chase`: xlsx, csv or text; of `form`: xlsx or csv.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="Role that reviews, signs or re-opens; never a name.")] = None,
    despite: Annotated[str | None, typer.Option("--despite", help="Of `sign`: why, although something blocks.")] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Of `reopen`: why.")] = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> int:
    """Close a month: what blocks it, lists for those who are asked, commentary, review, sign-off, a frozen version.

    In a directive PMO what blocks can not be signed over.
    """
    from pmo_analytics.cli.application import one_of
    from pmo_analytics.performance.close_events import close_id
    from pmo_analytics.warehouse import Warehouse

    close_id(month)
    one_of("ACTION", action, _ACTIONS)
    _only(action, {"out": (out, ("chase", "form")), "format": (format, ("chase", "form")), "FILE": (file, ("comment",)),
                   "by": (by, ("review", "sign", "reopen")), "despite": (despite, ("sign",)),
                   "reason": (reason, ("reopen",))})  # fmt: skip
    opened = Warehouse.open(workspace)
    if action == "status":
        return _status(opened, month, as_json=json)
    if action == "chase":
        return _chase(opened, month, out, format, as_json=json)
    if action == "form":
        return _form(opened, month, out, format, as_json=json)
    if action == "comment":
        return _comment(opened, month, file, as_json=json)
    if action == "freeze":
        return _freeze(opened, month, as_json=json)
    return _recorded(opened, month, action, by, despite if action == "sign" else reason, as_json=json)


def _only(action: str, given: dict[str, tuple[Any, tuple[str, ...]]]) -> None:
    """Refuse an option that is of another action."""
    for name, (value, actions) in given.items():
        if value is not None and action not in actions:
            told = name if name.isupper() else f"--{name}"
            raise UsageError(f"{told} is of {' and '.join(actions)}", found=action)


def _close_of(opened: Warehouse, month: str) -> tuple[MonthClose, Instant, list[str]]:
    """The close of a month by all that is known now, the moment, and the portfolios of the register."""
    from pmo_analytics.reporting.close_inputs import month_close
    from pmo_analytics.reporting.parameters import check_month
    from pmo_analytics.warehouse.stores.month_close import CLOSES

    with opened.at(month) as view:
        check_month(view.as_of, view)
        portfolios = sorted({str(name) for name in view.table("project")["portfolio"].dropna()})
        return month_close(view, CLOSES.read(opened.workspace).events), instant_of(opened, view.version), portfolios


def _status(opened: Warehouse, month: str, *, as_json: bool) -> int:
    from pmo_analytics.cli.close_tables import print_close

    found, instant, _ = _close_of(opened, month)
    print_close(found, instant.warehouse_version, as_json=as_json)
    return DONE


def _chase(opened: Warehouse, month: str, out: Path | None, form: str | None, *, as_json: bool) -> int:
    from pmo_analytics.cli.application import one_of
    from pmo_analytics.performance.close_events import reminder_events
    from pmo_analytics.reporting.chase_lists import FORMATS, by_owner, write_chase_lists
    from pmo_analytics.terminal import clean, print_json, say
    from pmo_analytics.warehouse.stores.month_close import CLOSES

    one_of("--format", form, FORMATS)
    found, instant, _ = _close_of(opened, month)
    folder = out or Path(f"chase-{month}")
    if not found.items:
        raise UsageError(f"nobody is asked for anything in the close of {month}", expected="an item that is open")
    written = write_chase_lists(folder, month, found.items, form or "xlsx", clean=clean)
    asked = [(owner, len(items)) for owner, items in by_owner(found.items).items()]
    CLOSES.append(opened.workspace, lambda _: reminder_events(month, asked, instant=instant))
    if as_json:
        print_json([{"owner": owner, "items": count, "file": str(written[owner])} for owner, count in asked])
        return DONE
    for owner, count in asked:
        say(f"{written[owner]}: {owner}, {count} item{'' if count == 1 else 's'}")
    say(f"{len(asked)} owners are asked; kept as reminders of today")
    return DONE


def _form(opened: Warehouse, month: str, out: Path | None, form: str | None, *, as_json: bool) -> int:
    from pmo_analytics.cli.application import one_of
    from pmo_analytics.exchange.template_files import template_named, write_template
    from pmo_analytics.reporting.chase_lists import commentary_form
    from pmo_analytics.terminal import print_json, say

    one_of("--format", form, ("xlsx", "csv"))
    found, _, portfolios = _close_of(opened, month)
    kind = form or (out.suffix[1:].lower() if out and out.suffix[1:].lower() in ("xlsx", "csv") else "xlsx")
    path = out or Path(f"commentary-{month}.{kind}")
    fill = commentary_form(month, found.frames.reports, found.commentary, portfolios)
    (written,) = write_template(template_named("commentary"), path, fill, form=kind)
    if as_json:
        print_json({"file": str(written), "rows": len(fill["commentary"])})
        return DONE
    say(f"wrote {written}: {len(fill['commentary'])} rows")
    say(f"next: fill in the texts, then pmo close {month} comment {written}")
    return DONE


def _comment(opened: Warehouse, month: str, file: Path | None, *, as_json: bool) -> int:
    from dataclasses import asdict

    from pmo_analytics.ingest import IngestOptions, ingest_files
    from pmo_analytics.performance.close_events import close_state
    from pmo_analytics.reporting.close_inputs import commentary_of
    from pmo_analytics.system import edges
    from pmo_analytics.terminal import print_json, print_load, say
    from pmo_analytics.warehouse.stores.month_close import CLOSES

    if file is None:
        raise UsageError("which form is to be loaded?", expected=f"pmo close {month} comment FILE")
    if close_state(CLOSES.read(opened.workspace).events, month).is_frozen:
        raise UsageError(
            f"{month} is frozen", expected="a month that is open",
            hint=f"`pmo close {month} reopen --by ROLE --reason TEXT` opens it again",
        )  # fmt: skip
    results, problems = [], []
    for result in ingest_files(opened.workspace, [file], IngestOptions(source="commentary"), edges()):
        if isinstance(result, PmoError):
            problems.append(result)
            complain(str(result))
            continue
        results.append(result)
        if not as_json:
            print_load(result)
    with opened.at(month) as view:
        known = len(commentary_of(view))
    if as_json:
        print_json({"loads": [asdict(each) for each in results], "commentary": known})
    else:
        say(f"{known} texts of {month} are known; rows of another month are on that month's pages")
    if problems:
        return PARTLY if results else max(problem.exit_code for problem in problems)
    return REJECTED if any(result.rows["rejected"] for result in results) else DONE


def _recorded(
    opened: Warehouse, month: str, action: str, by: str | None, comment: str | None, *, as_json: bool
) -> int:  # fmt: skip
    from pmo_analytics.cli.close_tables import print_event
    from pmo_analytics.contracts.month_close import REOPENED, REVIEWED, SIGNED
    from pmo_analytics.performance.close_events import closing_event
    from pmo_analytics.warehouse.stores.month_close import CLOSES

    kind = {"review": REVIEWED, "sign": SIGNED, "reopen": REOPENED}[action]
    with opened.everything() as view:
        instant = instant_of(opened, view.version)
    # What cannot come now is refused before anybody looks at what blocks.
    closing_event(CLOSES.read(opened.workspace).events, month, kind, instant=instant, by=by, comment=comment)
    told: dict[str, Any] = {}
    if kind != REOPENED:
        found, _, _ = _close_of(opened, month)
        told = {"blocking_count": len(found.blocking)}
        if kind == SIGNED and not _may_be_signed(found, opened.workspace.pmo_type, comment):
            return BLOCKED
    kept = CLOSES.append(
        opened.workspace,
        lambda events: closing_event(
            events, month, kind, instant=instant, by=by, comment=comment,
            **told,
        ),
    )  # fmt: skip
    print_event(kept, month, CLOSES.read(opened.workspace).events, as_json=as_json)
    return DONE


def _may_be_signed(found: MonthClose, pmo_type: str, despite: str | None) -> bool:
    """Whether what blocks lets the month be signed off: always where the PMO is supportive, never where directive."""
    count = len(found.blocking)
    if not count or pmo_type == "supportive":
        return True
    told = f"{count} item{'' if count == 1 else 's'} block{'s' if count == 1 else ''} the close of {found.close_id}"
    if pmo_type == "directive":
        complain(f"blocked: {told}, such as {found.blocking[0].kind} of {found.blocking[0].subject}")
        return False
    if not (despite or "").strip():
        raise UsageError(told, expected="none, or --despite REASON, which is kept with the sign-off")
    return True


def _freeze(opened: Warehouse, month: str, *, as_json: bool) -> int:
    from pmo_analytics.reporting.close_freezing import freeze_month
    from pmo_analytics.system import edges
    from pmo_analytics.terminal import print_json, say

    with opened.everything() as view:
        instant = instant_of(opened, view.version)
    frozen = freeze_month(opened.workspace, month, edges=edges(), instant=instant)
    place = frozen.pages[0].path.parent / "index.html"
    if as_json:
        print_json({"close_id": month, "state": "frozen", "version": frozen.version,
                    "pack_digest": frozen.pack_digest, "pages": len(frozen.pages), "index": str(place)})  # fmt: skip
        return DONE
    say(f"{month} is frozen at version {frozen.version}: {len(frozen.pages)} pages, {place}")
    say(f"sha256 of its pack: {frozen.pack_digest}")
    return DONE
