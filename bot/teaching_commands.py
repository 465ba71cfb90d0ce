"""``menkou train``, ``menkou words …``, ``menkou places …``: the options; the bodies are imported when they run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.settings import Settings

Given = Callable[[], "Settings"]
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("labelled", nargs=-1, type=FILE)
@click.option(
    "--corrections",
    multiple=True,
    type=FILE,
    help="Messages that staff labelled; weights that read worse with them are refused.",
)
@click.option("--from-database", is_flag=True, help="Learn from what this deployment's staff corrected, and use it.")
@click.option("--back", is_flag=True, help="Use the weights that come with Menkou again.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the weights here, and use nothing.")
@click.option(
    "--held-out/--not-held-out", default=True, show_default=True, help="Hold each author of LABELLED out and measure."
)
@click.pass_obj
def train(
    settings: Given,
    labelled: tuple[Path, ...],
    corrections: tuple[Path, ...],
    from_database: bool,
    back: bool,
    out: Path | None,
    held_out: bool,
) -> int:
    """Learn how to read: from LABELLED messages, one author a file, each held out once and measured, or on top of the
    weights that come with Menkou from what staff corrected."""
    if back and (labelled or corrections or from_database or out):
        raise click.UsageError("--back takes nothing else.")
    if from_database and corrections:
        raise click.UsageError("Give either --corrections or --from-database.")
    if not (back or from_database or labelled):
        raise click.UsageError("Give LABELLED messages, --from-database or --back.")
    if back or from_database:
        from bot import teaching

        if back:
            return teaching.back(settings(), stdout=sys.stdout)
        return teaching.from_database(settings(), labelled, out, stdout=sys.stdout)
    from bot import train as body

    return body.run(labelled, corrections, out=out, measured=held_out, stdout=sys.stdout)


@click.group()
def words() -> None:
    """This deployment's own words: in a group of the lexicon, out of one, or standing for another word."""


@words.command("list")
@click.pass_obj
def words_list(settings: Given) -> int:
    """Show every own word, and what was changed last."""
    from bot import words_shown

    return words_shown.words(settings())


@words.command("add")
@click.argument("word")
@click.argument("means")
@click.pass_obj
def words_add(settings: Given, word: str, means: str) -> int:
    """Put WORD into the group MEANS (a category or way of speaking; `!` behind a category: what is wrong there), or
    let it stand for another word: `menkou words add 升降机 =电梯`. Running processes know it within seconds."""
    from bot import words_shown

    return words_shown.change_word(settings(), word, means, takes_out=False)


@words.command("remove")
@click.argument("word")
@click.argument("means")
@click.pass_obj
def words_remove(settings: Given, word: str, means: str) -> int:
    """Take WORD out of the group MEANS: an own word, or one that comes with Menkou."""
    from bot import words_shown

    return words_shown.change_word(settings(), word, means, takes_out=True)


@words.command("preview")
@click.argument("word")
@click.argument("means")
@click.option("--remove", is_flag=True, help="What taking the word out would change.")
@click.pass_obj
def words_preview(settings: Given, word: str, means: str, remove: bool) -> int:
    """Show what `add` (or, with --remove, `remove`) would change, and save nothing: on the messages that come with
    Menkou and on the words of tickets of the last 90 days."""
    from bot import words_shown

    return words_shown.preview_word(settings(), word, means, takes_out=remove)


@click.group()
def places() -> None:
    """What residents call gates, shops and corners, and nicknames of units and buildings."""


@places.command("list")
@click.pass_obj
def places_list(settings: Given) -> int:
    """Show every place name and nickname by unit."""
    from bot import words_shown

    return words_shown.places(settings())


@places.command("add")
@click.argument("unit")
@click.argument("name")
@click.option("--outside", is_flag=True, help="It lies outside the estate's red line.")
@click.option("--building", default="", help="The building it belongs to, as the street's book names it.")
@click.option("--preview", is_flag=True, help="Only show what it would change.")
@click.pass_obj
def places_add(settings: Given, unit: str, name: str, outside: bool, building: str, preview: bool) -> int:
    """Let NAME be a place of UNIT."""
    from bot import words_shown

    return words_shown.change_place(
        settings(), unit, name, outside=outside, building=building, takes_out=False, preview=preview
    )


@places.command("remove")
@click.argument("unit")
@click.argument("name")
@click.option("--preview", is_flag=True, help="Only show what it would change.")
@click.pass_obj
def places_remove(settings: Given, unit: str, name: str, preview: bool) -> int:
    """NAME is no place of UNIT any longer."""
    from bot import words_shown

    return words_shown.change_place(settings(), unit, name, outside=False, building="", takes_out=True, preview=preview)


@places.command("nicknames")
@click.argument("unit")
@click.argument("names", nargs=-1)
@click.option("--building", default="", help="Of this building of UNIT.")
@click.option("--preview", is_flag=True, help="Only show what it would change.")
@click.pass_obj
def places_nicknames(settings: Given, unit: str, names: tuple[str, ...], building: str, preview: bool) -> int:
    """Give UNIT the nicknames NAMES in place of those it has; without NAMES it has none."""
    from bot import words_shown

    return words_shown.change_nicknames(settings(), unit, names, building=building, preview=preview)
