"""The whole story by an official account's encrypted callbacks, over real HTTP on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from bot import staff
from bot.channels.official_account import OfficialAccount
from bot.platforms.official_account import OfficialAccountPlatform
from bot.settings import Settings
from storage import directory
from storage.people import Post, Role, Staff, Unit, UnitKind
from storage.tickets import Ticket
from tests.web.conftest import Site, _sown, running

APP_ID, TOKEN, KEY = "wx5823bf96d3bd56c7", "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
LAMP = "三号楼门口路灯坏了半个月了"


class Phone:
    """The platform, and whoever holds a phone."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.platform = OfficialAccountPlatform(f"{site.client.base_url}/callback/oa", APP_ID, TOKEN, KEY)

    def says(self, who: str, text: str) -> str:
        return self.platform.push(self.platform.text(who, text)) or ""

    def bind(self, who: str, role: Role) -> str:
        with self.site.app.reading() as db:
            person = db.scalars(select(Staff).join(Post).where(Post.role == role).order_by(Staff.id)).first()
            assert person is not None
        return self.says(who, f"绑定 {staff.issue(self.site.app, person.id)}")


@pytest.fixture
def phone(make_settings: Callable[..., Settings], database_url: str) -> Iterator[Phone]:
    settings = make_settings(
        database_url=database_url, oa_app_id=APP_ID, oa_app_secret="s", oa_token=TOKEN, oa_aes_key=KEY, oa_api_base=""
    )
    with running(_sown(settings)) as site:
        site.app.strict = True
        yield Phone(site)


def ticket(phone: Phone) -> Ticket:
    with phone.site.app.reading() as db:
        return db.scalars(select(Ticket)).one()


def test_from_a_sentence_to_a_closed_ticket(phone: Phone) -> None:
    assert phone.platform.check_url()
    assert "机器人" in (phone.platform.push(phone.platform.subscribe("resident")) or "")
    assert "编号 1" in phone.says("resident", LAMP)

    assert "绑定好了" in phone.bind("dispatcher", Role.DISPATCHER)
    assert "绑定好了" in phone.bind("worker", Role.GRID_WORKER)
    assert "待办 1 张" in phone.says("dispatcher", "待办")
    with phone.site.app.reading() as db:
        grid = db.scalars(
            select(Unit.name).where(
                Unit.kind == UnitKind.GRID,
                Unit.id.in_(select(Post.unit_id).where(Post.role == Role.GRID_WORKER).order_by(Post.id).limit(1)),
            )
        ).one()
    assert "已转给" in phone.says("dispatcher", f"转派 1 {grid}")

    assert "1 号归您了" in phone.says("worker", "接单")
    heard = phone.says("resident", "咋样了")
    assert "已接手" in heard, "news that had no way is said with the next answer"
    phone.platform.push(phone.platform.image("worker"))
    assert "已办结" in phone.says("worker", "办结 1 灯泡已换")
    assert "说是弄好了" in phone.says("resident", "进度"), "it stands there a minute before it is said"
    assert "结案" in phone.says("resident", "好了谢谢")
    assert (ticket(phone).status, ticket(phone).rating) == ("closed", "satisfied")


def test_a_repeat_also_a_concurrent_one_makes_one_ticket_and_the_same_answer(phone: Phone) -> None:
    push = phone.platform.text("resident", LAMP)
    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(lambda _: phone.platform.push(push), range(8)))
    answers.add(phone.platform.push(push))
    assert len(answers) == 1
    assert "编号" in (answers.pop() or "")
    assert ticket(phone).number


def test_a_code_works_once_and_for_one_person(phone: Phone) -> None:
    with phone.site.app.reading() as db:
        person = db.scalars(select(Staff).order_by(Staff.id)).first()
        assert person is not None
        name = directory.name_of(phone.site.app.vault, person)
    code = staff.issue(phone.site.app, person.id)
    assert name in phone.says("worker", f"绑定{code.lower()}")
    assert "不对或已过期" in phone.says("somebody", f"绑定 {code}")
    assert "不对或已过期" in phone.says("somebody", "绑定 AAAAAAAA")


def test_voice_photo_and_place_by_callbacks(phone: Phone) -> None:
    platform = phone.platform
    assert "照片收到了" in (platform.push(platform.image("resident")) or "")
    assert "编号 1" in (platform.push(platform.voice("resident", "五号楼电梯又坏了老人下不来")) or "")
    assert "语音收到了" in (platform.push(platform.voice("other")) or "")
    assert "位置收到了" in (platform.push(platform.location("third", 30.25, 120.16, "梧桐路 8 号")) or "")


def test_a_switched_off_channel_answers_404(plain_site: Site) -> None:
    assert plain_site.client.post("/callback/oa", content=b"x").status_code == 404
    assert isinstance(OfficialAccount(APP_ID, TOKEN, KEY).door, str)
