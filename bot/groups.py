"""``menkou groups …``: the options; the bodies are imported when they run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.settings import Settings

Given = Callable[[], "Settings"]
"""How a command gets its settings: read when its body runs."""


@click.group()
def groups() -> None:
    """The group chats that the bot sits in."""


@groups.command("list")
@click.pass_obj
def groups_list(settings: Given) -> int:
    """Show each group: id, door, mode, what it is bound to, and what became of what was heard there in 7 days."""
    from bot import groups_kept

    return groups_kept.show(settings())


@groups.command("mode")
@click.argument("group_id", type=int)
@click.argument("mode", type=click.Choice(["shadow", "review", "direct"]))
@click.pass_obj
def groups_mode(settings: Given, group_id: int, mode: str) -> int:
    """Let the group with this GROUP_ID be listened to only, have each ticket confirmed first, or open by itself."""
    from bot import groups_kept

    return groups_kept.switch(settings(), group_id, mode)


@groups.command("bind")
@click.argument("group_id", type=int)
@click.argument("unit")
@click.option("--building", help="A building of that estate, as the street's book names it.")
@click.option("--staff", is_flag=True, help="It is a work group: its members are staff, and read cards there.")
@click.pass_obj
def groups_bind(settings: Given, group_id: int, unit: str, building: str | None, staff: bool) -> int:
    """Say that the group with this GROUP_ID belongs to UNIT (an estate's or community's name)."""
    from bot import groups_kept

    return groups_kept.bind(settings(), group_id, unit, building, staff=staff)


@groups.command("review")
@click.argument("unit")
@click.argument("state", type=click.Choice(["on", "off"]))
@click.pass_obj
def groups_review(settings: Given, unit: str, state: str) -> int:
    """Keep the masked words of what UNIT's groups in shadow would open, for 72 hours, or stop it and forget them."""
    from bot import groups_kept

    return groups_kept.review_list(settings(), unit, state == "on")
