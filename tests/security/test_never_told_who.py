"""Whatever companies, departments, inspectors and neighbours ever receive of a ticket: nothing that leads to whoever
reported it. One long case, then every word, card and page that they were given is searched."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import select

from bot.web.app import PAGES, create_app
from bot.web.console import COOKIE
from handlers.permissions import KEPT_FROM_REPORTERS, OWN_TICKETS_ONLY
from storage import directory, signing_in
from storage.people import Role, Staff
from tests.conversations.roles import name_of, with_everybody
from tests.conversations.stage import OFFICE, RESIDENTS, Stage

pytestmark = pytest.mark.xdist_group("never-told-who")

REPORTER = "王阿姨"  # what the platform shows of her
SECRETS = {"name": "王桂兰", "nickname": REPORTER, "phone": "13805718888", "door": "509", "path": "3-2-509"}
KEPT = ["小刘", "孙队", "电梯老方", *(name_of(role) for role in sorted(KEPT_FROM_REPORTERS - OWN_TICKETS_ONLY))]
TOLD = ["小赵", "周书记"]
LOOKS = ("查 1", "待办", "查 3号楼", "为什么 1", "进度 1", "统计 本月", "任务")
# Who says what, in private; what a company may not do is tried all the same.
STORY = (
    ("小赵", "接单 1"),
    ("小赵", "进展 1 已联系王桂兰13805718888，她家509，下午去"),
    ("小赵", "转派 1 安居物业"),
    ("小刘", "接单 1"),
    (REPORTER, "补充：我家3-2-509，打13805718888，我叫王桂兰"),
    (REPORTER, "催一下"),
    (name_of(Role.INSPECTOR), "督办 1 请今天到王桂兰家看，13805718888"),
    (name_of(Role.BUILDING_LEAD), "留言 1 我是王桂兰邻居，3-2-509一直漏"),
    ("小刘", "协调 1 请供水一起看"),
    ("小刘", "延期 1 到后天 等配件"),
    ("周书记", "催办 1"),
    ("小刘", "进展 1 正在修"),
    ("小刘", "办结 1 换了接头"),
    (REPORTER, "不满意 还是漏，我叫王桂兰，我家509，电话13805718888"),
    ("周书记", "退回重办 1"),
    ("周书记", "转派 1 城管执法队"),
    ("孙队", "接单 1"),
    ("孙队", "退单 1 非本单位职责，《供水条例》第三条，建议转安居物业"),
    ("周书记", "转派 1 安达电梯公司"),
    ("电梯老方", "接单 1"),
    ("电梯老方", "求助 1 请社区一起"),
)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Stage]:
    """A report in private that names its reporter, through many hands; everybody looks after every step."""
    folder = tmp_path_factory.mktemp("told")
    town = with_everybody(Stage(folder, f"sqlite:///{folder / 'menkou.db'}"))
    town.say(REPORTER, "3号楼509厨房漏水，我叫王桂兰，电话13805718888，我家3-2-509")
    town.say(REPORTER, "再说一遍，三号楼单元门也坏了", RESIDENTS)
    for who, words in STORY:
        town.say(who, words)
        town.wait(minutes=2)
    for person in KEPT:
        for look in LOOKS:
            town.say(person, look)
    for look in LOOKS:
        town.say(KEPT[0], look, OFFICE)
    town.wait(hours=30)
    yield town
    town.app.close()


def received(town: Stage, name: str) -> list[str]:
    """Every text and card that somebody was sent, in private or in the work group."""
    return [f"{one.text} {one.card}" for one in town.heard if (one.chat or one.person) in (name, OFFICE)]


def found(texts: list[str]) -> list[tuple[str, str]]:
    """What is read of the secrets; three digits within a longer word of the page's own are no door."""
    looked = {secret: re.compile(rf"(?<![0-9A-Za-z_-]){value}(?![0-9A-Za-z_])") for secret, value in SECRETS.items()}
    return [
        (secret, text[max(there.start() - 40, 0) : there.end() + 40])
        for text in texts
        for secret, form in looked.items()
        for there in form.finditer(text)
    ]


@pytest.mark.parametrize("person", KEPT)
def test_no_message_leads_to_the_reporter(case: Stage, person: str) -> None:
    texts = received(case, person)
    assert len(texts) > len(LOOKS)
    assert found(texts) == []


def test_whoever_may_know_is_told(case: Stage) -> None:
    """Else the search would prove nothing."""
    read = "".join(text for name in TOLD for text in received(case, name))
    assert {secret for secret, value in SECRETS.items() if value in read} >= {"name", "phone", "door", "path"}


def pages() -> list[str]:
    """Every address of the console that is read without a word of its own, and those of the first ticket."""
    routes = [route for page in PAGES for route in page.router.routes if isinstance(route, APIRoute)]
    paths = [route.path for route in routes if "GET" in (route.methods or set())]
    mine = [path for path in paths if path.startswith("/console") and "enter" not in path]
    return sorted({re.sub(r"\{\w+(?::\w+)?\}", "1", path) for path in mine})


async def read(web: FastAPI, session: str) -> dict[str, httpx.Response]:
    """What each page answers to somebody who is signed in."""
    transport = httpx.ASGITransport(web)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", cookies={COOKIE: session}) as client:
        return {path: await client.get(path) for path in pages()}


@pytest.mark.parametrize("person", KEPT)
def test_no_page_leads_to_the_reporter(case: Stage, person: str) -> None:
    with case.app.writing() as db:
        everybody = db.scalars(select(Staff)).all()
        staff = next(one for one in everybody if directory.name_of(case.app.vault, one) == person)
        wall = case.app.clock.wall()
        link = signing_in.open_link(db, case.app.vault, staff, wall)
        session = signing_in.sign_in(db, case.app.vault, link or "", wall)
    seen = asyncio.run(read(create_app(case.app, case.intake), session or ""))
    assert seen["/console"].status_code == 200
    assert len(seen) > 10
    assert found([answer.text for answer in seen.values()]) == []
