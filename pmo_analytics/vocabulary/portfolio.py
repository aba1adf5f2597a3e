"""Words of the portfolio: projects, their state, their milestones and what they wait for."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import AMOUNT, COUNT, DATE, DAYS, TEXT, terms

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "portfolio": "Portfolio a project belongs to.",
            "programme": "Programme a project belongs to.",
            "sponsor_id": "Person who owns the business case.",
            "project_manager_id": "Person who runs the project.",
            "methodology": "Method a project is run by.",
            "size_band": "Size class of a project: small, medium, large.",
            "stage": "Stage of the life cycle a project is in.",
            "rag_status": "Red, amber or green as declared by the project manager.",
            "milestone_id": "Identifier of a milestone within its project.",
            "dependency_id": "Identifier of a dependency between projects.",
            "predecessor_project_id": "Project that has to deliver.",
            "predecessor_ref": "What it has to deliver: milestone, issue or task there.",
            "successor_project_id": "Project that waits.",
            "successor_ref": "What waits: milestone, issue or task there.",
            "origin": "Where a dependency is stated: the register, links of issues, or a schedule.",
            "predecessor_key": "Issue that has to be done first.",
            "successor_key": "Issue that waits.",
            "link_state": "What became of a dependency: open, delivered, cancelled, withdrawn, or ends not known.",
            "forecast_basis": "What the giver's forecast is that of: a milestone, issue, task or the project.",
        },
    ),
    *terms(
        DATE,
        "date",
        {
            "baseline_start_date": "Start in the approved baseline.",
            "baseline_finish_date": "Finish in the approved baseline.",
            "forecast_finish_date": "Finish as forecast by the project manager.",
            "baseline_date": "Date of a milestone in the approved baseline.",
            "first_baseline_date": "Date of a milestone in the first baseline that any report stated.",
            "forecast_date": "Date a milestone is forecast for.",
            "actual_date": "Date a milestone was reached.",
            "needed_by_date": "Date by which what is waited for has to be there.",
            "updated_on_date": "Day on which a row's dependency was last stated or changed.",
        },
    ),
    *terms(
        DAYS,
        "days",
        {
            "lag_days": "Days between the tied ends; negative is an overlap.",
            "slip_days": "Days from a milestone's baseline to when it is expected or was reached; later is positive.",
            "slip_from_first_baseline_days": "The same from the first baseline that any report stated.",
            "slip_since_report_days": "Days from what the report before expected; later is positive.",
        },
    ),
    *terms(COUNT, "projects", {"project_count": "Projects counted."}),
    *terms(
        COUNT,
        "links",
        {
            "link_count": "Links counted.",
            "open_link_count": "Links of which what is waited for is not there.",
            "dangling_count": "Links to nothing known, or to what was cancelled.",
        },
    ),
    *terms(AMOUNT, "currency", {"forecast_cost_amount": "Cost at completion as forecast by the project manager."}),
]
