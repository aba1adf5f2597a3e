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
            "internal_returns": "Every internal rate of return a year, as text; none where there is none.",
            "benefit_path": "Benefits from one to another, each leading to the next.",
            "measure": "What is measured to see a benefit, with its unit.",
        },
    ),
    *terms(
        AMOUNT,
        "currency, or the unit of the measure",
        {
            "due_planned_amount": "Value planned for months that have a realised figure.",
            "to_come_planned_amount": "Value planned for months that, as late as it is, are to come.",
            "p50_to_come_amount": "Value to come or more, with a chance of 50 %.",
            "p20_to_come_amount": "Value to come or more, with a chance of 80 %.",
            "baseline_amount": "Value of a benefit as it was first planned.",
            "planned_amount": "Value of a benefit as planned.",
            "forecast_amount": "Value of a benefit as last forecast.",
            "realised_amount": "Value of a benefit as realised.",
        },
    ),
    *terms(
        AMOUNT,
        "currency",
        {
            "planned_net_present_amount": "Present value of benefits less cost, both as first planned.",
            "expected_net_present_amount": "Present value of benefits less cost, both as expected.",
        },
    ),
    *terms(
        DATE,
        "month",
        {
            "first_overdue_month": "First month whose realised value is overdue.",
            "expected_month": "Month in which what is planned for a month is to come.",
        },
    ),
    *terms(
        NUMBER, "months", {"slip_months": "Months that a benefit began, or its project is to end, later than planned."}
    ),
    *terms(
        NUMBER,
        "months",
        {
            "planned_payback_months": "Months until planned benefits make up for planned cost.",
            "expected_payback_months": "Months until expected benefits make up for expected cost.",
            "discounted_payback_months": "The same with payments discounted to the first.",
        },
    ),
    *terms(
        NUMBER,
        "",
        {
            "modified_return": "Modified internal rate of return a year, 1 being 100 %.",
            "realisation_rate": "Realised over planned value of the same months.",
            "baseline_realisation_rate": "Realised value over what was first planned for the same months.",
        },
    ),
    *terms(
        COUNT,
        "benefits",
        {
            "benefit_count": "Benefits counted.",
            "overdue_benefit_count": "Benefits with a month whose realised value is overdue.",
            "unowned_count": "Benefits that nobody owns.",
        },
    ),
    *terms(
        COUNT,
        "months",
        {
            "realised_month_count": "Months with a realised figure.",
            "overdue_count": "Planned months that have passed without a realised value.",
        },
    ),
    *terms(
        FLAG,
        "",
        {
            "is_known": "Whether the month has ended and its figure is stated.",
            "is_to_come": "Whether it is still to come.",
            "is_overdue": "Whether a figure should be there that is not.",
            "has_owner": "Whether somebody owns it.",
            "is_financial": "Whether a benefit is money.",
            "is_dis_benefit": "Whether it is a drawback that comes with the change.",
        },
    ),
]
