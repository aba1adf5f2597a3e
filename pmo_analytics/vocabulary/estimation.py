"""Words of estimating whole projects: outcomes by size, hours of story points, overruns, ranges and their records."""

from __future__ import annotations

from pmo_analytics.vocabulary.terms import COUNT, FLAG, NUMBER, PERCENT, TEXT, Term, terms


def _with_ends(name: str, definition: str, unit: str) -> list[Term]:
    """A figure and the ends of its 95 % interval."""
    ends = {f"{name}_{end}": f"{end.capitalize()} end of the 95 % interval of {name}." for end in ("low", "high")}
    return terms(NUMBER, unit, {name: definition, **ends})


TERMS = [
    *terms(
        TEXT,
        "",
        {
            "outcome_kind": "What came of a project or item: effort, elapsed time or cost.",
            "outcome_unit": "Unit of the outcome in the row: hours, days or a currency.",
            "reading": "Whether open items are left out or counted in as lasting longer than so far.",
            "uplift_basis": "What an uplift rests on: own class, own organisation, published, or none.",
            "reference_class": "Name of the class of past projects that a figure is taken from.",
            "published_point": "Bound or stage of a published figure.",
            "estimator_group": "Group that estimators belong to.",
        },
    ),
    *terms(
        NUMBER,
        "outcome_unit",
        {
            "outcome_value": "What came of it, in the unit of the row.",
            "approved_value": "What was first approved, in the unit of the row.",
            "final_value": "What it came to in the end, in the unit of the row.",
            "p10_value": "Outcome that one in ten stays within.",
            "p50_value": "Outcome that half stay within.",
            "p80_value": "Outcome that four in five stay within.",
            "p90_value": "Outcome that nine in ten stay within.",
            "mean_value": "Outcome on average; means may be summed, quantiles may not.",
            "mean_absolute_error": "Mean of |actual - estimate|.",
            "marp0": "Mean absolute error of guessing by another item's outcome.",
        },
    ),
    *terms(
        NUMBER,
        "",
        {
            "mean_pooled_ratio": "Sum of outcomes over the sum of forecast means; above 1 the means understate.",
            "overrun_ratio": "Final over first approved; above 1 it was exceeded.",
            "widening_factor": "By what half-widths of ranges, in logarithms, must be multiplied to hold.",
        },
    ),
    *_with_ends("pooled_hours_per_point", "Sum of hours over sum of story points.", "hours"),
    *_with_ends("median_hours_per_point", "Hours a point that half of the items stay within.", "hours"),
    *_with_ends("mean_hours_per_point", "Mean hours by a lognormal line over story points.", "hours"),
    *_with_ends("log_slope", "Slope of log hours on log points; 1 where they are proportional.", ""),
    *terms(
        PERCENT,
        "%",
        {
            "open_pct": "Share of items that are open, 0 to 100.",
            "p80_held_pct": "Share of outcomes within their P80, 0 to 100.",
            "p90_held_pct": "Share of outcomes within their P90, 0 to 100.",
            "overrun_chance_pct": "Chance that a figure with the uplift is exceeded.",
            "uplift_pct": "What must be added to what is approved.",
            "uplift_low_pct": "Low end of the 95 % interval of the uplift.",
            "uplift_high_pct": "High end of the 95 % interval of the uplift.",
            "held_pct": "Share of ranges that held the actual, 0 to 100.",
            "held_low_pct": "Low end of the 95 % band of the share that held.",
            "held_high_pct": "High end of the 95 % band of the share that held.",
            "under_low_pct": "Share of actuals below their range, 0 to 100.",
            "over_high_pct": "Share of actuals above their range, 0 to 100.",
            "forward_held_pct": "Share of ranges that held when widened by what was known before, 0 to 100.",
        },
    ),
    *terms(
        COUNT,
        "ranges",
        {
            "range_count": "Ranges counted.",
            "ranges_withheld": "Ranges that cannot be read.",
            "ranges_recalibrated": "Ranges that were widened by their group's record.",
            "forward_count": "Ranges that were widened by what was known before them.",
        },
    ),
    *terms(FLAG, "", {"is_used": "Whether the method is the one that the champion gate left."}),
]
