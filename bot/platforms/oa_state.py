"""What the parts of a simulated official account share, and the way of its pushes onto people's screens."""

from __future__ import annotations

import threading
from collections.abc import Callable

from bot.platforms.calls import Ground
from bot.platforms.oa_account import OaAccount, OaOptions
from bot.platforms.oa_media import Media
from bot.platforms.oa_people import People
from bot.platforms.official_account import OfficialAccountPlatform, Push
from bot.platforms.pushes import Pushes
from bot.platforms.sealing import Unacceptable

DOOR = "oa"
OUT_OF_SERVICE = "out_of_service"  # the kind of what people see when a push is not answered properly


class OaState:
    """One account with its people, media and pushes."""

    def __init__(self, ground: Ground, account: OaAccount, options: OaOptions) -> None:
        self.ground, self.account, self.options = ground, account, options
        self.people = People(ground)
        self.media = Media(ground)
        self.due: list[Callable[[], object]] = []  # looks for what has fallen due
        self.pushes = Pushes(ground, DOOR, self._fall_due)
        self.platform = OfficialAccountPlatform(
            account.callback,
            account.app_id,
            account.token,
            account.aes_key,
            account=account.account,
            clock=ground.clock.now,
        )

    def push(self, push: Push, *, read: bool = True) -> str | None:
        """Pushes what a person did; the answer appears on their screen where ``read``. What they read."""
        kind = str(push.fields.get("Event") or push.fields.get("MsgType"))
        if not self.platform.address:
            self.ground.record.add(DOOR, "push", kind=kind, person=push.sender, outcome="no callback")
            return None
        first = threading.Lock()  # whoever takes it has the first answer: a person reads no answer twice

        def once() -> str | None:
            try:
                text = self.platform.push(push)
            except Unacceptable as why:
                self._note(push, kind, outcome="unacceptable", why=str(why))
                if read and first.acquire(blocking=False):
                    self.ground.screens.show(DOOR, push.sender, OUT_OF_SERVICE)
                return None
            self._note(push, kind, outcome="accepted", read=text)
            if text is not None and read and first.acquire(blocking=False):
                self.ground.screens.show(DOOR, push.sender, "text", text, from_=self.account.account)
            return text

        return self.pushes.make(kind, once)

    def event_later(self, openid: str, name: str, **fields: object) -> None:
        """An event that the platform itself causes; nobody reads its answer."""
        push = self.platform.event(openid, name, **fields)  # type: ignore[arg-type]
        self.pushes.later(lambda: self.push(push, read=False))

    def _note(self, push: Push, kind: str, **fields: object) -> None:
        message_id = push.fields.get("MsgId")
        self.ground.record.add(DOOR, "push", kind=kind, person=push.sender, message_id=message_id, **fields)

    def _fall_due(self) -> None:
        for look in self.due:
            look()
