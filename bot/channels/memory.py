"""The channel of the playground, of replays and of tests: its screens are rows or a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from bot.channels.base import Abilities, Answer, NotGenuine, Outcome, Outgoing, RawRequest
from handlers.message import Incoming

FOR_EVER = timedelta(days=36500)  # a screen shows a key once, however often it is sent

Show = Callable[[Sequence[Outgoing]], Sequence[Outcome]]


class MemoryChannel:
    """Speaks at any time, in groups and in private, with buttons and pictures; takes nothing in over HTTP."""

    def __init__(self, show: Show, door: str = "memory:sample", inline: bool = False) -> None:
        self.door = door
        self.abilities = Abilities(
            speaks="now", inline=inline, groups=True, buttons=True, media=True, batch=100, idempotent_for=FOR_EVER
        )
        self._show = show

    def check_url(self, request: RawRequest) -> Answer:
        raise NotGenuine("this channel has no callback")

    def verify_and_parse(self, request: RawRequest) -> Incoming:
        raise NotGenuine("this channel has no callback")

    def answer(self, request: RawRequest, incoming: Incoming, text: str | None) -> Answer:
        return Answer((text or "").encode())

    def send(self, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        return self._show(batch)
