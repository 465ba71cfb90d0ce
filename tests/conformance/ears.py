"""How the platforms speak to each channel: by callbacks that are answered at once, or by a pull."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from bot.channels.kf import Kf
from bot.kf_pull import KfPull
from bot.platforms.kf_sessions import CUSTOMER
from bot.platforms.official_account import Callback
from bot.platforms.sealing import PlatformSeal
from bot.platforms.wecom_contacts import Member
from storage.deployment import Pull
from tests.conformance.ear import AT_ONCE, Ear
from tests.platforms.wecom import CORP, KEY, TOKEN
from tests.web.town import DESK

if TYPE_CHECKING:
    from tests.conformance.street import Street


class EnvelopeEar(Ear):
    """Encrypted callbacks that are answered at once."""

    screen_name = ""

    @property
    def platform(self) -> Any:
        """The platform's side of the callback."""
        raise NotImplementedError

    @property
    def seal(self) -> PlatformSeal:
        found: PlatformSeal = self.platform.seal
        return found

    def screen(self, person: str) -> list[str]:
        return self.town.heard(self.screen_name, person)

    def callback(self, person: str) -> Callback:
        made: Callback = self.platform.callback(self.text(person, "楼道灯坏了"))
        return made

    def sealed(self, encrypted: str) -> Callback:
        made: Callback = self.platform.sealed(encrypted)
        return made


class OfficialAccountEar(EnvelopeEar):
    """The residents' official account."""

    path, screen_name = "/callback/oa", "oa"

    @property
    def platform(self) -> Any:
        return self.town.oa.platform

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


class WecomEar(EnvelopeEar):
    """The staff's app."""

    path, screen_name = "/callback/wecom", "wecom"

    @property
    def platform(self) -> Any:
        return self.town.wecom.callback

    def meet(self, number: int) -> str:
        person = f"stranger{number:04}"
        self.town.wecom.contacts.add(Member(person, "生面孔"))
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


def _earlier(push: Any, ago: int) -> Any:
    return replace(push, fields={**push.fields, "CreateTime": int(time.time()) - ago})
