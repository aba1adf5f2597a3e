"""What the simulated projects leave behind: lessons, where they were shown, reviews and documents.

Lessons, reviews and documents are written down here; only what came of showing a
lesson is drawn. Planted: two lessons that say nearly the same, one marked as the
repetition of another, one long in review, one published without a reviewer, one in a
state that no workflow knows, one hostile; a finished project without a review, and
a review that says on time of a project that was late.
"""

from __future__ import annotations

from random import Random

from pmo_analytics.synthetic.raid_registers import Rows

HOSTILE_LESSON = "<script>alert('lesson')</script> {{ 7*7 }}"
_STATUS = "2026-06-30"
_LESSON_HEADERS = (
    "lesson_id,status_date,project_id,recorded_on_date,category,title,event,recommendation,tags,state,author_id,"
    "reviewer_id,reviewed_on_date,duplicate_of_id"
)
# Project, day, category, title, what happened, advice, tags, state, lesson that it repeats.
_LESSONS = (
    ("PA-03", "2025-09-12", "supplier", "Fix delivery dates in the contract", "Gates came five weeks late",
     "Agree penalties for late delivery with each supplier", "contract, delivery", "published", ""),
    ("PA-03", "2025-10-02", "technical", "Test with full load early", "The load test failed at half the passengers",
     "Plan a load test in the first third", "load, test", "published", ""),
    ("PA-03", "2025-11-20", "technical", "Reserve the test site a quarter ahead", "The quay was taken by others",
     "Book the site before the plan is baselined", "test site", "published", ""),
    ("PA-03", "2026-03-20", "supplier", "Fix the delivery dates in contracts", "Gates came late by five weeks",
     "Agree penalties for late delivery with suppliers", "contract", "published", ""),
    ("PA-04", "2025-12-05", "people", "Name a deputy for each key person", "The only card expert left in week six",
     "Pair a second developer from the first sprint", "staff, handover", "published", ""),
    ("PA-04", "2026-05-20", "scope", "Freeze interfaces before the season", "An interface changed twice under way",
     "Sign interface versions with their owners", "interface, change", "published", ""),
    ("PA-06", "2025-12-15", "business", "Stop early if users refuse the prototype", "Crews would not use the screen",
     "Show a prototype to ten users before funding the build", "users, prototype", "published", ""),
    ("PA-06", "2025-12-20", "business", "Ask the kitchens before the app", "Kitchens had no network",
     "Visit each ship in the study", "users", "retired", ""),
    ("PA-02", "2025-10-10", "technical", "Take test data from two seasons", "Winter timetables were never tried",
     "Draw representative test data from both seasons", "test, data", "published", ""),
    ("PA-02", "2026-02-11", "people", "Hire testers three months ahead", "No tester could be hired in time",
     "Order testers with the approval of the case", "staff, test", "published", ""),
    ("PA-02", "2026-06-10", "cost", "Buy servers before prices rise", "Servers became a fifth dearer",
     "Order hardware at the first gate", "hardware, price", "in review", ""),
    ("FL-02", "2025-08-21", "external", "Bring the authority in at the design", "Rules for rest hours changed late",
     "Invite the authority to each review of the design", "authority, rules", "published", ""),
    ("FL-02", "2025-12-01", "scope", "Rebaseline once, and say why", "The plan lost the crews' trust",
     "Tell users of a new plan within a week", "plan", "published", ""),
    ("FL-02", "2026-04-15", "people", "Developers leave after a go-live", "Two developers moved to another firm",
     "Agree bonuses for staying until acceptance", "staff", "published", ""),
    ("FL-05", "2026-01-12", "external", "Collect evidence as you go", "The harbour authority asked for more evidence",
     "Keep a folder of evidence for each requirement", "authority, certificate", "published", ""),
    ("FL-05", "2026-05-28", "external", "A certificate takes ten weeks", "The certificate was delayed by four weeks",
     "Hand in papers ten weeks ahead", "certificate", "published", ""),
    ("FL-01", "2025-11-05", "technical", "Sensors fail in salt and frost", "Winter weather stopped two trials",
     "Plan trials outside the winter", "weather, trial", "published", ""),
    ("FL-01", "2026-03-30", "technical", "Try sensors on one ship first", "Rework took a month on four ships",
     "Accept one ship before the next is begun", "trial, rework", "published", ""),
    ("FL-04", "2026-02-27", "supplier", "Ask for a second supplier", "A subcontractor was short of staff",
     "Qualify two subcontractors for each part", "supplier, staff", "published", ""),
    ("FL-03", "2026-04-22", "scope", "One owner for each interface", "Nobody decided for six weeks",
     "Name an owner in the interface list", "interface", "published", ""),
    ("FL-03", "2026-05-04", "scope", "Each interface needs an owner", "Decisions waited", "See the other lesson",
     "interface", "published", "20"),
    ("PA-01", "2026-03-16", "technical", "Log in without network", "The app failed on board",
     "Test on a ship, not in the office", "test, network", "in review", ""),
    ("PA-05", "2026-06-18", "technical", "Alerts at night wake people", "Crews turned the alerts off", "",
     "alerts", "draft", ""),
    ("PA-01", "2026-05-06", "scope", HOSTILE_LESSON, "Somebody tried", "Escape what is shown", "security",
     "published", ""),
    ("FL-06", "2026-06-02", "technical", "Masts need permits", "A permit took two months",
     "Ask for permits at the start", "permit", "agreed", ""),
)  # fmt: skip
_WITHOUT_REVIEWER = 17
_USERS = ("PA-01", "PA-05", "FL-01", "FL-03", "FL-04", "FL-06")
_SHOWN = (1, 2, 5, 9, 10, 12, 15, 19)
_NOTES = {(True, False): "in the plan since", (True, True): "in the plan, too late", (False, True): "not in the plan"}
_REVIEWS = (
    ("PA-03", "2026-04-20", "all gates delivered", "four months late", "over budget", "too early to say",
     "Gates came late; the load test should have come first"),
    ("FL-02", "2026-06-15", "all crews rostered", "finished on time by the second plan", "over budget", "",
     "A good product after a hard spring"),
    ("FL-05", "2026-06-20", "all reports accepted", "as planned", "within budget", "as planned",
     "Evidence was kept from the first week"),
)  # fmt: skip
_DOCUMENTS = (
    ("PA-01", "Ticket app, business case", "business case", "2025-03-10", "One app for tickets on all lines"),
    ("PA-03", "Boarding gates, test report", "test report", "2026-02-12", "Load test with 900 passengers an hour"),
    ("FL-01", "Sensor concept", "design", "2025-06-30", "Sensors on each engine, data sent at the quay"),
    ("FL-05", "Fuel reports, acceptance", "acceptance", "2026-05-29", "Accepted by the harbour authority"),
    ("FL-06", "Mast sites", "study", "2026-03-05", "Three sites for radio masts with their permits"),
)  # fmt: skip


def lesson_registers(chance: Random, persons: list[str], *, with_dirt: bool) -> dict[str, Rows]:
    """Headers and rows of the registers of lessons, their use, reviews and documents."""
    return {
        "document": (
            ["document_id", "status_date", "project_id", "title", "artefact_kind", "dated_on_date", "text"],
            [[f"D-{n:02d}", day, project, title, kind, day, text]
             for n, (project, title, kind, day, text) in enumerate(_DOCUMENTS, start=1)],
        ),
        "lesson": (_LESSON_HEADERS.split(","), _lessons(chance, persons, with_dirt=with_dirt)),
        "lesson_use": (
            ["lesson_id", "project_id", "shown_on_date", "applied", "recurred", "outcome_note"], _uses(chance)
        ),
        "post_project_review": (
            ["project_id", "review_date", "scope_outcome", "time_outcome", "cost_outcome", "benefit_outcome",
             "summary"],
            [list(row) for row in _REVIEWS],
        ),
    }  # fmt: skip


def _lessons(chance: Random, persons: list[str], *, with_dirt: bool) -> list[list[object]]:
    rows: list[list[object]] = []
    for n, (project, day, category, title, event, advice, tags, state, repeats) in enumerate(_LESSONS, start=1):
        if title == HOSTILE_LESSON and not with_dirt:
            continue
        author, reviewer = chance.sample(persons, 2)
        is_reviewed = state in {"published", "retired"}
        rows.append(
            [
                f"L-{n:02d}", _STATUS, project, day, category, title, event, advice, tags, state, author,
                reviewer if is_reviewed and n != _WITHOUT_REVIEWER else "", day if is_reviewed else "",
                f"L-{repeats}" if repeats else "",
            ]
        )  # fmt: skip
    return rows


def _uses(chance: Random) -> list[list[object]]:
    """Each project was shown some lessons; where it acted on one, the matter came back less often."""
    rows: list[list[object]] = []
    for project in _USERS:
        for lesson in sorted(chance.sample(_SHOWN, 3)):
            day = f"2026-0{chance.randint(4, 6)}-{chance.randint(10, 28)}"
            applied = chance.random() < 0.5
            recurred = chance.random() < (0.25 if applied else 0.4)
            is_told = chance.random() < 0.8
            note = _NOTES.get((applied, recurred), "") if is_told else ""
            cells = [str(applied).lower(), str(recurred).lower()] if is_told else ["", ""]
            rows.append([f"L-{lesson:02d}", project, day, *cells, note])
    return rows
