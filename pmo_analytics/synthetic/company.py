"""The exports of a whole company's systems in several locales, and everything that is true of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from random import Random

from pmo_analytics.synthetic.corrections import Correction, correction
from pmo_analytics.synthetic.currencies import ExchangeRates, exchange_rates
from pmo_analytics.synthetic.differences import PlantedDifference, plant, totals
from pmo_analytics.synthetic.general_ledger import LedgerItem, ledger_items, write_fbl3n
from pmo_analytics.synthetic.jira_history import IssueHistory, histories
from pmo_analytics.synthetic.jira_rest import CLOUD, DATA_CENTER, write_changelog, write_search
from pmo_analytics.synthetic.ledgers import write_cji3_csv, write_cji3_list, write_house_ledger
from pmo_analytics.synthetic.logbook import correctable, job_code, write_logbook
from pmo_analytics.synthetic.people import SimulatedPerson
from pmo_analytics.synthetic.portfolio import SimulatedPortfolio
from pmo_analytics.synthetic.postings import Posting, month_end, postings
from pmo_analytics.synthetic.projects import LAST_DAY, PASSENGERS, add_months, months_of_horizon
from pmo_analytics.synthetic.purchases import (
    COMMITMENT_HEADERS,
    IN_HOUSE_PROJECTS,
    LABOUR,
    LICENCES,
    SERVICES,
    commitment_rows,
    services,
    wbs_element,
)
from pmo_analytics.synthetic.tempo import write_tempo
from pmo_analytics.synthetic.worklogs import (
    Worklog,
    labour_lines,
    seconds_by_person,
    username,
    worklogs,
)
from pmo_analytics.synthetic.written import FileTruth, write_rows

FEWEST_MONTHS = 4
_CHANGES, _DELETIONS, _LOGBOOK_CHANGES = 12, 6, 5
_EXCHANGE_RATE_HEADERS = ("currency", "to_currency", "rate_date", "rate")

ByProject = Mapping[tuple[str, date], int]


@dataclass(frozen=True)
class AccrualTotals:
    """Accruals in euro cents: what was posted, what was taken back, what is open at the end."""

    posted_cents: int
    reversed_cents: int

    @property
    def open_cents(self) -> int:
        """Posted and not yet taken back."""
        return self.posted_cents - self.reversed_cents


@dataclass(frozen=True)
class CompanyTruth:
    """What is true of the written files; `files` are in the order in which they were exported.

    Months are their first days. Hours are whole seconds after every correction
    and deletion, each worklog once however many files repeat it. Labour, ledger
    and timesheet amounts are euro cents; the ledger is SAP's line items and the
    subsidiary's ledger together, every document once. The general ledger's
    items are cents of pounds. `timesheet_cents` are the hours at the rates of
    their days; `differences` say where `labour_cents` are not these.
    """

    months: tuple[date, ...]
    files: tuple[FileTruth, ...]
    worklogs: int
    seconds: Mapping[tuple[str, str, date], int]
    corrections: tuple[Correction, ...]
    timesheet_cents: ByProject
    labour_cents: ByProject
    labour_seconds: ByProject
    differences: tuple[PlantedDifference, ...]
    postings: tuple[Posting, ...]
    ledger_cents: ByProject
    general_ledger_cents: ByProject
    unmapped_cents: Mapping[str, int]
    accruals: AccrualTotals
    commitment_cents: Mapping[tuple[str, str, str], int]
    histories: tuple[IssueHistory, ...]
    statuses: Mapping[str, tuple[tuple[datetime, str], ...]]
    aliases: Mapping[str, Mapping[str, str]]
    usernames: Mapping[str, str]

    @property
    def deleted(self) -> tuple[Worklog, ...]:
        """Worklogs that an earlier file holds and that the corrected one no longer does."""
        return tuple(worklog for each in self.corrections for worklog in each.deleted)

    @property
    def changes(self) -> int:
        """Changed fields of all issues, each once."""
        return sum(each.changes for each in self.histories)

    def file(self, name: str) -> FileTruth:
        """The file of that name."""
        return next(each for each in self.files if each.name == name)


def write_company_exports(portfolio: SimulatedPortfolio, folder: Path, *, months: int = 12) -> CompanyTruth:
    """Write the exports of the last `months` months into `folder`; return what is true of them."""
    horizon = months_of_horizon()
    if not FEWEST_MONTHS <= months <= len(horizon):
        raise ValueError(f"exports cover {FEWEST_MONTHS} to {len(horizon)} months, not {months}")
    folder.mkdir(parents=True, exist_ok=True)
    window = horizon[-months:]

    def random(concern: str) -> Random:
        return Random(f"{portfolio.seed}:company {concern}")  # noqa: S311

    recorded = worklogs(portfolio, window[0], LAST_DAY)
    fixes = _corrections(random("corrections"), recorded, window)
    worked = recorded
    for fix in fixes:
        worked = fix.apply(worked)
    rates = exchange_rates(random("rates"), window)
    true_lines = labour_lines(worked)
    posted_lines, differences = plant(random("differences"), true_lines)
    delivered = services(random("purchases"), rates, window)
    posted = postings(random("postings"), rates, posted_lines, delivered, LAST_DAY)
    items = ledger_items(random("general ledger"), rates, window)
    logs = _histories(random("histories"), portfolio)
    commitments = [
        row for day in (add_months(window[-1], -1), window[-1]) for row in commitment_rows(delivered, month_end(day))
    ]
    files = [
        *write_tempo(folder, recorded, _leads(portfolio), window, fixes[0]),
        *write_logbook(folder, recorded, window, fixes[1]),
        *_write_ledgers(folder, posted, items, window),
        *_write_histories(folder, logs),
        *_write_registers(folder, rates, commitments),
    ]
    labour = totals(posted_lines)
    return CompanyTruth(
        months=tuple(window),
        files=tuple(files),
        worklogs=len(worked),
        seconds=seconds_by_person(worked),
        corrections=fixes,
        timesheet_cents={place: cents for place, (_, cents) in totals(true_lines).items()},
        labour_cents={place: cents for place, (_, cents) in labour.items()},
        labour_seconds={place: seconds for place, (seconds, _) in labour.items()},
        differences=differences,
        postings=tuple(posted),
        ledger_cents=_sum((p.project.project_id, p.month, p.object_cents) for p in posted if p.project),
        general_ledger_cents=_sum((i.project.project_id, i.posted_on.replace(day=1), i.local_cents) for i in items),
        unmapped_cents=_unmapped(posted),
        accruals=AccrualTotals(
            sum(p.object_cents for p in posted if p.kind == "accrual"),
            -sum(p.object_cents for p in posted if p.kind == "accrual_reversal"),
        ),
        commitment_cents=_commitment_cents(commitments),
        histories=tuple(logs),
        statuses={each.issue.key: each.statuses for each in logs},
        aliases=_aliases(portfolio),
        usernames={username(person): person.person_id for person in portfolio.persons},
    )


def _corrections(random: Random, recorded: Sequence[Worklog], window: Sequence[date]) -> tuple[Correction, Correction]:
    tempo = [worklog for worklog in recorded if not worklog.is_in_logbook]
    logbook = [worklog for worklog in recorded if worklog.is_in_logbook]
    return (
        correction(random, tempo, window[1], changes=_CHANGES, deletions=_DELETIONS),
        correction(random, logbook, correctable(window), changes=_LOGBOOK_CHANGES, deletions=0),
    )


def _leads(portfolio: SimulatedPortfolio) -> dict[str, SimulatedPerson]:
    """A manager of each project's first team, anybody where the team has none."""
    managers = {person.team: person for person in portfolio.persons if person.role == "Project manager"}
    return {
        project.project_id: managers.get(next(iter(project.teams), ""), portfolio.persons[0])
        for project in portfolio.projects
    }


def _histories(random: Random, portfolio: SimulatedPortfolio) -> list[IssueHistory]:
    settled = [i for i in portfolio.issues if i.resolved and i.project.portfolio == PASSENGERS]
    return histories(random, portfolio.issues, frozenset(issue.key for issue in settled[:1]))


def _write_ledgers(
    folder: Path, posted: Sequence[Posting], items: Sequence[LedgerItem], window: Sequence[date]
) -> list[FileTruth]:
    in_sap = [posting for posting in posted if not posting.is_in_house]
    in_house = [posting for posting in posted if posting.is_in_house]
    turn = window[len(window) // 2]
    early, late = ([p for p in in_sap if (p.month < turn) == is_early] for is_early in (True, False))
    return [
        write_cji3_list(folder / "cji3_1_pipes.txt", early, month_end(add_months(turn, -1)), with_tabs=False),
        write_cji3_list(folder / "cji3_2_tabs.txt", late, LAST_DAY, with_tabs=True),
        write_cji3_csv(folder / "cji3_line_items.csv", in_sap),
        write_fbl3n(folder / "fbl3n_1.csv", [i for i in items if i.posted_on < turn], with_indicator=True),
        write_fbl3n(folder / "fbl3n_2.csv", [i for i in items if i.posted_on >= turn], with_indicator=False),
        write_house_ledger(folder / "house_ledger.csv", in_house),
    ]


def _write_histories(folder: Path, logs: Sequence[IssueHistory]) -> list[FileTruth]:
    on_cloud = [each for each in logs if each.issue.project.portfolio == PASSENGERS]
    on_server = [each for each in logs if each.issue.project.portfolio != PASSENGERS]
    longest = max(on_cloud, key=lambda each: len(each.histories))
    return [
        write_search(folder / "jira_cloud_search.json", CLOUD, on_cloud),
        write_search(folder / "jira_server_search.json", DATA_CENTER, on_server),
        *write_changelog(folder, longest),
    ]


def _write_registers(folder: Path, rates: ExchangeRates, commitments: Sequence[Sequence[object]]) -> list[FileTruth]:
    rate_rows = [
        [currency, to_currency, day.isoformat(), str(rate)]
        for (currency, to_currency, day), rate in rates.rates.items()
    ]
    cents: dict[tuple[str, str], int] = defaultdict(int)
    for (_, _, currency), amount in _commitment_cents(commitments).items():
        cents["amount", currency] += amount
    return [
        FileTruth(
            "exchange_rate.csv", "utf-8", write_rows(folder / "exchange_rate.csv", _EXCHANGE_RATE_HEADERS, rate_rows)
        ),
        FileTruth(
            "commitment.csv",
            "utf-8",
            write_rows(folder / "commitment.csv", COMMITMENT_HEADERS, commitments),
            cents=dict(cents),
        ),
    ]


def _commitment_cents(rows: Iterable[Sequence[object]]) -> dict[tuple[str, str, str], int]:
    """Cents by status date, kind and currency."""
    found: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in rows:
        amount, currency, kind, status_date = map(str, row[6:10])
        found[status_date, kind, currency] += int(amount.replace(".", ""))
    return dict(found)


def _sum(amounts: Iterable[tuple[str, date, int]]) -> dict[tuple[str, date], int]:
    found: dict[tuple[str, date], int] = defaultdict(int)
    for project_id, month, cents in amounts:
        found[project_id, month] += cents
    return dict(found)


def _unmapped(posted: Iterable[Posting]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for posting in posted:
        if posting.project is None:
            found[posting.wbs] += posting.object_cents
    return dict(found)


def _aliases(portfolio: SimulatedPortfolio) -> dict[str, dict[str, str]]:
    """Each system's codes and the projects that they mean."""
    projects = portfolio.projects
    return {
        "jira": {p.jira_key: p.project_id for p in projects},
        "sap": {
            wbs_element(p, branch): p.project_id
            for p in projects
            for branch in (LABOUR, SERVICES, LICENCES)
            if p.project_id not in IN_HOUSE_PROJECTS
        },
        "in_house": {job_code(p): p.project_id for p in projects},
    }
