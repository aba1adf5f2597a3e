"""Rules as pmo.toml states them: read, named where they are wrong, and the defaults where there are none."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pmo_analytics.errors import UsageError
from pmo_analytics.performance.escalation_rules import (
    BREACHES,
    Escalation,
    Rule,
    default_rules,
    escalation_settings,
    most_exact,
    rules_of,
    rules_text,
    unknown_scopes,
)
from pmo_analytics.workspace import Workspace

WHOLE = (
    '[[rule]]\nbreach = "finish_delay_days"\nabove = 30\ntell = ["sponsor"]\nwithin_days = 3\ndecide_within_days = 10\n'
)


def read(text: str) -> Escalation:
    return escalation_settings(tomllib.loads(text), file="pmo.toml")


def test_a_rule_is_read_and_known_by_breach_limit_and_scope() -> None:
    found = read(WHOLE + 'portfolio = "North \\"A\\""\n' + WHOLE.replace("30", "90.5"))
    assert (found.pmo_type, found.are_defaults, found.webhook_url) == ("controlling", False, None)
    assert found.rules[0] == Rule("finish_delay_days", 30.0, ("sponsor",), 3, 10, portfolio='North "A"')
    assert [rule.text for rule in found.rules] == [
        'finish_delay_days above 30, portfolio "North \\"A\\""',
        "finish_delay_days above 90.5",
    ]
    assert rules_of(rules_text(found.rules)) == found.rules


def test_without_rules_the_defaults_hold_with_the_boards_tolerances() -> None:
    found = escalation_settings({"pmo_type": "directive"}, cost_tolerance=0.05, delay_tolerance_days=30)
    assert (found.are_defaults, found.pmo_type) == (True, "directive")
    texts = [rule.text for rule in found.rules]
    assert texts[:2] == ["cost_over_budget_pct above 5", "finish_delay_days above 30"]
    assert {rule.breach for rule in default_rules()} < BREACHES.keys()
    assert len({rule.text for rule in default_rules()}) == len(default_rules())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('pmo_type = "directiv"', "did you mean 'directive'"),
        ('webhook = "https://x.example"', "did you mean 'webhook_url'"),
        ("rule = 3", "list of tables"),
        (WHOLE.replace("finish_delay_days", "finish_delay"), "did you mean 'finish_delay_days'"),
        (WHOLE.replace("tell", "tells"), "unknown setting 'tells' in rule 1"),
        (WHOLE.replace("above", "below"), "above = a number"),
        (WHOLE.replace("30", "nan"), "above = a number"),
        (WHOLE.replace("30", '"30"'), "above = a number"),
        (WHOLE.replace("30", "true"), "above = a number"),
        (WHOLE.replace('["sponsor"]', "[]"), "no list of roles"),
        (WHOLE.replace('["sponsor"]', '["a@b.example"]'), "roles, not persons"),
        (WHOLE.replace("within_days = 3", "within_days = -3"), "no number of days"),
        (WHOLE.replace("within_days = 3", "within_days = 30"), "due before it is to be acknowledged"),
        (WHOLE + 'currency = "EUR"', "takes no currency"),
        (WHOLE.replace("finish_delay_days", "risk_exposure_amount"), "needs a currency"),
        (WHOLE + 'portfolio = "N"\nproject = "P"', "one of the two"),
        (WHOLE + "project = 7", "project is no name"),
        (WHOLE + WHOLE, "stated twice"),
        ('webhook_url = "chat.example/secret"', "webhook_url is no address"),
        ('webhook_url = "file:///etc/passwd"', "webhook_url is no address"),
        ('webhook_url = "https://x.example/a b"', "webhook_url is no address"),
        ('webhook_url = "https://[secret"', "webhook_url is no address"),
        ("webhook_url = 3", "webhook_url is no address"),
    ],
)
def test_what_is_wrong_is_named(text: str, told: str) -> None:
    with pytest.raises(UsageError, match=r"pmo\.toml") as caught:
        read(text)
    assert told in str(caught.value)
    assert "secret" not in str(caught.value)


def test_the_most_exact_scope_goes_first_by_breach() -> None:
    general, north, own = (Rule("finish_delay_days", 30.0, ("s",), 1, 2, **scope) for scope in (
        {}, {"portfolio": "North"}, {"project": "P"},
    ))  # fmt: skip
    other = Rule("status_report_age_days", 30.0, ("s",), 1, 2)
    rules = [general, north, own, other]
    assert most_exact(rules, "P", "North") == [own, other]
    assert most_exact(rules, "Q", "North") == [north, other]
    assert most_exact(rules, "Q", None) == [general, other]


def test_a_scope_that_no_register_holds_is_told_with_the_nearest() -> None:
    rules = [Rule("finish_delay_days", 30.0, ("s",), 1, 2, project="PA-1")]
    (told,) = unknown_scopes(rules, ["PA-01"], [])
    assert told.startswith('the rule finish_delay_days above 30, project "PA-1" fits nothing: there is no project')
    assert told.endswith("'PA-1'; did you mean 'PA-01'?")
    assert unknown_scopes(rules, ["PA-1"], []) == []


def test_the_pmos_type_is_the_workspaces_unless_the_section_has_its_own(tmp_path: Path) -> None:
    made = Workspace.create(tmp_path / "w")
    assert made.escalation == {"pmo_type": "controlling"}
    made.settings_file.write_text('pmo_type = "supportive"\n[escalation]\nwebhook_url = "https://x.example"\n')
    assert escalation_settings(Workspace.find(made.root).escalation).pmo_type == "supportive"
    made.settings_file.write_text('pmo_type = "supportive"\n[escalation]\npmo_type = "directive"\n')
    assert escalation_settings(Workspace.find(made.root).escalation).pmo_type == "directive"
