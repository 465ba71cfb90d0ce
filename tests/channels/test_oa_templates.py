"""The templates file: what it may say, the sentence for what it may not, and what the platform is given."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from bot.channels.oa_templates import FIELDS, KINDS, PURPOSES, Template, Templates, load, read
from bot.channels.oa_values import TYPES
from bot.setting_values import SettingError
from tests.channels.oa_speaking import FORM

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "oa-templates.toml"
PAGE = ROOT / "docs" / "templates.md"
GOOD: dict[str, Any] = {"purpose": "ticket", "id": "T-1_x", "fields": {"thing1": "what"}}


def sentence(table: Any) -> str:
    """Why a file with this content ends the start."""
    with pytest.raises(SettingError) as refused:
        read(table)
    said = str(refused.value)
    assert said.startswith("MENKOU_OA_TEMPLATES: ")
    assert said.endswith(".")
    assert "\n" not in said
    return said


def test_the_example_is_good() -> None:
    forms = load(EXAMPLE)
    assert forms.kinds == {"template", "subscribe"}
    for kind in KINDS:
        form = forms.choose(kind, "accepted")
        assert form is not None
        data = form.fill(FORM)
        assert data is not None
        assert all(value["value"] for value in data.values())


def test_the_page_names_every_field_purpose_and_type() -> None:
    page = PAGE.read_text(encoding="utf-8")
    told = set(re.findall(r"`([a-z_]+)`", page))
    assert set(FIELDS) | set(PURPOSES) | set(TYPES) <= told
    for name, meaning in FIELDS.items():
        assert f"| `{name}` | {meaning[0].upper()}{meaning[1:]}. |" in page


def test_a_form_for_the_state_comes_before_the_one_for_any_news() -> None:
    entries = [GOOD, {**GOOD, "purpose": "resolved", "id": "T-2"}]
    forms = read({"template": entries})
    chosen = [forms.choose("template", purpose) for purpose in ("resolved", "accepted", "")]
    assert [form.template_id for form in chosen if form] == ["T-2", "T-1_x", "T-1_x"]
    assert forms.choose("subscribe", "resolved") is None
    assert read({"template": entries[1:]}).choose("template", "accepted") is None
    assert Templates().kinds == frozenset()


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({}, "no [[template]]"),
        ({"templates": [GOOD]}, "[[templates]] is unknown"),
        ({"template": GOOD}, "two brackets"),
        ({"template": ["x"]}, "no table"),
        ({"template": [GOOD, GOOD]}, "[[template]] 2 is a second form for 'ticket'"),
        ({"template": [{**GOOD, "colour": "red"}]}, "'colour'"),
        ({"template": [{**GOOD, "purpose": "advertising"}]}, "needs a purpose, one of ticket"),
        ({"subscribe": [{**GOOD, "id": ""}]}, "[[subscribe]] 1 needs the template's id"),
        ({"template": [{**GOOD, "id": "a b"}]}, "the template's id"),
        ({"template": [{**GOOD, "id": 7}]}, "the template's id"),
        ({"template": [{**GOOD, "fields": {}}]}, "needs fields"),
        ({"template": [{**GOOD, "fields": {f"thing{number}": "what" for number in range(11)}}]}, "1 to 10"),
        ({"template": [{**GOOD, "fields": {"first": "what"}}]}, "'first' is no key"),
        ({"template": [{**GOOD, "fields": {"amount1": "what"}}]}, "'amount1' is no key"),
        ({"template": [{**GOOD, "fields": {"thing1": "room"}}]}, "thing1 is given 'room'"),
        ({"template": [{**GOOD, "fields": {"time1": "what"}}]}, "time1 cannot hold 'what', only due, when"),
        ({"template": [{**GOOD, "fields": {"phrase1": "place"}}]}, "only state"),
        ({"template": [{**GOOD, "fields": {"thing1": 7}}]}, "takes a field's name"),
        ({"template": [{**GOOD, "fields": {"thing1": {"text": "字" * 21}}}]}, "fits its type"),
        ({"template": [{**GOOD, "fields": {"thing1": {"text": " "}}}]}, "fits its type"),
        ({"template": [{**GOOD, "fields": {"phrase1": {"text": "OK"}}}]}, "fits its type"),
        ({"template": [{**GOOD, "fields": {"time1": {"text": "16:00"}}}]}, "fits its type"),
    ],
)
def test_what_cannot_work_ends_the_start_with_a_sentence(table: dict[str, Any], said: str) -> None:
    assert said in sentence(table)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"MENKOU_OA_TEMPLATES: .*none\.toml cannot be read \(No such file"):
        load(tmp_path / "none.toml")
    for content in (b"[[template]\n", b"\xff\xfe"):
        broken = tmp_path / "broken.toml"
        broken.write_bytes(content)
        with pytest.raises(SettingError, match="is not TOML"):
            load(broken)


@pytest.mark.parametrize(
    ("key", "name", "form", "value"),
    [
        ("thing1", "what", {"what": "路灯不亮"}, "路灯不亮"),
        ("thing1", "what", {"what": "字" * 20}, "字" * 20),
        ("thing1", "what", {"what": "字" * 21}, "字" * 19 + "…"),
        ("thing1", "what", {"what": "路灯\n不亮\0"}, "路灯 不亮"),
        ("thing1", "place", {}, "暂无"),
        ("phrase1", "state", {"state": "已接单"}, "已接单"),
        ("phrase1", "state", {"state": "不予受理了啊"}, "不予受理了"),
        ("phrase1", "state", {"state": "OK"}, "暂无"),
        ("character_string1", "number", {"number": "1043 号"}, "1043"),
        ("number1", "number", {"number": "1043 号"}, "1043"),
        ("number1", "number", {"number": ""}, None),
        ("phone_number1", "phone", {"phone": "电话 0571-88880000"}, "0571-88880000"),
        ("phone_number1", "phone", {}, "12345"),
        ("time1", "due", {"due": "2026年3月2日 16:05"}, "2026年3月2日 16:05"),
        ("time1", "due", {"when": "2026年3月2日 09:00"}, "2026年3月2日 09:00"),
        ("date1", "due", {"due": "尽快"}, None),
        ("const1", "state", {"state": "已接单"}, "已接单"),
    ],
)
def test_values_fit_the_type_of_their_key(key: str, name: str, form: dict[str, str], value: str | None) -> None:
    filled = Template("T", {key: name}).fill(form)
    assert filled == (None if value is None else {key: {"value": value}})


def test_words_that_never_change() -> None:
    fields = {"thing1": "what", "thing2": {"text": "点开看看"}}
    form = read({"template": [{**GOOD, "fields": fields}]}).choose("template", "ticket")
    assert form is not None
    assert form.fill({"what": "路灯"}) == {"thing2": {"value": "点开看看"}, "thing1": {"value": "路灯"}}
