"""``menkou doors …``: the options; the bodies are imported when they run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.settings import Settings

Given = Callable[[], "Settings"]
"""How a command gets its settings: read when its body runs."""


@click.group()
def doors() -> None:
    """The platforms through which people reach the bot."""


@doors.command("list")
@click.pass_obj
def doors_list(settings: Given) -> int:
    """Show each configured door: callback address, abilities, when it was last heard, what is wrong with it."""
    from bot import doors_shown

    return doors_shown.show(settings())


@doors.command("qr")
@click.argument("estate")
@click.option("--building", help="The building, as the street's book names it; without it the whole estate.")
@click.option(
    "--door", type=click.Choice(["oa", "kf"]), help="Whose code; without it the official account's if it is set."
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the picture goes, .png or .svg; without it ESTATE.png in this folder.",
)
@click.pass_obj
def doors_qr(settings: Given, estate: str, building: str | None, door: str | None, out: Path | None) -> int:
    """Make the QR code of ESTATE: whoever comes by it is taken to be there. Made once, the same for ever."""
    from bot import doors_shown

    return doors_shown.qr(settings(), estate, building, door, out)


@doors.command("menu")
@click.pass_obj
def doors_menu(settings: Given) -> int:
    """Write the official account's menu."""
    from bot import doors_shown

    return doors_shown.menu(settings())
