"""Words of benefits."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import AMOUNT, COUNT, DATE, FLAG, NUMBER, TEXT, terms

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "benefit_id": "Identifier of a benefit.",
            "other_benefit_id": "The benefit that the first one leads to.",
            "benefit_path": "Benefits from one to another, each leading to the next.",
            "measure": "What is measured to see a benefit, with its unit.",
        },
    ),
    *terms(
        AMOUNT,
        "currency, or the unit of the measure",
        {
            "due_planned_amount": "Value planned for months that have a realised figure.",
            "to_come_planned_amount": "Value planned for months after the reporting date.",
            "p50_to_come_amount": "Value to come or more, with a chance of 50 %.",
            "p20_to_come_amount": "Value to come or more, with a chance of 80 %.",
            "planned_amount": "Value of a benefit as planned.",
            "forecast_amount": "Value of a benefit as last forecast.",
            "realised_amount": "Value of a benefit as realised.",
        },
    ),
    *terms(DATE, "month", {"first_overdue_month": "First month whose realised value is overdue."}),
    *terms(NUMBER, "months", {"slip_months": "Months that a project is forecast to finish after its baseline."}),
    *terms(NUMBER, "", {"realisation_rate": "Realised over planned value of the same months."}),
    *terms(
        COUNT,
        "months",
        {
            "overdue_count": "Planned months that have passed without a realised value.",
        },
    ),
    *terms(
        FLAG,
        "",
        {
            "has_owner": "Whether somebody owns it.",
            "is_financial": "Whether a benefit is money.",
            "is_dis_benefit": "Whether it is a drawback that comes with the change.",
        },
    ),
]
