"""Blows at home and a life somebody wants to end are never spoken of in a group, nor mixed with what others said."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from handlers.households.homes import CODE_LENGTH
from storage.inbox import Inbox
from tests.conversations.stage import OFFICE, RESIDENTS, Stage, to


@pytest.mark.parametrize("said", ["我不想活了", "我家男人又打我了，救命，3号楼1203", "隔壁老公打老婆，快来人"])
def test_it_goes_to_people_never_to_a_group(town: Stage, said: str) -> None:
    heard = town.say("李婶", said, RESIDENTS)
    heard += town.say("王阿姨", "我也听到了", RESIDENTS)
    heard += town.wait(minutes=25)
    assert to(heard, RESIDENTS) == []
    assert to(heard, OFFICE) == []
    assert to(heard, "王阿姨") == []
    assert len(to(heard, "李婶")) == 1
    assert any(said in text for text in to(heard, "小赵"))


def test_it_is_no_neighbours_word_in_another_matter(town: Stage) -> None:
    town.say("王阿姨", "二单元燃气味特别大，快来人", RESIDENTS)
    heard = town.say("李婶", "我不想活了", RESIDENTS)
    assert town.ticket(2).confidential
    assert to(heard, RESIDENTS) == []
    assert not any("邻居说" in text for _, text in heard)


def test_a_code_said_in_a_group_is_neither_kept_nor_passed_on(town: Stage) -> None:
    town.say("王阿姨", "二单元燃气味特别大，快来人", RESIDENTS)
    code = "AB12CD34"
    assert len(code) == CODE_LENGTH
    heard = town.say("李婶", f"绑定 {code}", RESIDENTS)
    assert [who for who, _ in heard] == ["李婶"]
    with town.app.reading() as db:
        assert db.scalars(select(Inbox).order_by(Inbox.id.desc())).first().text is None  # type: ignore[union-attr]


def test_talk_about_binding_stays_talk(town: Stage) -> None:
    assert town.say("李婶", "绑定手机号怎么弄啊", RESIDENTS) == []
