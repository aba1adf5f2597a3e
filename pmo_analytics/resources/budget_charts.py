"""Charts of budgets: the bridge, the fiscal year month by month, capital and operating expenditure.

Each takes a frame that its `…_data` function prepared. Where there are several
currencies, that of the largest budget is drawn and the subtitle names the
others. A chart's title is its finding; a colour is a role's name, which the
theme knows: blue is planned, orange is cost, grey is still to come.
"""

from __future__ import annotations

import altair as alt
import pandas as pd

from pmo_analytics.numerals import long_month, money, number, percent
from pmo_analytics.resources.budget_allocation import BudgetKind
from pmo_analytics.resources.budget_bridge import ADDED, FIRST, FORECAST, NOW, TAKEN, TO_GO, BudgetBridge
from pmo_analytics.resources.budget_lines import COMPLETION, YEAR
from pmo_analytics.resources.budget_months import BudgetMonth

_THOUSAND = 1000
_BAR, _KIND_ROW, _COURSE_HEIGHT = 30, 44, 280
_ROOM_FOR_AMOUNTS = 0.22
_LABEL_ROOM, _LETTER, _LINE_OF_TEXT = 70, 6.8, 15.0
_ROLES = {FIRST: "better", ADDED: "better", TAKEN: "better", NOW: "better", TO_GO: "muted", FORECAST: "total"}
_AS_ACTUAL = "worse"
_MONTH_AXIS = "utcmonth(datum.value) == 0 ? utcFormat(datum.value, '%Y') : utcFormat(datum.value, '%b')"


def main_currency(frame: pd.DataFrame, column: str) -> str | None:
    """The currency of the largest sum; the first by its code where they are equal, None where there is none."""
    sums = frame.groupby("currency", sort=True)[column].sum()
    return str(sums.idxmax()) if len(sums) else None


def not_drawn(frame: pd.DataFrame, currency: str | None) -> str:
    """The other currencies of a frame, as the end of a subtitle."""
    names = sorted(set(frame["currency"].dropna()) - {currency})
    return f". Not drawn: {', '.join(names)}" if names else ""


def year_bridge_data(bridge: pd.DataFrame) -> pd.DataFrame:
    """The steps of the running fiscal year, from `BudgetBridge`, in thousands."""
    return _bridge_data(bridge, YEAR)


def completion_bridge_data(bridge: pd.DataFrame) -> pd.DataFrame:
    """The steps of whole projects, from `BudgetBridge`, in thousands."""
    return _bridge_data(bridge, COMPLETION)


def _bridge_data(bridge: pd.DataFrame, horizon: str) -> pd.DataFrame:
    of = bridge[bridge[BudgetBridge.horizon] == horizon]
    currency = main_currency(of[of[BudgetBridge.step] == NOW], BudgetBridge.step_amount)
    rows = of[of[BudgetBridge.currency] == currency].reset_index(drop=True)
    if rows.empty:
        return rows
    amount_of = rows.set_index(BudgetBridge.step)[BudgetBridge.step_amount]
    first = rows.iloc[0]
    data = pd.DataFrame({
        "step": rows[BudgetBridge.step].map(lambda name: name[:1].upper() + name[1:]),
        "amount": rows[BudgetBridge.step_amount] / _THOUSAND,
        "begin": rows[BudgetBridge.begin_amount] / _THOUSAND,
        "end": rows[BudgetBridge.end_amount] / _THOUSAND,
        "role": rows[BudgetBridge.step].map(lambda name: _ROLES.get(name, _AS_ACTUAL)),
    })  # fmt: skip
    data["label"] = [number(each) for each in data["amount"]]
    data["label_at"] = data[["begin", "end"]].max(axis=1)
    low, high = min(0.0, data[["begin", "end"]].min().min()), data["label_at"].max()
    data["axis_low"], data["axis_high"] = low, high + _ROOM_FOR_AMOUNTS * (high - low)
    budget, forecast = float(amount_of[NOW]), float(amount_of[FORECAST])
    over = forecast - budget
    name = f"{first[BudgetBridge.fiscal_year]}" if horizon == YEAR else "The projects"
    comes = "is forecast at" if horizon == YEAR else "are forecast at completion at"
    share = f", {percent(abs(over) / budget, 1)}" if budget > 0 else ""
    side = f"{'over' if over > 0 else 'under'} the budget" if round(over / _THOUSAND) else "which is the budget"
    gap = f"{money(abs(over), currency)}{share} {side}" if round(over / _THOUSAND) else side
    data["title"] = f"{name} {comes} {money(forecast, currency)}, {gap}"
    out, standing = (int(first[n]) for n in (BudgetBridge.projects_left_out, BudgetBridge.projects_standing))
    data["subtitle"] = (
        f"{currency} thousand, {int(first[BudgetBridge.project_count])} projects with a forecast: the budget from its "
        "first baseline on (blue), then what the forecast is made of (orange; grey is to go beyond the orders)"
        + (f". Of {standing} no forecast is judged: their budget stands" if standing else "")
        + (f". Without a forecast, and left out: {out}" if out else "")
        + not_drawn(of, currency)
    )
    parts = [f"{row['step'].lower()} {row['label']}" for _, row in data.iterrows()]
    data["description"] = f"From the first budget to the forecast in {currency} thousand: {', '.join(parts)}."
    return data


def bridge(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Bars that lie one below the other, each beginning where the one above ended."""
    first = data.iloc[0]
    extent = alt.Scale(domain=[first["axis_low"], first["axis_high"]], nice=False)
    base = alt.Chart(data[["step", "amount", "begin", "end", "role", "label", "label_at"]]).encode(
        y=alt.Y("step", type="nominal")
        .sort(data["step"].to_list())
        .axis(style="names", labelLimit=180, labelPadding=8),
        tooltip=[
            alt.Tooltip("step", type="nominal", title="Step"),
            alt.Tooltip("amount", type="quantitative", format=",.1f", title="Thousand"),
        ],
    )
    layers = [
        base.transform_filter(f"datum.role == '{role}'")
        .mark_bar(style=role, height=16)
        .encode(
            x=alt.X("begin", type="quantitative").scale(extent).axis(grid=True, tickCount=5, format=",.0f"), x2="end"
        )
        for role in dict.fromkeys(data["role"])
    ]
    named = base.mark_text(style="label-quiet", align="left", dx=6).encode(
        x=alt.X("label_at", type="quantitative").scale(extent), text=alt.Text("label", type="nominal")
    )
    return _titled(alt.layer(*layers, named), first, _BAR * len(data) + 20)


def year_course_data(months: pd.DataFrame, bridge: pd.DataFrame, *, status_date: pd.Timestamp) -> pd.DataFrame:
    """Budget and cost of the running fiscal year, added up, long, in thousands; from `BudgetMonth`, `BudgetBridge`."""
    now = months[months[BudgetMonth.period_month] == status_date.normalize().replace(day=1)]
    running = months[months[BudgetMonth.fiscal_year].isin(now[BudgetMonth.fiscal_year])]
    currency = main_currency(running, BudgetMonth.budget_amount)
    rows = running[running[BudgetMonth.currency] == currency]
    if rows.empty or not rows[BudgetMonth.cumulative_budget_amount].max() > 0:
        return rows.iloc[0:0]
    last = rows[rows[BudgetMonth.cumulative_actual_amount].notna()].iloc[-1]
    ends = {
        "Budget": float(rows[BudgetMonth.cumulative_budget_amount].iloc[-1]),
        "Cost": float(last[BudgetMonth.cumulative_actual_amount]),
    }
    series = {"Budget": BudgetMonth.cumulative_budget_amount, "Cost": BudgetMonth.cumulative_actual_amount}
    parts = []
    for name, column in series.items():
        known = rows[rows[column].notna()]
        labels = [""] * (len(known) - 1) + [f"{name} {number(ends[name] / _THOUSAND)}"]
        parts.append(
            pd.DataFrame({
                "month": known[BudgetMonth.period_month].dt.strftime("%Y-%m-%d"), "series": name,
                "amount": known[column] / _THOUSAND, "label": labels,
            })
        )  # fmt: skip
    parts += _forecast_point(bridge, str(currency), rows)
    data = pd.concat(parts, ignore_index=True)
    data["label_shift"] = _shifts(data, str(last[BudgetMonth.period_month].strftime("%Y-%m-%d")))
    planned, spent = (float(last[column]) for column in series.values())
    side = "above" if spent > planned else "below"
    data["title"] = (
        f"By {long_month(last[BudgetMonth.period_month])} {money(spent, currency)} are spent, "
        f"{money(abs(spent - planned), currency)} {side} the budget of these months"
    )
    data["subtitle"] = (
        f"{currency} thousand since the fiscal year {last[BudgetMonth.fiscal_year]} began: budget (blue) and cost "
        f"(orange) of all projects{_point_note(bridge, str(currency))}{not_drawn(running, currency)}"
    )
    data["description"] = f"Cumulative budget and cost by month. {data['title'].iloc[0]}."
    return data


def _forecast_point(bridge: pd.DataFrame, currency: str, rows: pd.DataFrame) -> list[pd.DataFrame]:
    of = _year_forecast(bridge, currency)
    if of.empty:
        return []
    amount = float(of[BudgetBridge.step_amount].iloc[0]) / _THOUSAND
    month = rows[BudgetMonth.period_month].max().strftime("%Y-%m-%d")
    label = f"Forecast {number(amount)}"
    return [pd.DataFrame({"month": [month], "series": ["Forecast"], "amount": [amount], "label": [label]})]


def _point_note(bridge: pd.DataFrame, currency: str) -> str:
    of = _year_forecast(bridge, currency)
    if of.empty:
        return ""
    out = int(of[BudgetBridge.projects_left_out].iloc[0])
    return "; the point is the year's forecast" + (f", without {out} that have none" if out else "")


def _year_forecast(bridge: pd.DataFrame, currency: str) -> pd.DataFrame:
    is_of = (bridge[BudgetBridge.horizon] == YEAR) & (bridge[BudgetBridge.currency] == currency)
    return bridge[is_of & (bridge[BudgetBridge.step] == FORECAST)]


def year_course(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Budget and cost added up by month, and the forecast of the year's end."""
    base = alt.Chart(data[["month", "series", "amount", "label", "label_shift"]]).encode(
        x=alt.X("month", type="temporal")
        .scale(alt.Scale(type="utc"))
        .axis(
            labelExpr=_MONTH_AXIS, tickCount={"interval": "month", "step": 2}, labelOverlap="greedy", labelSeparation=8
        ),
        y=alt.Y("amount", type="quantitative").axis(format=",.0f", tickCount=5),
        tooltip=[
            alt.Tooltip("month", type="temporal", format="%b %Y", title="Month", timeUnit="utcyearmonth"),
            alt.Tooltip("series", type="nominal", title="Line"),
            alt.Tooltip("amount", type="quantitative", format=",.1f", title="Thousand"),
        ],
    )
    layers: list[alt.Chart] = []
    for name, line, label in (("Budget", "earned", "label-earned"), ("Cost", "actual", "label-actual")):
        series = base.transform_filter(f"datum.series == '{name}'")
        layers += [series.mark_line(style=line), _end_label(series, label)]
    if (data["series"] == "Forecast").any():
        point = base.transform_filter("datum.series == 'Forecast'")
        layers += [point.mark_point(style="total", size=60), _end_label(point, "label")]
    return _titled(alt.layer(*layers), data.iloc[0], _COURSE_HEIGHT, label_room=_room(data))


def kinds_data(kinds: pd.DataFrame) -> pd.DataFrame:
    """Capital and operating expenditure of the running fiscal year, from `BudgetKind`, in thousands."""
    currency = main_currency(kinds, BudgetKind.budget_amount)
    rows = kinds[kinds[BudgetKind.currency] == currency].reset_index(drop=True)
    if rows.empty or not rows[BudgetKind.budget_amount].sum() > 0:
        return rows.iloc[0:0]
    owed = rows[BudgetKind.actual_amount] + rows[BudgetKind.accrual_amount] + rows[BudgetKind.commitment_amount]
    data = pd.DataFrame({
        "kind": rows[BudgetKind.kind].map(lambda name: name[:1].upper() + name[1:]),
        "spent": rows[BudgetKind.actual_amount] / _THOUSAND,
        "owed": owed / _THOUSAND,
        "forecast": rows[BudgetKind.forecast_spend_amount].where(
            rows[BudgetKind.projects_left_out] < rows[BudgetKind.project_count]
        ) / _THOUSAND,
        "budget": rows[BudgetKind.budget_amount] / _THOUSAND,
    })  # fmt: skip
    parts = [
        f"{percent(share / 100)} of the budget and {percent(actual / 100)} of the cost are {name.lower()}"
        for name, share, actual in zip(
            data["kind"], rows[BudgetKind.budget_share_pct], rows[BudgetKind.actual_share_pct], strict=True
        )
        if name != "Not said"
    ]
    data["title"] = f"{parts[0][:1].upper()}{parts[0][1:]}" if parts else "Budgets do not say what is capital"
    data["subtitle"] = (
        f"{currency} thousand in {rows[BudgetKind.fiscal_year].iloc[0]}: spent (orange), accrued and ordered beside it "
        f"(grey); tick: budget, dot: forecast of those that have one{not_drawn(kinds, currency)}"
    )
    told = [f"{r['kind'].lower()} {number(r['spent'])} of {number(r['budget'])}" for _, r in data.iterrows()]
    data["description"] = f"Spent of the budget by kind of expenditure, {currency} thousand: {'; '.join(told)}."
    return data


def kinds(data: pd.DataFrame) -> alt.LayerChart | alt.FacetChart:
    """Cost against budget and forecast by kind of expenditure."""
    base = alt.Chart(data[["kind", "spent", "owed", "forecast", "budget"]]).encode(
        y=alt.Y("kind", type="nominal")
        .sort(data["kind"].to_list())
        .axis(style="names", labelLimit=120, labelPadding=8),
        tooltip=[
            alt.Tooltip("kind", type="nominal", title="Kind"),
            *(
                alt.Tooltip(name, type="quantitative", format=",.1f", title=f"{name.capitalize()}, thousand")
                for name in ("budget", "spent", "owed", "forecast")
            ),
        ],
    )
    amount = alt.X("spent", type="quantitative").axis(grid=True, tickCount=5, format=",.0f")
    layers = [
        base.mark_bar(style="muted", height=14).encode(x=alt.X("owed", type="quantitative")),
        base.mark_bar(style="worse", height=14).encode(x=amount),
        base.mark_tick(style="total", orient="vertical", height=26, thickness=2).encode(
            x=alt.X("budget", type="quantitative")
        ),
    ]
    if data["forecast"].notna().any():
        known = base.transform_filter("isValid(datum.forecast)")
        layers.append(known.mark_point(style="total", size=70).encode(x=alt.X("forecast", type="quantitative")))
    return _titled(alt.layer(*layers), data.iloc[0], _KIND_ROW * len(data) + 20)


def _shifts(data: pd.DataFrame, now: str) -> pd.Series:
    """Pixels by which end labels move down, so that each has a line of its own, the topmost staying.

    The label of what is spent by the month `now` keeps clear of the budget's line, which goes on.
    """
    shifts = [0.0] * len(data)
    low, high = min(0.0, data["amount"].min()), data["amount"].max()
    per_pixel = (high - low) / _COURSE_HEIGHT or 1.0
    free: dict[str, float] = {}
    ends = [place for place, label in enumerate(data["label"]) if label]
    for place in sorted(ends, key=lambda each: -data["amount"].iloc[each]):
        at, month = (high - data["amount"].iloc[place]) / per_pixel, str(data["month"].iloc[place])
        shifts[place] = max(0.0, free.get(month, float("-inf")) - at)
        free[month] = at + shifts[place] + _LINE_OF_TEXT
    of_now = data[(data["month"] == now)].set_index("series")["amount"]
    is_last = now == data["month"].max()
    is_cost = (data["series"] == "Cost") & (data["label"] != "")
    away = -_LINE_OF_TEXT if of_now["Cost"] >= of_now["Budget"] else _LINE_OF_TEXT
    return pd.Series(shifts, index=data.index).mask(is_cost & ~is_last, away)


def _room(data: pd.DataFrame) -> int:
    """Pixels that the labels at the year's end take beside the drawing."""
    ends = data[data["month"] == data["month"].max()]
    return int(ends["label"].str.len().max() * _LETTER) + 8


def _end_label(series: alt.Chart, style: str) -> alt.Chart:
    ends: alt.Chart = series.transform_filter("datum.label != ''")
    named: alt.Chart = ends.mark_text(style=style, align="left", dx=8, dy=alt.expr("datum.label_shift")).encode(
        text=alt.Text("label", type="nominal")
    )
    return named


def _titled(
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
