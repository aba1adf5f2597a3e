"""Charts of risk: tornado, cost against confidence, and what was said of risks against what came.

Each takes a frame that its `…_data` function prepared. Where there are several
currencies, that of the largest base or exposure is drawn and the subtitle names
the others. A chart's title is its finding; a colour is a role's name, which the
theme knows.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from pmo_analytics.numerals import money, number, percent
from pmo_analytics.performance.cost_risk import CostRiskCurve, PortfolioCostRisk
from pmo_analytics.performance.cost_risk_drivers import REMAINING_WORK, CostRiskDriver
from pmo_analytics.performance.risk_calibration import RiskReliability

_MOST_BARS = 10
_ROOM_FOR_SHARES = 0.35
_BAR, _BAND, _HEIGHT = 30, 44, 300
_LONGEST = 24


def tornado_data(drivers: pd.DataFrame, portfolio: pd.DataFrame) -> pd.DataFrame:
    """The ten lines that spread cost most, in thousands about the mean; from `CostRiskDriver`, `PortfolioCostRisk`."""
    currency = largest_currency(portfolio, PortfolioCostRisk.base_amount)
    every = drivers[drivers[CostRiskDriver.currency] == currency]
    rows = every[every[CostRiskDriver.low_mean_amount].notna()].head(_MOST_BARS).reset_index(drop=True)
    if rows.empty:
        return rows
    of = portfolio[portfolio[PortfolioCostRisk.currency] == currency].iloc[0]
    mean = float(of[PortfolioCostRisk.mean_amount])
    data = pd.DataFrame({
        "line": rows[CostRiskDriver.title].map(_short) + " · " + rows[CostRiskDriver.project_id],
        "low": (rows[CostRiskDriver.low_mean_amount] - mean) / 1000,
        "high": (rows[CostRiskDriver.high_mean_amount] - mean) / 1000,
        "contribution_pct": rows[CostRiskDriver.contribution_pct],
    })  # fmt: skip
    # Two risks of a project may bear one title.
    repeated = data["line"].duplicated(keep=False)
    data.loc[repeated, "line"] += " " + rows.loc[repeated, CostRiskDriver.risk_id].fillna("").astype(str)
    data["label"] = [percent(share / 100) for share in data["contribution_pct"]]
    shares = every[CostRiskDriver.contribution_pct].to_numpy()
    count = next((place for place in range(1, len(shares) + 1) if shares[:place].sum() >= 50), len(shares))
    who = f"{count} of {len(shares)} lines make" if count > 1 else f"“{data['line'].iloc[0]}” alone makes"
    ends = (min(0.0, data["low"].min()), max(0.0, data["high"].max()))
    # Room for the share at the bar's end, on a phone too.
    data["axis_low"], data["axis_high"] = ends[0], ends[1] + _ROOM_FOR_SHARES * (ends[1] - ends[0])
    data["title"] = f"{who} half of the spread of cost"
    ranged = (rows[CostRiskDriver.kind] == REMAINING_WORK).any()
    data["subtitle"] = (
        f"{currency} thousand about the mean of the total: blue where a risk does not happen, orange where it does"
        + ("; of remaining work its lowest and highest fifth" if ranged else "")
        + f". In per cent: share of the variance{not_drawn(portfolio, currency)}"
    )
    first = data.iloc[0]
    data["description"] = (
        f"The {len(data)} lines that spread the cost most. First {first['line']}, {first['label']} of the variance."
    )
    return data


def tornado(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Bars from the mean of the total to its mean where a line is low and where it is high."""
    first, order = data.iloc[0], data["line"].to_list()
    extent = alt.Scale(domain=[first["axis_low"], first["axis_high"]], nice=False)
    base = alt.Chart(data[["line", "low", "high", "label", "contribution_pct"]]).encode(
        y=alt.Y("line", type="nominal").sort(order).axis(style="names", labelLimit=230, labelPadding=8),
        tooltip=[
            alt.Tooltip("line", type="nominal", title="Line"),
            alt.Tooltip("low", type="quantitative", format="+,.1f", title="Low"),
            alt.Tooltip("high", type="quantitative", format="+,.1f", title="High"),
            alt.Tooltip("contribution_pct", type="quantitative", format=".1f", title="Share, %"),
        ],
    )
    layers = [
        base.mark_bar(style=style, height=16).encode(
            x=alt.X(end, type="quantitative").scale(extent).axis(grid=True, tickCount=5, format=",.0f"),
            x2=alt.datum(0),
        )
        for end, style in (("low", "better"), ("high", "worse"))
    ]
    labels = base.mark_text(style="label", align="left", dx=6).encode(
        x=alt.X("high", type="quantitative"), text=alt.Text("label", type="nominal")
    )
    return titled(alt.layer(*layers, labels), first, _BAR * len(data) + 20)


def cost_curve_data(curve: pd.DataFrame, portfolio: pd.DataFrame) -> pd.DataFrame:
    """Cost by the share of draws that stay within it, from `CostRiskCurve` and `PortfolioCostRisk`, in thousands."""
    currency = largest_currency(portfolio, PortfolioCostRisk.base_amount)
    rows = curve[curve[CostRiskCurve.currency] == currency]
    if rows.empty or rows[CostRiskCurve.amount].nunique() < 2:
        return rows.iloc[0:0]
    of = portfolio[portfolio[PortfolioCostRisk.currency] == currency].iloc[0]
    data = pd.DataFrame({
        "confidence": rows[CostRiskCurve.level_pct].to_numpy(), "cost": rows[CostRiskCurve.amount].to_numpy() / 1000
    })  # fmt: skip
    for name, column in (("base", PortfolioCostRisk.base_amount), ("p50", PortfolioCostRisk.p50_amount),
                         ("p80", PortfolioCostRisk.p80_amount)):  # fmt: skip
        data[f"is_{name}_at"] = of[column] / 1000
    sure = of[PortfolioCostRisk.base_confidence_pct]
    held = "in fewer than 1\u00a0%" if sure < 1 else f"in {number(sure)}\u00a0%"
    data["title"] = (
        f"The base holds {held} of draws; four in five stay within {money(of[PortfolioCostRisk.p80_amount], currency)}"
    )
    data["subtitle"] = (
        f"Per cent of draws within a cost at completion, {currency} thousand; "
        f"{number(of[PortfolioCostRisk.project_count])} projects drawn together{not_drawn(portfolio, currency)}"
    )
    data["description"] = (
        f"Cumulative probability of cost. Base {money(of[PortfolioCostRisk.base_amount], currency)}, P50 "
        f"{money(of[PortfolioCostRisk.p50_amount], currency)}, P80 {money(of[PortfolioCostRisk.p80_amount], currency)}."
    )
    return data


def cost_curve(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Cumulative probability of cost with the base, P50 and P80 marked."""
    first = data.iloc[0]
    places = pd.DataFrame({
        "cost": [first["is_base_at"], first["is_p50_at"], first["is_p80_at"]],
        "label": ["base", "P50", "P80"],
        "height": [96.0, 50.0, 80.0],
    })  # fmt: skip
    low = min(data["cost"].min(), first["is_base_at"])
    cost = alt.X("cost", type="quantitative").scale(domain=[low, data["cost"].max()], zero=False, nice=True)
    line = alt.Chart(data[["cost", "confidence"]]).encode(
        x=cost.axis(tickCount=6, format=",.0f", grid=False),
        y=alt.Y("confidence", type="quantitative").scale(domain=[0, 100]).axis(values=[0, 20, 50, 80, 100]),
        tooltip=[
            alt.Tooltip("confidence", type="quantitative", format=".0f", title="Confidence, %"),
            alt.Tooltip("cost", type="quantitative", format=",.0f", title="Cost, thousand"),
        ],
    )
    marked = alt.Chart(places).encode(x=cost)
    at = alt.Y("height", type="quantitative")
    named = alt.Text("label", type="nominal")
    quantiles, base = marked.transform_filter("datum.label != 'base'"), marked.transform_filter("datum.label == 'base'")
    return titled(
        alt.layer(
            base.mark_rule(style="limit"),
            line.mark_line(style="earned"),
            quantiles.mark_point(style="p80", size=80).encode(y=at),
            quantiles.mark_text(style="label-actual", align="left", dx=9, dy=6).encode(y=at, text=named),
            base.mark_text(style="label", align="left", dx=6).encode(y=at, text=named),
        ),
        first,
        _HEIGHT,
    )


def stated_and_happened_data(reliability: pd.DataFrame) -> pd.DataFrame:
    """Share of risks that happened by band of the probability stated, from `RiskReliability`."""
    if reliability.empty:
        return reliability
    data = pd.DataFrame({
        "row": reliability[RiskReliability.band] + " (" + reliability[RiskReliability.risk_count].astype(str) + ")",
        "stated": reliability[RiskReliability.stated_pct],
        "happened": reliability[RiskReliability.happened_pct],
        "happened_low": reliability[RiskReliability.happened_low_pct],
        "happened_high": reliability[RiskReliability.happened_high_pct],
    })  # fmt: skip
    data["name"] = data["row"]
    weights = reliability[RiskReliability.risk_count].astype(float)
    said, came = (float((data[name] * weights).sum() / weights.sum()) for name in ("stated", "happened"))
    data["title"] = f"{number(said)}\u00a0% was said of risks in the mean, and {number(came)}\u00a0% of them happened"
    off = data[(data["stated"] < data["happened_low"]) | (data["stated"] > data["happened_high"])]
    data["subtitle"] = (
        "Per cent, by what was said before a risk closed (orange); what came (blue) with its 95\u00a0% interval. "
        f"Risks in brackets. Off for certain: {', '.join(off['name']) if len(off) else 'none'}"
    )
    parts = [f"of {r['row']} {number(r['happened'])} per cent happened" for _, r in data.iterrows()]
    data["description"] = f"Stated probability against what happened: {'; '.join(parts)}."
    return data


def stated_and_happened(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """What was said and what came, by band of the probability stated."""
    base = alt.Chart(data[["name", "stated", "happened", "happened_low", "happened_high"]]).encode(
        y=alt.Y("name", type="nominal")
        .sort(data["name"].to_list())
        .axis(style="names", labelLimit=170, labelPadding=8),
        tooltip=[
            alt.Tooltip("name", type="nominal", title="Stated"),
            alt.Tooltip("stated", type="quantitative", format=".1f", title="Said, %"),
            alt.Tooltip("happened", type="quantitative", format=".1f", title="Happened, %"),
        ],
    )
    share = alt.X("happened", type="quantitative").scale(domain=[0, 100]).axis(tickCount=5, grid=True)
    return titled(
        alt.layer(
            base.mark_rule(style="interval").encode(x=alt.X("happened_low", type="quantitative"), x2="happened_high"),
            base.mark_tick(style="p80", height=18, thickness=3).encode(x=alt.X("stated", type="quantitative")),
            base.mark_point(style="better", size=90).encode(x=share),
        ),
        data.iloc[0],
        _BAND * len(data),
    )


def largest_currency(frame: pd.DataFrame, column: str) -> str | None:
    """The currency of the largest amount, of those that a frame has; the first by its code where they are equal."""
    last = frame.groupby("currency", sort=True)[column].last()
    return str(last.idxmax()) if len(last) else None


def not_drawn(frame: pd.DataFrame, currency: str | None) -> str:
    """The other currencies of a frame, as the end of a subtitle."""
    names = sorted(set(frame["currency"].dropna()) - {currency})
    return f". Not drawn: {', '.join(names)}" if names else ""


def _short(title: str) -> str:
    return title if len(title) <= _LONGEST else f"{title[: _LONGEST - 1].rstrip()}…"


def titled(
    chart: alt.LayerChart | alt.FacetChart, first: pd.Series, height: int, *, label_room: int = 0
) -> alt.LayerChart | alt.FacetChart:
    """The chart under the title, subtitle and description of its data's first row."""
    return chart.properties(
        title=alt.Title(first["title"], subtitle=first["subtitle"]),
        description=first["description"],
        height=height,
        padding={"left": 0, "top": 8, "right": 8, "bottom": 8},
        usermeta={"label_room": label_room} if label_room else {},
    )
