"""``menkou answers …``: the options; the bodies are imported when they run."""

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
def answers() -> None:
    """What the bot answers to questions about an office (办事问答)."""


@answers.command("import")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Remove what SOURCE does not have.")
@click.option("--check", is_flag=True, help="Only say what is wrong with SOURCE; write nothing.")
@click.pass_obj
def answers_import(settings: Given, source: Path, replace: bool, check: bool) -> int:
    """Read answers from SOURCE, .toml or .csv: all of it or, with a fault in any line, nothing."""
    from bot import answers_kept

    return answers_kept.read_in(settings(), source, replace=replace, check=check)


@answers.command("list")
@click.option("--expired", is_flag=True, help="Only those that hold no longer, or not for another 30 days.")
@click.pass_obj
def answers_list(settings: Given, expired: bool) -> int:
    """Show each answer: unit, question, until when it holds."""
    from bot import answers_kept

    return answers_kept.show(settings(), expired=expired)


@answers.command("export")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def answers_export(settings: Given, target: Path) -> int:
    """Write all answers to the file TARGET, .toml or .csv, as `import` reads them."""
    from bot import answers_kept

    return answers_kept.write_out(settings(), target)
