"""``menkou register …``: the options; the bodies are imported when they run."""

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
def register() -> None:
    """The register (底册): this deployment's units, buildings, front doors, people and desks."""


@register.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Only say what would become of it; write nothing.")
@click.pass_obj
def register_import(settings: Given, folder: Path, check: bool) -> int:
    """Read units.csv, buildings.csv, doors.csv, staff.csv and desks.csv of FOLDER, as far as they are there: all of it
    or, with a fault in any line, nothing. What no line says stays as it is."""
    from bot import register_kept

    return register_kept.read_in(settings(), folder, check=check)


@register.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.pass_obj
def register_export(settings: Given, folder: Path) -> int:
    """Write the register into FOLDER, each file as `import` reads it. Residents are not in it; staff are."""
    from bot import register_kept

    return register_kept.write_out(settings(), folder)
