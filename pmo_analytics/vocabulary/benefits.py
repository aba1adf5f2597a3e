"""Words of benefits."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import AMOUNT, FLAG, TEXT, terms

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "benefit_id": "Identifier of a benefit.",
            "other_benefit_id": "The benefit that the first one leads to.",
            "measure": "What is measured to see a benefit, with its unit.",
        },
    ),
    *terms(
        AMOUNT,
        "currency, or the unit of the measure",
        {
            "planned_amount": "Value of a benefit as planned.",
            "forecast_amount": "Value of a benefit as last forecast.",
            "realised_amount": "Value of a benefit as realised.",
        },
    ),
    *terms(
        FLAG,
        "",
        {
            "is_financial": "Whether a benefit is money.",
            "is_dis_benefit": "Whether it is a drawback that comes with the change.",
        },
    ),
]
