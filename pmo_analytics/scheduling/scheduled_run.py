"""The run that a timer calls: alone, of every period that is due and has no good pack, the oldest first.

What is due follows from the clock, from what is loaded and from the packs that
stand, and from nothing else. The first run of a pipeline makes the latest pack that
data reach alone; later ones also make those that are missing or failed behind the first,
as far back as the pipeline says.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pmo_analytics.errors import PmoError, ReportError, WarehouseError
from pmo_analytics.ingest import Edges
from pmo_analytics.reporting.close_freezing import PIPELINE as MONTHLY
from pmo_analytics.reporting.close_freezing import frozen_months
from pmo_analytics.reporting.pack import FAILED, FILE, read_pack
from pmo_analytics.reporting.pipeline import load_inbox, reporting_date, run_pipeline
from pmo_analytics.reporting.pipeline_settings import Pipeline, find_pipeline
from pmo_analytics.scheduling.run_log import FOLDER, RunLog, RunState, written_instant
from pmo_analytics.warehouse.as_of import period_ends, period_start
from pmo_analytics.warehouse.locks import SCHEDULED, alone, is_kept
from pmo_analytics.workspace import Workspace

WAIT_SECONDS = 1800.0
DONE, FAILED_RUN, PARTLY = 0, PmoError.exit_code, ReportError.exit_code


@dataclass(frozen=True)
class Due:
    """The last days of the periods to run, the oldest first, and how many older ones are left as they are.

    Of a pipeline without a pack `is_first` is set: the latest that data reach is run.
    """

    ends: list[date]
    left: int
    is_first: bool = False


def due_periods(pipeline: Pipeline, workspace: Workspace, now: datetime) -> Due:
    """The periods that are due by `now`, an instant with a zone, and have no pack whose pages all stand."""
    zone = ZoneInfo(workspace.time_zone)
    if pipeline.run_time is None:
        newest = period_start(pipeline.every, now.astimezone(zone).date()) - timedelta(days=1)
    else:
        newest = pipeline.run_time.last_due(now, zone, workspace.working_days)
    packs = {end: is_good for end, is_good in _packs(workspace.reports / pipeline.folder).items() if end <= newest}
    if not packs:
        return Due([newest], 0, is_first=True)
    ends = [min(packs), *period_ends(pipeline.every, min(packs), newest)]
    missing = [end for end in ends[-pipeline.catch_up :] if not packs.get(end)]
    return Due(missing, sum(not packs.get(end) for end in ends[: -pipeline.catch_up]))


def _packs(folder: Path) -> dict[date, bool]:
    """Whether every page stands, by the reporting date of each pack in a pipeline's folder."""
    found = {}
    for path in folder.glob(f"*/{FILE}"):
        try:
            found[date.fromisoformat(path.parent.name)] = all(page.state != FAILED for page in read_pack(path).pages)
        except ValueError:
            continue
        except ReportError:
            found[date.fromisoformat(path.parent.name)] = False
    return found


@contextmanager
def _alone(workspace: Workspace, pipeline: str, now: datetime, wait_seconds: float) -> Iterator[None]:
    """The one scheduled run of the workspace; WarehouseError says which one else is under way and since when."""
    folder = workspace.root / FOLDER
    folder.mkdir(exist_ok=True)
    mark = folder / SCHEDULED
    with _told_who(mark, wait_seconds), alone(folder, SCHEDULED, patience_seconds=wait_seconds):
        mark.write_text(f"{pipeline}, since {written_instant(now)}\n", encoding="utf-8")
        try:
            yield
        finally:
            mark.write_text("", encoding="utf-8")


@contextmanager
def _told_who(mark: Path, wait_seconds: float) -> Iterator[None]:
    try:
        yield
    except WarehouseError as problem:
        if problem.file != str(mark.parent):
            raise
        raise WarehouseError(
            "a scheduled run is under way",
            file=mark,
            found=mark.read_text(encoding="utf-8").strip() or "one that began this moment",
            expected=f"that it ends within {wait_seconds:g} s",
            hint="nothing is lost: the next call runs what is due then",
        ) from None  # fmt: skip


def is_under_way(workspace: Workspace) -> bool:
    """Whether a scheduled run of the workspace is under way."""
    return is_kept(workspace.root / FOLDER, SCHEDULED)


def scheduled_run(
    name: str, *, workspace: Workspace, clock: Callable[[], datetime], edges: Edges, tell: Callable[[str], None],
    wait_seconds: float = WAIT_SECONDS,
) -> RunState | None:  # fmt: skip
    """Run what is due of a pipeline; None where nothing is, in which case nothing is loaded or written.

    `clock` gives instants with a zone. Each line goes to `tell` and to the
    run's log. A period that fails is told and holds no other back. Raises
    UsageError for an unknown pipeline, WarehouseError where another run has
    not ended after `wait_seconds`.
    """
    pipeline = find_pipeline(name, workspace)
    with _alone(workspace, name, clock(), wait_seconds):
        due = due_periods(pipeline, workspace, clock())
        if not due.ends:
            return None
        log = RunLog(workspace, name, clock())

        def told(text: str) -> None:
            log.tell(text)
            tell(text)

        try:
            state = _Run(pipeline, workspace, edges, told).of(due, log.state)
        except BaseException as problem:
            log.tell(traceback.format_exc())
            reason = f"{type(problem).__name__}: {problem}"[:300]
            state = replace(log.state, exit_code=FAILED_RUN, pages=0, failed=0, reason=reason)
            log.end(replace(state, ended=written_instant(clock())))
            raise
        return log.end(replace(state, ended=written_instant(clock())))


@dataclass(frozen=True)
class _Run:
    pipeline: Pipeline
    workspace: Workspace
    edges: Edges
    tell: Callable[[str], None]

    def of(self, due: Due, began: RunState) -> RunState:
        """Load the inbox, run each period that data reach, tell what waits."""
        if due.left:
            self.tell(f"{due.left} older without a pack are left: pmo run {self.pipeline.name} --as-of DATE makes one")
        problems = [str(problem) for problem in self._load()]
        try:
            reached = reporting_date(self.pipeline, self.workspace)
        except PmoError as problem:
            problems.append(str(problem))
            reached = date.min
        waiting = [end for end in due.ends if end > reached]
        to_run = [end for end in due.ends if end <= reached]
        if due.is_first and not to_run and reached > date.min:
            to_run = [reached]
        pages, failed, folders = 0, 0, []
        frozen = frozen_months(self.workspace) if to_run and self.pipeline.name == MONTHLY else {}
        for end in to_run:
            try:
                made = run_pipeline(
                    self.pipeline.name, workspace=self.workspace, as_of=end.isoformat(), resume=True, frozen=frozen
                )  # fmt: skip
            except (PmoError, OSError) as problem:
                self.tell(f"{end}: failed\n{problem}")
                problems.append(f"{end} failed: {str(problem).splitlines()[0]}")
                continue
            wrong = [page for page in made if page.error is not None]
            for page in wrong:
                self.tell(f"{end}: {page.title} failed, see {page.path}\n{page.error}")
            pages, failed = pages + len(made) - len(wrong), failed + len(wrong)
            if made:
                folders.append(str(made[0].path.parent))
            else:
                problems.append("the pipeline runs no notebook: a notebook's metadata names its pipelines")
            self.tell(f"{end}: {len(made) - len(wrong)} pages stand, {len(wrong)} failed, in {made[0].path.parent}"
                      if made else f"{end}: no page")  # fmt: skip
        if waiting and reached > date.min:
            wait = "waits" if len(waiting) == 1 else "wait"
            problems.append(
                f"{', '.join(map(str, waiting))} {wait} for exports: what is loaded ends before the last working day"
            )
        for text in problems:
            self.tell(text)
        code = DONE if not problems and not failed else PARTLY if pages else FAILED_RUN
        reason = "; ".join(text.splitlines()[0] for text in problems)
        return replace(began, exit_code=code, pages=pages, failed=failed, folders=tuple(folders), reason=reason[:1000])

    def _load(self) -> list[PmoError]:
        return load_inbox(
            self.workspace, self.edges,
            loaded=lambda result: self.tell(f"{result.file}: {result.title}, {result.state}, {result.rows_in:,} rows"),
        )  # fmt: skip
