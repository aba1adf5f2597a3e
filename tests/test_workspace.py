from __future__ import annotations

from pathlib import Path

import pytest

from pmo_analytics.errors import UsageError
from pmo_analytics.workspace import Workspace


def test_a_workspace_is_made_once_and_kept(tmp_path: Path) -> None:
    made = Workspace.create(tmp_path / "w", time_zone="Europe/Berlin")
    (made.root / "pmo.toml").write_text('time_zone = "UTC"\nreports = "../out"\n')
    again = Workspace.create(tmp_path / "w", time_zone="Europe/Paris")
    assert again.time_zone == "UTC"
    assert again.reports == (tmp_path / "out").resolve()
    assert again.inbox.is_dir()


def test_it_is_found_upward_by_name_and_by_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Workspace.create(tmp_path / "w")
    monkeypatch.delenv("PMO_WORKSPACE", raising=False)
    (made.root / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(made.root / "a" / "b")
    assert Workspace.find().root == made.root
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="pmo init"):
        Workspace.find()
    monkeypatch.setenv("PMO_WORKSPACE", str(made.root))
    assert Workspace.find().root == made.root
    assert Workspace.find(made.root).root == made.root


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("time_zone = ", "not valid TOML"),
        ('timezone = "UTC"', "did you mean 'time_zone'"),
        ('pmo_type = "bossy"', "pmo_type is not one of its values"),
        ('[reading]\ndate_order = "ymd"', "date_order is not one of its values"),
        ('time_zone = "Mars/Olympus"', "unknown time zone"),
        ('locale = "de_DEE"', "did you mean 'de_DE'"),
        ("locale = 7", "unknown locale"),
        ("[decisions]\ncost_tolerance_pct = -1", "cost_tolerance_pct is no tolerance"),
        ('[decisions]\ndelay_tolerance_days = "two"', "delay_tolerance_days is no tolerance"),
        ("[decisions]\ndelay_days = 3", "did you mean 'delay_tolerance_days'"),
        ('[working_time]\ndays = ["mon", "moon"]', "unknown weekday"),
        ('jira = "https://x.example"', "jira is a section"),
        ('[jira]\nstory_point = "customfield_1"', "did you mean 'story_points'"),
        ("reading = 3", "reading is a section"),
        ("checks = 3", "checks is a section"),
        ("escalation = 3", "escalation is a section"),
        ("[escalate]\nrule = 3", "did you mean 'escalation'"),
        ('[reconciliation]\nlabour_accounts = "62*"', "no list of texts"),
        ("[reconciliation]\nlabour_accounts = [620000]", "no list of texts"),
        ("[reconciliation]\ntolerance_pct = -1", "tolerance_pct is no tolerance"),
        ('[flow]\nblocked = "Parked"', "blocked of .flow. is no list of names"),
        ('[flow]\ndone = [""]', "done of .flow. is no list of names"),
        ('[flow]\ndone = ["Shipped"]\nto_do = ["shipped "]', "means two things"),
        ('[flow]\nwaiting = ["Parked"]', "unknown setting 'waiting' in .flow."),
        ('[working_time]\nholidays = "XX"', "unknown country of public holidays"),
        ('[working_time]\nholidays = "DE-BEE"', "did you mean DE-BE"),
        ('[utilisation]\nrun_categories = "operations"', "run_categories is no list"),
        ("[reconciliation]\ntolerance = 1", "did you mean 'tolerance_"),
        ("[budget]\nfiscal_year_start = 13", "fiscal_year_start is no month"),
        ('[budget]\nfiscal_year_start = "April"', "fiscal_year_start is no month"),
        ("[budget]\nfiscal_year_start = true", "fiscal_year_start is no month"),
        ('[budget]\norders = "both"', "orders is not one of its values"),
        ("[budget]\nfiscal_year = 4", "did you mean 'fiscal_year_start'"),
        ("[benefits]\ndiscount_rate_pct = 101", "discount_rate_pct of .benefits. is no rate"),
        ("[benefits]\ndiscount_rate_pct = -0.5", "from 0 to 100"),
        ("[benefits]\ndiscount_rate_pct = nan", "from 0 to 100"),
        ('[benefits]\ndiscount_rate_pct = "5 %"', "write 5 for 5 %"),
        ("[benefits]\ndiscount_rate_pct = true", "is no rate"),
        ("[benefits]\ndiscount_rate = 5", "did you mean 'discount_rate_pct'"),
        ("[capacity]\nhire_lead = 90", "did you mean 'hire_lead_days'"),
        ("[capacity]\nhire_lead_days = -1", "hire_lead_days of .capacity. cannot be"),
        ("[capacity]\nshortfall_limit = 50", "a chance above 0, up to 1"),
        ("[capacity]\nshortfall_limit = true", "shortfall_limit of .capacity. cannot be"),
        ('[capacity]\ncurrency = "EUR"\nhire_cost_amount = "8k"', "an amount from 0 on"),
        ("[capacity]\nhire_cost_amount = 8000", "states amounts and no currency"),
        ('[capacity]\ncurrency = "euro"', "currency of .capacity. is no code"),
        ("capacity = 3", "capacity is a section"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "pmo.toml").write_text(text)
    with pytest.raises(UsageError, match=told):
        Workspace.find(tmp_path)


def test_working_time_by_weekday(tmp_path: Path) -> None:
    (tmp_path / "pmo.toml").write_text('[working_time]\nhours_per_day = 7.5\ndays = ["tue", "sun"]\n')
    assert Workspace.find(tmp_path).working_weekdays == {1: 7.5, 6: 7.5}


def test_tolerances_of_decisions_are_options_of_their_analysis(tmp_path: Path) -> None:
    made = Workspace.create(tmp_path / "w")
    assert (made.decision_tolerances, made.locale) == ({}, "en")
    made.settings_file.write_text('locale = "de_CH"\n[decisions]\ncost_tolerance_pct = 5\ndelay_tolerance_days = 30\n')
    again = Workspace.find(made.root)
    assert again.decision_tolerances == {"cost_tolerance": 0.05, "delay_tolerance_days": 30.0}
    assert again.locale == "de_CH"


def test_a_fiscal_year_begins_in_january_and_orders_are_net_unless_said(tmp_path: Path) -> None:
    made = Workspace.create(tmp_path / "w")
    assert made.budget_rule == (1, False)
    made.settings_file.write_text('[budget]\nfiscal_year_start = 4\norders = "gross"\n')
    assert Workspace.find(made.root).budget_rule == (4, True)


def test_without_a_stated_rate_nothing_is_discounted(tmp_path: Path) -> None:
    made = Workspace.create(tmp_path / "w")
    assert made.discount_rate is None
    assert Workspace.create(tmp_path / "v", has_discount_rate=True).discount_rate == 0.05
    for stated, rate in (("0", 0.0), ("5", 0.05), ("7.5", 0.075)):
        made.settings_file.write_text(f"[benefits]\ndiscount_rate_pct = {stated}\n")
        assert Workspace.find(made.root).discount_rate == rate


def test_what_training_costs_is_of_scenarios_alone(tmp_path: Path) -> None:
    made = Workspace.create(tmp_path / "w")
    assert made.capacity_options == {}
    made.settings_file.write_text('[capacity]\nshortfall_limit = 0.4\ncurrency = "EUR"\ntrain_cost_amount = 2500\n')
    again = Workspace.find(made.root)
    assert again.capacity_options == {"shortfall_limit": 0.4, "currency": "EUR"}
    assert again.capacity["train_cost_amount"] == 2500
