"""The console's page of own words and place names: a preview first, saved by an administrator, known at once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from bot import preview
from bot.web import console
from bot.web import own_words as own_words_page
from nlp import previewing
from nlp.own import Entry
from storage import listening, own_words
from storage.deployment import WebSession
from storage.people import Post, Role, Staff, Unit
from tests.web.conftest import RESIDENTS, WANG, Site

PAGE = "/console/words"
WORD = {"kind": "word", "word": "升降机", "means": "building", "stands_for": "电梯"}


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """One test tries the process of its own; for the others it would only cost its start."""
    monkeypatch.setattr(preview, "_apart", previewing.compare)


def post(site: Site, path: str, fields: dict[str, str], **more: Any) -> httpx.Response:
    return site.client.post(f"{PAGE}/{path}", data=fields, follow_redirects=False, **more)


def unit_of(site: Site, kind: str = "estate") -> Unit:
    with site.app.reading() as db:
        return db.scalars(select(Unit).where(Unit.kind == kind).order_by(Unit.id)).first() or pytest.fail("no unit")


def test_a_word_is_looked_at_first_then_saved_and_heard_at_once(quick_site: Site) -> None:
    said = "三号楼的升降机又趴窝了，三天没人来修"
    quick_site.say(WANG, said, RESIDENTS)
    shown = post(quick_site, "preview", WORD)
    assert shown.status_code == 200
    assert "「升降机」等于「电梯」" in shown.text
    assert "最近 90 天的工单" in shown.text
    with quick_site.app.reading() as db:
        assert own_words.words(db) == []
    saved = post(quick_site, "save", WORD)
    assert (saved.status_code, saved.headers["location"]) == (303, f"{PAGE}?saved=1")
    page = quick_site.client.get(saved.headers["location"]).text
    assert "等于「电梯」" in page
    assert "已保存" in page
    with quick_site.app.reading() as db:
        [change] = listening.changes(db, "word:", 5)
        assert change.data == {"before": None, "after": {"means": "=电梯", "removes": False}}


def test_a_word_that_comes_with_menkou_is_taken_out_and_put_back(quick_site: Site) -> None:
    fields = {"kind": "word", "word": "下水道", "means": "drainage", "takes_out": "1"}
    assert "不再算「排水污水」" in post(quick_site, "preview", fields).text
    post(quick_site, "save", fields)
    assert "不再算「排水污水」" in quick_site.client.get(PAGE).text
    post(quick_site, "save", {**fields, "takes_out": "0"})
    with quick_site.app.reading() as db:
        assert own_words.words(db) == []
        assert [row.kind for row in listening.changes(db, "word:", 5)] == ["dropped", "entered"]


def test_place_names_and_nicknames(quick_site: Site) -> None:
    unit = unit_of(quick_site)
    place = {"kind": "place", "unit": str(unit.id), "name": "大牌坊", "outside": "1"}
    assert "大牌坊" in post(quick_site, "preview", place).text
    post(quick_site, "save", place)
    post(quick_site, "save", {"kind": "nicknames", "unit": str(unit.id), "names": "老院，东边 老院"})
    page = quick_site.client.get(PAGE).text
    assert "<b>大牌坊</b>（红线外）" in page
    assert f"{unit.name}：老院 东边" in page
    post(quick_site, "save", {**place, "takes_out": "1"})
    with quick_site.app.reading() as db:
        assert own_words.landmarks(db) == []
        assert [row.kind for row in listening.changes(db, "place:", 5)] == ["dropped", "entered"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "word", "word": "猫", "means": "animals"}, "一个字太常见"),
        ({"kind": "word", "word": "坏的 电梯", "means": "building"}, "不能有空格"),
        ({"kind": "word", "word": "升降机", "means": "birds"}, "没有这一组"),
        ({"kind": "word", "word": "下水道", "means": "drainage"}, "本来就在这一组"),
        ({"kind": "word", "word": "升降机", "stands_for": "升降机"}, "不能等于自己"),
        ({"kind": "word", "word": "升降机", "stands_for": "电梯", "takes_out": "1"}, "拿不掉"),
        ({"kind": "place", "unit": "99999", "name": "大牌坊"}, "没有这个单位"),
        ({"kind": "place", "unit": "１", "name": "大牌坊"}, "没有填全"),
        ({"kind": "place", "unit": "1", "name": "坊"}, "名字要有"),
        ({"kind": "place", "unit": "1", "name": "大牌坊", "building": "999号楼"}, "没有这栋楼"),
        ({"kind": "word", "word": "梯\0子", "means": "building"}, "没有填全"),
        ({"kind": "place", "unit": "1", "name": "\u202e大牌坊"}, "看不见"),
        ({"kind": "place", "unit": "22", "name": "物业前厅"}, "没有这个单位"),
        ({"kind": "nicknames", "unit": "1", "names": "老\u200d院"}, "看不见"),
        ({"kind": "nicknames", "unit": "1", "names": "老院 " * 80 + "x" * 41}, "名字要有"),
        ({}, "没有填全"),
    ],
)
@pytest.mark.parametrize("path", ["preview", "save"])
def test_what_is_wrong_is_said(quick_site: Site, path: str, fields: dict[str, str], words: str) -> None:
    answer = post(quick_site, path, fields)
    assert answer.status_code == 400
    assert words in answer.text
    with quick_site.app.reading() as db:
        assert [row for about in own_words_page.ABOUT for row in listening.changes(db, about, 1)] == []


def test_the_latest_changes_are_told_in_words(quick_site: Site) -> None:
    unit = unit_of(quick_site)
    lift = {"kind": "word", "word": "下水道", "means": "drainage"}
    for fields in (
        {**lift, "takes_out": "1"},
        {**lift, "takes_out": "0"},
        {"kind": "place", "unit": str(unit.id), "name": "<b>牌坊</b>"},
        {"kind": "nicknames", "unit": str(unit.id), "building": "1号楼", "names": "老院头"},
    ):
        post(quick_site, "save", fields)
    with quick_site.app.writing() as db:
        now = quick_site.app.clock.now(db)
        listening.note_change(db, f"unit:{unit.id}", "read_list", now)  # no business of this page
    page = quick_site.client.get(PAGE).text
    assert "<b>牌坊" not in page
    told = [line.split("运维 ")[1].split("</li>")[0] for line in page.split("<li>") if "运维" in line]
    assert told == [
        f"改小名 {unit.name} 1号楼",
        f"加上 {unit.name}「&lt;b&gt;牌坊&lt;/b&gt;」",
        "放回自带的 「下水道」",
        "拿掉自带的 「下水道」",
    ]


def test_a_foreign_page_changes_nothing(quick_site: Site) -> None:
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}):
        assert post(quick_site, "save", WORD, headers=headers).status_code == 403
    with quick_site.app.reading() as db:
        assert own_words.words(db) == []


def test_without_sample_mode_it_is_for_administrators(quick_site: Site) -> None:
    app = quick_site.app
    app.sample = False
    assert quick_site.client.get(PAGE).status_code == 401
    assert post(quick_site, "save", WORD).status_code == 401
    with app.writing() as db:
        staff = db.scalars(select(Staff).order_by(Staff.id)).all()
        for one in staff[:2]:
            db.add(
                WebSession(
                    token_hash=app.vault.session_hash(f"token-{one.id}"),
                    staff_id=one.id,
                    created_at=app.clock.wall(),
                    expires_at=app.clock.wall() + timedelta(hours=1),
                )
            )
        db.add(Post(staff_id=staff[1].id, unit_id=staff[1].posts[0].unit_id, role=Role.ADMIN))
    for one, status in zip(staff[:2], (403, 303), strict=True):
        cookies = {"cookie": f"{console.COOKIE}=token-{one.id}"}
        assert post(quick_site, "save", WORD, headers=cookies).status_code == status
        link = '<a href="/console/words">' in quick_site.client.get("/console", headers=cookies).text
        assert link is (status == 303)
    with app.reading() as db:
        [change] = listening.changes(db, "word:", 5)
        assert change.staff_id == staff[1].id


def test_the_preview_reads_in_a_process_of_its_own(quick_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    app = quick_site.app
    with app.reading() as db:
        world = preview.world(db)
    after = previewing.World((*world.entries, Entry("路灯", "road_facility", removes=True)), world.names)
    found = preview.preview(app, after, apart=True)
    assert found.difference.before.category is not None
    from nlp.lexicon import lexicon

    assert "road_facility" in lexicon().words["路灯"]


def test_every_group_that_can_be_chosen_has_a_name(quick_site: Site) -> None:
    groups = re.findall(r'<option value="[^"]*"[^>]*>([^<]+)<', quick_site.client.get(PAGE).text)
    assert len(groups) > 40
    assert [name for name in groups if re.search("[a-z]", name)] == []
