"""Words of capacity planning: what is asked for, what is there, and what to do about a gap."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import NUMBER, SECONDS, TEXT, terms

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "certainty_basis": "What the chance of a demand rests on.",
            "factor_kind": "What stands between a calendar's time and projects: focus, leave, attrition.",
        },
    ),
    *terms(
        SECONDS,
        "seconds",
        {
            "p50_demand_seconds": "Working time that demand stays within with a chance of 50 %.",
            "p80_demand_seconds": "Working time that demand stays within with a chance of 80 %.",
            "p50_supply_seconds": "Working time for projects that is there or more with a chance of 50 %.",
            "p20_supply_seconds": "Working time for projects that is there or more with a chance of 80 %.",
            "p50_short_seconds": "Working time short that is not exceeded with a chance of 50 %.",
            "p80_short_seconds": "Working time short that is not exceeded with a chance of 80 %.",
            "p10_seconds": "Working time that one in ten outcomes stays within.",
            "p20_seconds": "Working time that one in five outcomes stays within.",
            "p50_seconds": "Working time that half of the outcomes stay within.",
            "p80_seconds": "Working time that four in five outcomes stay within.",
            "p90_seconds": "Working time that nine in ten outcomes stay within.",
        },
    ),
    *terms(
        NUMBER,
        "",
        {
            "factor_share": "Focus, leave or attrition as a share of time or of persons.",
            "shortfall_probability": "Chance, 0 to 1, that working time of a skill is short in a month.",
            "person_equivalent": "Shares of persons that a skill has, as persons.",
            "short_fte": "Persons that would deliver what is short.",
        },
    ),
]
