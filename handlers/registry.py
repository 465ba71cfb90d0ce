"""The table of handlers: a function is declared beside the name of what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from handlers.context import Context
from handlers.message import Incoming, Reply
from handlers.orders import Order


class CommandHandler(Protocol):
    """Answers a command that somebody typed or tapped."""

    def __call__(self, incoming: Incoming, ctx: Context, order: Order) -> Iterable[Reply]: ...


COMMANDS: dict[str, CommandHandler] = {}
H = TypeVar("H", bound=CommandHandler)


def on(name: str) -> Callable[[H], H]:
    """Declares the handler of a command; its words, help and example stand in ``wording/commands.toml``."""

    def declare(handler: H) -> H:
        if name in COMMANDS:
            raise ValueError(f"two handlers for {name}")
        COMMANDS[name] = handler
        return handler

    return declare
