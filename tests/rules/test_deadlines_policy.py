"""The policy file: what it may say, whose word goes first, and one sentence about whatever it may not say."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.policy_file import policy_of, strangers
from bot.setting_values import SettingError
from bot.settings import Settings
from handlers.rules.counted_hours import Span
from handlers.rules.policies import Policy, figures, load, shipped
from handlers.rules.policy_values import PolicyError

ROOT = Path(__file__).parent.parent.parent
UPWARDS = ("梧桐里", "梧桐社区", "望江街道")


def test_every_figure_has_a_default_in_the_file_that_comes_with_it() -> None:
    assert set(figures()) == set(shipped())
    assert load("") == Policy()


def test_a_file_says_only_what_is_otherwise() -> None:
    policy = load('[ordinary]\naccept = "4 hours"\n[calendar]\nholidays = [2027-02-06]\n')
    assert (policy.ordinary_accept, policy.urgent_accept) == (Span(4, "hours"), Policy().urgent_accept)
    assert policy.calendar.holidays == {date(2027, 2, 6)}


def test_the_version_changes_with_any_figure_and_with_nothing_else() -> None:
    one = load('[ordinary]\naccept = "4 hours"\n')
    assert one.version == load('# a remark\n[ordinary]\naccept    =   "4 hours"').version
    assert (
        len({load(text).version for text in ("", '[ordinary]\naccept = "5 hours"', '[units."x"]\nclock = "service"')})
        == 3
    )
    assert len(load('name = "一二三四五六七八九十一二三四五六"').mark) <= 30


@pytest.mark.parametrize(
    ("text", "accept", "clock", "unit"),
    [
        ("", "8 hours", "natural", ""),
        ('[units."望江街道"]\nclock = "service"', "8 hours", "service", "望江街道"),
        ('[units."望江街道"]\nclock = "service"\n[units."梧桐里"]\nclock = "working"', "8 hours", "working", "梧桐里"),
        (
            '[units."望江街道".ordinary]\naccept = "6 hours"\n[units."梧桐社区"]\nclock = "service"',
            "6 hours",
            "service",
            "梧桐社区",
        ),
        ('[units."望江街道/梧桐社区".ordinary]\naccept = "6 hours"', "6 hours", "natural", "梧桐社区"),
        ('[units."滨河街道/梧桐社区".ordinary]\naccept = "6 hours"', "8 hours", "natural", ""),
    ],
)
def test_the_nearest_unit_upwards_wins_figure_by_figure(text: str, accept: str, clock: str, unit: str) -> None:
    policy = load(text).at(UPWARDS)
    amount, name = accept.split()
    assert (policy.ordinary_accept, policy.clock, policy.unit) == (Span(int(amount), name), clock, unit)


def test_from_a_units_policy_another_place_is_found_again() -> None:
    whole = load('[units."梧桐里"]\nclock = "working"')
    assert whole.at(UPWARDS).at(["别处"]).clock == "natural"
    assert whole.at(UPWARDS).at(UPWARDS).clock == "working"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("ordinary = ", "It is not TOML"),
        (
            '[ordinary]\nacept = "8 hours"',
            "ordinary.acept is not a figure of the policy. Did you mean ordinary.accept?",
        ),
        ('ordinary = "8 hours"', "ordinary is not a figure of the policy."),
        ('clock = "office"', "clock is one of natural, service, working, not 'office'."),
        ('[ordinary]\naccept = "8h"', "ordinary.accept is a span such as"),
        ('[ordinary]\naccept = "0 hours"', "ordinary.accept is a span such as"),
        ('[ordinary]\naccept = "9000 days"', "ordinary.accept is a span such as"),
        ("[ordinary]\naccept = 8", "ordinary.accept is a span such as"),
        ('[reports]\nburst = "5 working minutes"', "reports.burst is a natural span such as"),
        ("[ladder]\nyellow_percent = 100", "ladder.yellow_percent is a whole number from 1 to 99, not 100."),
        ("[ladder]\nlevels = true", "ladder.levels is a whole number from 1 to 12, not True."),
        ('[hours]\nworking = ["17:30-08:30"]', "hours.working holds hours such as"),
        ('[hours]\nworking = ["08:30-12:00", "11:00-17:30"]', "hours.working is a list of hours in their order"),
        ("[hours]\nservice = []", "hours.service is a list of hours in their order"),
        ('[hours]\nservice = ["08:00-24:00"]', "hours.service is a time of day such as"),
        ('[calendar]\nholidays = ["2027-02-06"]', "calendar.holidays is a list of dates without quotes"),
        ("[calendar]\nholidays = [2027-02-06]\nworkdays = [2027-02-06]", "calendar.workdays has 2027-02-06"),
        ('[reminders]\nfrom = "22:00"', "reminders.until is not after reminders.from."),
        ('[reminders]\nfrom = "25:00"', "reminders.from is a time of day such as"),
        ('name = "with blanks"', "name is a name of at most 16"),
        ("units = 3", "units holds tables by the names of units"),
        ('[units."梧桐里"]\nname = "x"', 'units."梧桐里".name is the whole deployment\'s'),
        ('[units."梧桐里".calendar]\nholidays = []', 'units."梧桐里".calendar.holidays is the whole deployment\'s'),
        ('[units."梧桐里".ordinary]\naccept = "soon"', 'units."梧桐里".ordinary.accept is a span such as'),
        ('[units."梧桐里".reminders]\nuntil = "07:00"', 'units."梧桐里".reminders.until is not after'),
    ],
)
def test_a_policy_that_cannot_be_used_is_refused_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(PolicyError, match=re.escape(sentence)) as refused:
        load(text)
    assert "\n" not in str(refused.value)


def test_a_deployment_names_its_file_and_is_told_at_start_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "deadlines.toml"
    given = {"MENKOU_DATA": str(tmp_path / "data"), "MENKOU_POLICY": str(path), "MENKOU_REVIEW_HOURS": "2"}
    with pytest.raises(SettingError, match=r"MENKOU_POLICY: .* cannot be read \(No such file or directory\)"):
        Settings.from_env(given)
    path.write_text('[ordinary]\naccept = "8h"', encoding="utf-8")
    with pytest.raises(SettingError, match=r"MENKOU_POLICY: .*: ordinary\.accept is a span"):
        Settings.from_env(given)
    path.write_text('[units."梧桐里/x"]\nclock = "working"\n[closing]\nsilence = "3 days"', encoding="utf-8")
    policy = policy_of(Settings.from_env(given))
    assert (policy.answer_within, policy.review) == (timedelta(days=3), timedelta(hours=2))
    assert policy.at(["x", "梧桐里"]).review == timedelta(hours=2)
    assert strangers(policy, frozenset({"x"})) == ["梧桐里/x"]
    assert strangers(policy, frozenset({"x", "梧桐里"})) == []


def figure_row(key: str) -> str:
    """The line of the table in docs/deadlines.md; paste what a failing test prints."""
    value = shipped()[key]
    shown = ", ".join(value) if isinstance(value, list) else value
    return f"| `{key}` | {shown} | {figures()[key].metadata['text']} |"


@pytest.mark.parametrize("key", sorted(figures()))
def test_every_figure_is_documented(key: str) -> None:
    assert figure_row(key) in (ROOT / "docs" / "deadlines.md").read_text(encoding="utf-8").splitlines()


def test_no_figure_is_documented_that_does_not_exist() -> None:
    table = (ROOT / "docs" / "deadlines.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z_.]+)`", table, re.MULTILINE)) == set(figures())
