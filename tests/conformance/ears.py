"""How each channel is spoken to: over its platform's callbacks, by a pull, or in the playground."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
from sqlalchemy import func, select

from bot import deliver
from bot.channels.kf import Kf
from bot.channels.memory import MemoryChannel
from bot.kf_pull import KfPull
from bot.platforms.kf_sessions import CUSTOMER
from bot.platforms.official_account import Callback
from bot.platforms.sealing import PlatformSeal
from bot.receive import Intake
from bot.screens import ScreenWriter
from bot.settings import Settings
from handlers.message import Incoming, Kind
from storage.deployment import Pull, Screen
from storage.inbox import Inbox, InboxState
from storage.people import Account
from storage.tickets import Member, Ticket
from tests.web.town import CORP, DESK, KEY, TOKEN, Town, town

AT_ONCE = 8


class Ear:
    """One way in. A thing is what a platform brings, as often as it likes."""

    door = ""
    path = ""  # of its callback

    def __init__(self, street: Street) -> None:
        self.street, self.town = street, street.town

    def meet(self, number: int) -> str:
        """A stranger."""
        raise NotImplementedError

    def text(self, person: str, words: str, ago: int = 0) -> Any:
        """They write, so many seconds ago."""
        raise NotImplementedError

    def kinds(self, person: str) -> Sequence[Any]:
        """One of each type that the documents know."""
        raise NotImplementedError

    def odd(self, person: str) -> Sequence[Any]:
        """Types that no document knows."""
        raise NotImplementedError

    def bring(self, thing: Any) -> str | None:
        """The platform brings it once, freshly signed; what the person reads at once. Raises for what is refused."""
        raise NotImplementedError

    def bring_at_once(self, thing: Any) -> list[str | None]:
        """The platform brings it several times at the same moment."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(self.bring, [thing] * AT_ONCE))

    def screen(self, person: str) -> list[str]:
        """What they read beside that."""
        raise NotImplementedError

    # --- for doors with envelopes

    def callback(self, person: str) -> Callback:
        """A genuine callback."""
        raise NotImplementedError

    def sealed(self, encrypted: str) -> Callback:
        """A genuine signature over any envelope."""
        raise NotImplementedError

    @property
    def seal(self) -> PlatformSeal:
        """The platform's."""
        raise NotImplementedError

    def close(self) -> None:
        """Ends what runs beside."""


class OfficialAccountEar(Ear):
    """Encrypted callbacks, answered at once."""

    path = "/callback/oa"

    @property
    def platform(self) -> Any:
        return self.town.oa.platform

    @property
    def seal(self) -> PlatformSeal:
        found: PlatformSeal = self.platform.seal
        return found

    def meet(self, number: int) -> str:
        person = f"oStranger{number:04}"
        self.town.oa.people.follow(person).allows("message", time.time())
        return person

    def text(self, person: str, words: str, ago: int = 0) -> Any:
        return _earlier(self.platform.text(person, words), ago)

    def kinds(self, person: str) -> Sequence[Any]:
        of = self.platform
        return [
            of.text(person, "你好"), of.image(person), of.voice(person, "楼道灯坏了"), of.voice(person),
            of.location(person, 30.27, 120.15, "东门"), of.message(person, "video", MediaId="m", ThumbMediaId="t"),
            of.message(person, "link", Title="题", Description="述", Url="http://a.cn"), of.subscribe(person),
            of.scan(person, "b17"), of.click(person, "menu:progress"), of.unsubscribe(person),
        ]  # fmt: skip

    def odd(self, person: str) -> Sequence[Any]:
        of = self.platform
        return [of.message(person, "hologram", Depth=3), of.event(person, "never_heard_of", Odd="1"),
                of.message(person, "x" * 300), of.message(person, "未知")]  # fmt: skip

    def bring(self, thing: Any) -> str | None:
        read: str | None = self.platform.push(thing)  # again where a busy machine was too late: so do platforms
        return read

    def screen(self, person: str) -> list[str]:
        return self.town.heard("oa", person)

    def callback(self, person: str) -> Callback:
        made: Callback = self.platform.callback(self.text(person, "楼道灯坏了"))
        return made

    def sealed(self, encrypted: str) -> Callback:
        made: Callback = self.platform.sealed(encrypted)
        return made


class WecomEar(Ear):
    """The same for the staff's app."""

    path = "/callback/wecom"

    @property
    def platform(self) -> Any:
        return self.town.wecom.callback

    @property
    def seal(self) -> PlatformSeal:
        found: PlatformSeal = self.platform.seal
        return found

    def meet(self, number: int) -> str:
        from bot.platforms.wecom_contacts import Member as Colleague

        person = f"stranger{number:04}"
        self.town.wecom.contacts.add(Colleague(person, "生面孔"))
        return person

    def text(self, person: str, words: str, ago: int = 0) -> Any:
        return _earlier(self.platform.message(person, "text", Content=words), ago)

    def kinds(self, person: str) -> Sequence[Any]:
        message, event = self.platform.message, self.platform.event
        return [
            message(person, "text", Content="你好"), message(person, "image", PicUrl="https://a.cn/0", MediaId="m"),
            message(person, "voice", MediaId="m", Format="amr"),
            message(person, "video", MediaId="m", ThumbMediaId="t"),
            message(person, "location", Location_X="30.27", Location_Y="120.15", Scale=16, Label="东门"),
            message(person, "link", Title="题", Description="述", Url="http://a.cn", PicUrl="http://a.cn/0"),
            event(person, "enter_agent", EventKey=""), event(person, "subscribe", EventKey=""),
            event(person, "click", EventKey="menu:progress"), event("sys", "change_contact", ChangeType="update_user"),
            event(person, "unsubscribe", EventKey=""),
        ]  # fmt: skip

    def odd(self, person: str) -> Sequence[Any]:
        message, event = self.platform.message, self.platform.event
        return [message(person, "hologram", Depth=3), event(person, "never_heard_of", Odd="1"),
                message(person, "x" * 300), message(person, "未知")]  # fmt: skip

    def bring(self, thing: Any) -> str | None:
        answered = self.platform.push(thing)
        return answered.text or None

    def screen(self, person: str) -> list[str]:
        return self.town.heard("wecom", person)

    def callback(self, person: str) -> Callback:
        made: Callback = self.platform.callback(self.text(person, "楼道灯坏了"))
        return made

    def sealed(self, encrypted: str) -> Callback:
        made: Callback = self.platform.sealed(encrypted)
        return made


class CustomerServiceEar(Ear):
    """微信客服: a callback says only that there is something, and the platform's list may say it twice."""

    path = "/callback/kf"

    def __init__(self, street: Street) -> None:
        super().__init__(street)
        [self.channel] = [one for one in self.town.app.channels.values() if isinstance(one, Kf)]
        self._lines = [KfPull(self.channel) for _ in range(3)]
        self._ids = itertools.count(1)

    @property
    def seal(self) -> PlatformSeal:
        return PlatformSeal(TOKEN, KEY, CORP)

    def meet(self, number: int) -> str:
        return f"{DESK}/wmStranger{number:04}"

    def _thing(self, person: str, kind: str, /, ago: int = 0, **content: Any) -> dict[str, Any]:
        return {
            "msgid": f"msg{next(self._ids):08}{id(self.street)}",
            "send_time": int(time.time()) - ago,
            "open_kfid": DESK,
            "external_userid": person.partition("/")[2],
            "origin": CUSTOMER,
            "msgtype": kind,
            kind: content,
        }

    def _event(self, person: str, kind: str, **more: Any) -> dict[str, Any]:
        whose: dict[str, Any] = {"open_kfid": DESK, "external_userid": person.partition("/")[2]}
        thing = self._thing(person, "event", event_type=kind, **whose, **more)
        return {name: value for name, value in thing.items() if name not in whose} | {"origin": 4}

    def text(self, person: str, words: str, ago: int = 0) -> Any:
        return self._thing(person, "text", ago, content=words)

    def kinds(self, person: str) -> Sequence[Any]:
        return [
            self.text(person, "你好"), self._thing(person, "image", media_id="m"),
            self._thing(person, "voice", media_id="m"), self._thing(person, "video", media_id="m"),
            self._thing(person, "file", media_id="m"),
            self._thing(person, "location", latitude=30.27, longitude=120.15, name="东门", address="路"),
            self._thing(person, "link", title="题", desc="述", url="http://a.cn", pic_url=""),
            self._event(person, "enter_session", scene="", scene_param=""),
        ]  # fmt: skip

    def odd(self, person: str) -> Sequence[Any]:
        return [self._thing(person, "hologram", depth=3), self._event(person, "never_heard_of", odd="1"),
                self._thing(person, "x" * 300), self._thing(person, "未知")]  # fmt: skip

    def bring(self, thing: Any) -> str | None:
        self._list(thing)
        self.town.kf.bell.ring(DESK)
        self._pull(self._lines[0], self._fence())
        return None

    def bring_at_once(self, thing: Any) -> list[str | None]:
        """It stands in the list as often, every one of them rings, and three who think that they lead pull."""
        for _ in range(AT_ONCE):
            self._list(thing)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(self.town.kf.bell.ring, [DESK] * AT_ONCE))
            fence = self._fence()
            list(pool.map(lambda line: self._pull(line, fence), self._lines))
        return [None] * AT_ONCE

    def _list(self, thing: Any) -> None:
        sessions, person = self.town.kf.sessions, thing.get("external_userid") or thing["event"]["external_userid"]
        self.town.kf.people._customer(person)
        with self.town.kf.ground.lock:
            if thing["msgtype"] != "event":
                sessions.heard(DESK, person)
            sessions.add(DESK, thing)

    def _pull(self, line: KfPull, fence: int) -> None:
        for _ in range(20):
            line.serve(self.town.app, fence, 0.01)
            with self.town.app.reading() as db:
                if db.scalar(select(Pull.id).where(Pull.wanted > Pull.done).limit(1)) is None:
                    return

    def _fence(self) -> int:
        return self.town.fence(self.door)

    def screen(self, person: str) -> list[str]:
        return self.town.heard("kf", person.partition("/")[2])

    def callback(self, person: str) -> Callback:
        callback = self.town.kf.bell.callback
        return callback.callback(callback.kf_event(self.town.kf.sessions.issue_token(), DESK))

    def sealed(self, encrypted: str) -> Callback:
        return self.town.kf.bell.callback.sealed(encrypted)

    def close(self) -> None:
        for line in self._lines:
            line.close()


class MemoryEar(Ear):
    """The playground: what it takes in has a name of its own, and the pipeline below is the same."""

    def __init__(self, street: Street) -> None:
        super().__init__(street)
        app = self.town.app
        app.channels[self.door] = MemoryChannel(ScreenWriter(app.writing), self.door)
        self._intake = Intake(app)
        self._intake.start()
        self._ids = itertools.count(1)

    def meet(self, number: int) -> str:
        return f"stranger-{number:04}"

    def text(self, person: str, words: str, ago: int = 0) -> Incoming:
        return self._said(person, Kind.TEXT, words, ago)

    def _said(self, person: str, kind: Kind, words: str = "", ago: int = 0) -> Incoming:
        now = datetime.now(UTC)
        key = f"in:{self.door}:{next(self._ids)}"
        said_at = now - timedelta(seconds=ago)
        return Incoming(key, self.door, person, None, kind, said_at, now, text=words, addressed=True)

    def kinds(self, person: str) -> Sequence[Any]:
        return [self._said(person, kind) for kind in (Kind.TEXT, Kind.IMAGE, Kind.VOICE, Kind.LOCATION, Kind.LINK)]

    def odd(self, person: str) -> Sequence[Any]:
        return [self._said(person, Kind.UNKNOWN)]

    def bring(self, thing: Any) -> str | None:
        return self._intake.submit(thing).result(20).answer

    def screen(self, person: str) -> list[str]:
        with self.town.app.reading() as db:
            return list(db.scalars(select(Screen.text).where(Screen.address == f"person:{person}")))

    def close(self) -> None:
        self._intake.stop()


def _earlier(push: Any, ago: int) -> Any:
    return replace(push, fields={**push.fields, "CreateTime": int(time.time()) - ago})


@dataclass
class Street:
    """A served neighbourhood with all doors open, for all tests of one engine. Everybody is a stranger once."""

    town: Town
    ears: dict[str, Ear] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ear(self, kind: type[Ear], door: str) -> Ear:
        """The ear of a door."""
        if door not in self.ears:
            made = kind.__new__(kind)
            made.door = door
            made.__init__(self)  # type: ignore[misc]
            self.ears[door] = made
        return self.ears[door]

    def stranger(self, ear: Ear) -> str:
        """Somebody new."""
        return ear.meet(next(self._numbers))

    def report(self) -> str:
        """A report that is like no other."""
        return f"幸福里{next(self._numbers)}号楼门口的路灯坏了半个月了"

    def told(self, ear: Ear, person: str) -> list[str]:
        """What they read beside the answer within the request."""
        deliver.run(self.town.app)
        return ear.screen(person)

    def kept(self, ear: Ear, person: str) -> list[Inbox]:
        """The rows of what they said."""
        with self.town.app.reading() as db:
            hashed = self.town.app.vault.lookup(f"{ear.door}:{person}")
            mine = select(Inbox).join(Account, Account.id == Inbox.sender_id).where(Account.address_hash == hashed)
            return list(db.scalars(mine.order_by(Inbox.id)))

    def tickets(self, ear: Ear, person: str) -> int:
        """How many tickets are theirs."""
        with self.town.app.reading() as db:
            hashed = self.town.app.vault.lookup(f"{ear.door}:{person}")
            mine = select(func.count(Member.id)).join(Account, Account.id == Member.account_id)
            return db.scalar(mine.where(Account.address_hash == hashed)) or 0

    def counts(self) -> tuple[int, int, int]:
        """Everything that callbacks leave behind: messages, tickets, hints."""
        with self.town.app.reading() as db:
            hints = db.scalar(select(func.sum(Pull.wanted))) or 0
            return db.scalar(select(func.count(Inbox.id))) or 0, db.scalar(select(func.count(Ticket.id))) or 0, hints

    def failed(self) -> int:
        """Messages that were put away."""
        with self.town.app.reading() as db:
            return db.scalar(select(func.count(Inbox.id)).where(Inbox.state == InboxState.FAILED)) or 0

    def post(self, ear: Ear, callback: Callback, **query: str) -> httpx.Response:
        """A request to a door's callback."""
        whole = urlencode({**callback.query, **query})
        return self.town.site.client.post(f"{ear.path}?{whole}", content=callback.body)


@contextlib.contextmanager
def street(make_settings: Callable[..., Settings], database_url: str) -> Iterator[Street]:
    """Everything running."""
    with town(make_settings, database_url) as made:
        opened = Street(made)
        made.oa.platform.push(made.oa.platform.text("oFirst", "你好"))  # the first word waits for the dictionaries
        try:
            yield opened
        finally:
            for ear in opened.ears.values():
                ear.close()
