"""A report's way through a WeCom app: card, one tap, everybody else's card says who. Real HTTP both ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from bot import deliver, staff_bind
from bot.channels.wecom import WecomApp
from bot.channels.wecom_contacts import members
from bot.platforms.screens import Seen
from bot.platforms.wecom_contacts import Member
from bot.settings import Settings
from storage import directory
from storage.base import new_ref
from storage.people import Post, Role, Staff
from storage.tickets import Ticket
from tests.channels.wecom import DOOR
from tests.doors import wecom_settings
from tests.platforms.wecom import World, world
from tests.web.conftest import Site, _sown, running

LAMP = "三号楼门口路灯坏了半个月了"
RESIDENT = "colleague"


@dataclass
class Corp:
    """The deployment, and the corp whose members are its staff."""

    site: Site
    corp: World

    def says(self, person: str, text: str) -> str:
        """What a member is answered at once."""
        return self.corp.wecom.staff.say(person, text)[0].text

    def deliver(self) -> None:
        deliver.run(self.site.app)

    def cards(self, action: str) -> dict[str, Seen]:
        """The newest card with this button that can still be pressed, by whose screen it is on."""
        screens = self.corp.simulator.screens
        found = {}
        for person in screens.people("wecom"):
            for seen in screens.of("wecom", person):
                if any(button.get("key") == action for button in seen.buttons):
                    found[person] = seen
        return found

    def buttons(self, person: str) -> list[str]:
        return [button["text"] for button in self.corp.card(person).buttons]

    def sent(self) -> list[dict[str, Any]]:
        """Every message that the platform took."""
        return [one.fields["request"] for one in self.corp.simulator.record.entries("message/send", "wecom")]

    def takers(self) -> list[str]:
        """Who may take what no desk is known for."""
        with self.site.app.reading() as db:
            posts = db.scalars(select(Post.staff_id).where(Post.role == Role.DISPATCHER).order_by(Post.staff_id))
            return [f"staff{number}" for number in posts]

    def ticket(self) -> Ticket:
        with self.site.app.reading() as db:
            return db.scalars(select(Ticket)).one()


@pytest.fixture
def corp(make_settings: Callable[..., Settings], database_url: str) -> Iterator[Corp]:
    with world(members=[Member(RESIDENT, "住户同事")]) as simulated:
        settings = make_settings(database_url=database_url, **wecom_settings(simulated.client.base))
        with running(_sown(settings)) as site:
            site.app.strict = True
            simulated.wecom.callback.address = f"{site.client.base_url}/callback/wecom"
            made = Corp(site, simulated)
            _everybody_joins(made)
            yield made


def _everybody_joins(corp: Corp) -> None:
    """The staff are members of the corp under their own names, and bound by these."""
    app = corp.site.app
    with app.writing() as db:  # a second dispatcher: somebody has to be too late
        post = db.scalars(select(Post).where(Post.role == Role.DISPATCHER)).one()
        ref = new_ref()
        second = Staff(ref=ref, name=app.vault.seal("冯小涛", "staff.name", ref))
        db.add(second)
        db.flush()
        db.add(Post(staff_id=second.id, unit_id=post.unit_id, role=post.role))
    with app.reading() as db:
        for row in db.scalars(select(Staff).order_by(Staff.id)):
            corp.corp.wecom.contacts.add(Member(f"staff{row.id}", directory.name_of(app.vault, row)))
    channel = app.channels[DOOR]
    assert isinstance(channel, WecomApp)
    assert channel.api is not None
    staff_bind.bind(app, DOOR, members(channel.api))


def test_the_address_is_checked_within_a_second(corp: Corp) -> None:
    assert corp.corp.wecom.callback.check_url()
    assert corp.site.client.get("/callback/wecom", params={"echostr": "x"}).status_code == 403


def test_a_report_is_taken_with_one_tap_and_everybody_elses_card_says_by_whom(corp: Corp) -> None:
    assert "编号 1" in corp.says(RESIDENT, LAMP)
    corp.deliver()
    shown = corp.cards("accept#1")
    taker, *others = sorted(shown, key=lambda person: person not in corp.takers())
    assert others
    assert {seen.card["task_id"] for seen in shown.values() if seen.card} == {
        corp.sent()[0]["template_card"]["task_id"]
    }
    assert len(corp.sent()) == 1  # one call for all of them
    [reply] = corp.corp.wecom.staff.click(taker, "accept#1")
    assert (reply.kind, corp.buttons(taker)) == ("update_button", [reply.text])
    assert corp.ticket().status == "accepted"
    corp.deliver()
    for other in others:
        [words] = corp.buttons(other)
        assert "接" in words
        assert words != "接单"
    assert any("已接手" in text for text in corp.corp.simulator.screens.texts("wecom", RESIDENT))
    assert any("1 号归您了" in text for text in corp.corp.simulator.screens.texts("wecom", taker))


def test_two_who_tap_at_the_same_moment(corp: Corp) -> None:
    corp.says(RESIDENT, LAMP)
    corp.deliver()
    one, other = corp.takers()[:2]
    with ThreadPoolExecutor(2) as pool:
        tapped = list(pool.map(lambda person: corp.corp.wecom.staff.click(person, "accept#1"), (one, other)))
    assert [reply.kind for [reply] in tapped] == ["update_button"] * 2
    assert tapped[0][0].text != tapped[1][0].text
    assert corp.ticket().version == 2


def test_a_tap_that_is_pushed_three_times_counts_once(corp: Corp) -> None:
    corp.says(RESIDENT, LAMP)
    corp.deliver()
    corp.corp.simulator.faults.on("duplicate", path="template_card_event", count=3)
    replies = corp.corp.wecom.staff.click(corp.takers()[0], "accept#1")
    assert len({reply.text for reply in replies}) == 1
    assert corp.ticket().version == 2
    corp.deliver()
    told = corp.corp.simulator.screens.texts("wecom", RESIDENT)
    assert sum("已接手" in text for text in told) == 1


def test_whoever_left_the_corp_is_shown_no_card(corp: Corp) -> None:
    leaver, stayer = corp.takers()[:2]
    corp.corp.wecom.staff.leave(leaver)
    corp.says(RESIDENT, LAMP)
    corp.deliver()
    assert stayer in corp.cards("accept#1")
    assert leaver not in corp.sent()[0]["touser"].split("|")
