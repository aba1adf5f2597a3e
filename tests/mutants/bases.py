"""Small exports of every source, as cells: what the mutations start from."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.exports import JIRA_HEADERS, TOGGL_HEADERS

LATIN = ["Größe prüfen", "Forêt, naïve", "señal; año", "plain", 'says "so"', "two\nlines", "a|b", "tab\there", "=1+1"]
WIDE = [*LATIN, "Łódź – šéf", "Ελλάδα", "日本語", "🚢 launch", "\u202egnp.exe", "<b>&amp;</b>", "'; DROP TABLE x; --"]
CJI3 = (
    "Project Definition,WBS Element,Cost Element,Cost element name,Transaction Currency,Value TranCurr,Object Currency,"
    "Value in Obj. Crcy,Report currency,Val.in rep.cur.,Total Quantity,Fiscal Year,Period,Posting Date,Document Date,"
    "Document type,Ref Document Number,Document Header Text,User Name"
).split(",")
FBL3N = (
    "Company Code,Account,Document Type,Document Number,Posting Date,Document Date,Amount in doc. curr.,"
    "Document currency,Amount in local currency,Local Currency,Debit/Credit Ind.,Text,User Name,WBS element"
).split(",")
TEMPO = (
    "Issue Key,Issue summary,Hours,Work date,Username,Full name,Account Key,Project Key,Work Description,Billed Hours"
).split(",")
TEMPO_GERMAN = (
    "Vorgangsschlüssel,Vorgangszusammenfassung,Stunden,Arbeitsdatum,Benutzername,Vollständiger Name,Kontoschlüssel,"
    "Projektschlüssel,Arbeitsbeschreibung,Externe Stunden"
).split(",")
SERVER = (
    "Issue key,Issue id,Project key,Issue Type,Status,Summary,Priority,Assignee,Reporter,Created,Updated,Resolved,"
    "Component/s,Component/s,Fix Version/s,Labels,Sprint,Sprint,Original Estimate,Remaining Estimate,Time Spent,"
    "Custom field (Story Points),Custom field (Epic Link),Outward issue link (Blocks),Due Date"
).split(",")
STATUS = "project_id,status_date,state,rag_status,percent_complete_pct,forecast_cost_amount,currency,comment".split(",")
RATE = "role_or_person_id,valid_from_date,hourly_amount,currency".split(",")
HOUSE = "Booking No,Booked On,Job Code,Currency,Amount,Text,Approver".split(",")
MAPPING = """
[source.house]
table = "ledger_entry"
[source.house.fields]
ledger_entry_id = "Booking No"
posting_date = "Booked On"
amount = { headers = "Amount", factor = 1000 }
currency = "Currency"
project_key = "Job Code"
description = "Text"
"""
PEOPLE = [("ann.berg", "Ann Berg"), ("bo.lee", "Bo Lee"), ("jose.nunez", "José Núñez")]


@dataclass(frozen=True)
class Base:
    """One export as cells, and how its vendor writes it. `body` lines of a printed list stand between the rows."""

    name: str
    headers: list[str]
    rows: list[list[str]]
    delimiter: str = ","
    encoding: str = "utf-8"
    titles: list[str] = field(default_factory=list)
    is_list: bool = False


class Maker:
    """Cells from a seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.texts = self.chance.choice([LATIN, WIDE])

    def text(self) -> str:
        return self.chance.choice(self.texts)

    def day(self) -> date:
        return date(2026, 1, 1) + timedelta(days=self.chance.randrange(170))

    def cents(self, most: int = 2_000_000) -> int:
        return self.chance.choice([1, 1, 1, -1]) * self.chance.randrange(1, most)


def english(cents: int) -> str:
    return f"{cents / 100:,.2f}"


def german(cents: int) -> str:
    """Thousands by points, and the minus behind, as SAP writes it."""
    whole = f"{abs(cents) // 100:,}".replace(",", ".")
    return f"{whole},{abs(cents) % 100:02d}{'-' if cents < 0 else ''}"


def jira(m: Maker, n: int) -> list[str]:
    values = {
        "Summary": m.text(), "Issue key": f"BR-{n}", "Issue id": str(1000 + n), "Issue Type": "Task",
        "Status": m.chance.choice(["To Do", "Done"]), "Project key": "BR", "Project name": "Bridge",
        "Assignee": "Ann Berg", "Assignee Id": f"acc-{n % 3}", "Reporter": "Bo Lee",
        "Created": f"{m.day():%d/%b/%y} 8:05 AM", "Updated": f"{m.day():%d/%b/%y} 10:17 PM",
        "Original estimate": str(900 * m.chance.randrange(1, 40)), "Time Spent": str(60 * m.chance.randrange(400)),
        "Custom field (Story Points)": m.chance.choice(["", "3.0", "5.0"]),
        "Comment": f"01/Feb/26 9:00 AM;acc;{m.text()}",
        "Status Category": m.chance.choice(["To Do", "Done"]), "Custom field (Team)": m.text(),
    }  # fmt: skip
    row = [values.get(header, "") for header in JIRA_HEADERS]
    row[JIRA_HEADERS.index("Labels")], row[JIRA_HEADERS.index("Sprint") + 1] = "urgent", f"Sprint {n % 4}"
    return row


def server(m: Maker, n: int) -> list[str]:
    return [
        f"CREW-{n}", str(n), "CREW", "Bug", "Open", m.text(), "Major", "ann.berg", m.chance.choice(["bo.lee", ""]),
        f"{m.day():%d/%b/%y} 8:05 AM", f"{m.day():%d/%b/%y} 10:17 PM", "", "Hull", m.chance.choice(["", "Deck"]), "1.0",
        "", f"S{n % 3}", "", str(3600 * n), "", str(60 * n), m.chance.choice(["", "8.0"]), "", f"CREW-{n + 1}", "",
    ]  # fmt: skip


def toggl(m: Maker, n: int) -> list[str]:
    login, name = m.chance.choice(PEOPLE)
    day, minutes = m.day().isoformat(), m.chance.randrange(1, 600)
    return [
        name, f"{login}@example.test", "", m.chance.choice(["Bridge", "Tunnel"]), "", f"BR-{n} {m.text()}", "Yes", day,
        "08:00:00", day, "09:00:00", f"{minutes // 60:02d}:{minutes % 60:02d}:07", "", "0.00",
    ]  # fmt: skip


def tempo(m: Maker, n: int) -> list[str]:
    login, name = m.chance.choice(PEOPLE)
    hours = m.chance.choice(["1.5", "0.25", "7.75", "2"])
    return [f"BR-{n}", m.text(), hours, m.day().isoformat(), login, name, "CAP", "BR", m.text(), hours]


def tempo_german(m: Maker, n: int) -> list[str]:
    row = tempo(m, n)
    return [*row[:2], row[2].replace(".", ","), f"{m.day():%d.%m.%Y}", *row[4:9], row[9].replace(".", ",")]


def cji3(m: Maker, n: int, number: Callable[[int], str] = english, day: str = "%d.%m.%Y") -> list[str]:
    cents, posted = m.cents(), m.day()
    return [
        f"P-{n % 3}", f"P-{n % 3}-10", "400100", m.text(), "EUR", number(cents), "EUR", number(cents), "USD",
        number(cents * 2), number(m.chance.randrange(0, 90) * 25), "2026", "6", f"{posted:{day}}", f"{posted:{day}}",
        "SA", f"90000{n}", m.text(), "JDOE",
    ]  # fmt: skip


def cji3_list(m: Maker, n: int) -> list[str]:
    return [
        cell.replace("\n", " ").replace("\t", " ").replace("|", "/").replace('"', "") for cell in cji3(m, n, german)
    ]


def fbl3n(m: Maker, n: int) -> list[str]:
    cents, posted = abs(m.cents()), f"{m.day():%d.%m.%Y}"
    sign = m.chance.choice("SH")
    return [
        "2000", "476000", "KR", f"19{n}", posted, posted, german(cents), "EUR", german(cents // 2), "GBP", sign,
        m.text(), "PMO", f"D-{n}",
    ]  # fmt: skip


def status(m: Maker, n: int) -> list[str]:
    rag = m.chance.choice(["red", "amber", ""])
    return [f"P-{n}", m.day().isoformat(), "active", rag, str(n), f"{m.cents() / 100:.2f}", "EUR", m.text()]


def rate(m: Maker, n: int) -> list[str]:
    return [f"role {n}", m.day().isoformat(), f"{m.chance.randrange(3000, 20000) / 100:.2f}", "EUR"]


def house(m: Maker, n: int) -> list[str]:
    return [str(n), f"{m.day():%m/%d/%Y}", f"J{n % 4}", "EUR", f"{m.cents() / 100:.2f}", m.text(), "x"]


def cji3_american(m: Maker, n: int) -> list[str]:
    return cji3(m, n, english, "%m/%d/%Y")


Row = Callable[[Maker, int], list[str]]
KINDS: dict[str, tuple[list[str], Row, dict[str, object]]] = {
    "jira_cloud": (JIRA_HEADERS, jira, {}),
    "jira_server": (SERVER, server, {}),
    "toggl": (TOGGL_HEADERS, toggl, {"encoding": "utf-8-sig"}),
    "tempo": (TEMPO, tempo, {}),
    "tempo_german": (TEMPO_GERMAN, tempo_german, {"delimiter": ";"}),
    "cji3": (CJI3, cji3_american, {}),
    "cji3_list": (CJI3, cji3_list, {"delimiter": "\t", "is_list": True, "titles": ["Line items", "", "Layout 1SAP"]}),
    "fbl3n": (FBL3N, fbl3n, {"delimiter": ";"}),
    "project_status": (STATUS, status, {}),
    "rate": (RATE, rate, {}),
    "house": (HOUSE, house, {}),
}


def base(kind: str, seed: int) -> Base:
    """The export of a kind and a seed: a dozen rows, of which one proves how its numbers and dates are written."""
    headers, row, how = KINDS[kind]
    maker = Maker(seed)
    rows = [row(maker, n) for n in range(1, maker.chance.randrange(3, 14))]
    proof = Maker(7)
    proof.day = lambda: date(2026, 5, 29)  # type: ignore[method-assign]
    proof.cents = lambda most=0: 123_456_78  # type: ignore[method-assign]
    return Base(kind, headers, [*rows, row(proof, 99)], **how)  # type: ignore[arg-type]
