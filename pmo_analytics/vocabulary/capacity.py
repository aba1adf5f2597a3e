"""Words of capacity planning: what is asked for, what is there, and what to do about a gap."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import AMOUNT, COUNT, DATE, FLAG, NUMBER, SECONDS, TEXT, terms

TERMS = [
    *terms(
        TEXT,
        "",
        {
            "certainty_basis": "What the chance of a demand rests on.",
            "open_courses": "What is left to choose from where a skill falls short: hire, train, contractor, delay.",
            "scenario": "Name of a set of changes to plans.",
            "scenario_change": "One change of a scenario, in words.",
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
            "mean_short_seconds": "Mean working time short over all draws.",
            "item_seconds": "Size of an item as an hour of estimate meets it: the sum of squares over the sum.",
            "scatter_seconds": "Estimates over which the scatter of single items would be as large as they are.",
            "mean_short_change_seconds": "Mean working time short less that of plans as they are.",
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
        DATE,
        "date",
        {
            "gap_start_month": "First day of the first month whose chance of a shortfall is at or above the limit.",
            "hire_by_date": "Last day to decide on hiring, for persons to be there when a gap begins.",
            "hire_from_month": "First day of the month in which who is hired today is there.",
            "train_by_date": "Last day to begin training, for persons to be able when a gap begins.",
        },
    ),
    *terms(
        FLAG,
        "",
        {
            "is_hire_late": "Whether the last day to hire lies before the status date.",
            "is_train_late": "Whether the last day to train lies before the status date.",
        },
    ),
    *terms(COUNT, "months", {"gap_month_count": "Months whose chance of a shortfall is at or above the limit."}),
    *terms(COUNT, "", {"asked_level": "Level of a skill that plans ask for; of a gap the highest."}),
    *terms(
        COUNT,
        "persons",
        {
            "lower_level_count": "Persons who have a skill one or two levels below what is asked.",
            "neighbour_count": "Persons who have a neighbouring skill at the level asked or above.",
        },
    ),
    *terms(
        AMOUNT,
        "currency",
        {
            "p50_hire_amount": "Cost of closing a gap by hiring that is not exceeded with a chance of 50 %.",
            "p80_hire_amount": "Cost of closing a gap by hiring that is not exceeded with a chance of 80 %.",
            "p50_contractor_amount": "Cost of closing a gap by contractors that is not exceeded with a chance of 50 %.",
            "p80_contractor_amount": "Cost of closing a gap by contractors that is not exceeded with a chance of 80 %.",
            "p50_delay_amount": "Cost of letting work wait that is not exceeded with a chance of 50 %.",
            "p80_delay_amount": "Cost of letting work wait that is not exceeded with a chance of 80 %.",
            "change_amount": "What a change of a scenario costs.",
        },
    ),
    *terms(COUNT, "", {"finish_year": "Calendar year in which items were finished."}),
    *terms(
        NUMBER,
        "",
        {
            "person_spread": "Standard deviation of persons' own shares around that of all.",
            "person_months": "Months that persons were there, summed.",
            "factor_share": "Focus, leave or attrition as a share of time or of persons.",
            "shortfall_probability": "Chance, 0 to 1, that working time of a skill is short in a month.",
            "person_equivalent": "Shares of persons that a skill has, as persons.",
            "p50_hire_fte": "Full persons to hire that are enough with a chance of 50 %.",
            "p80_hire_fte": "Full persons to hire that are enough with a chance of 80 %.",
            "p50_delay_months": "Months until no work waits any more that are not exceeded with a chance of 50 %.",
            "p80_delay_months": "Months until no work waits any more that are not exceeded with a chance of 80 %.",
            "probability_change": "Chance of a shortfall less that of plans as they are.",
            "short_fte": "Persons that would deliver what is short.",
        },
    ),
]
