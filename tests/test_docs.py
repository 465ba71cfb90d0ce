"""The documents say what the program does: settings, commands, make targets and links are compared with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import Field, fields
from pathlib import Path

import click
import pytest

from bot import __version__
from bot.cli import cli
from bot.settings import Settings

ROOT = Path(__file__).parent.parent
READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")
PAGES = sorted([*READMES, ROOT / "CHANGELOG.md", *ROOT.glob("docs/**/*.md")])
SETTINGS = ROOT / "docs" / "settings.md"


def settings_row(item: Field[object]) -> str:
    """The line of the table in docs/settings.md; paste what a failing test prints."""
    default = "" if item.default in ("", None, (), False) else f"`{item.default}`"
    return f"| `{item.metadata['env']}` | {default} | {item.metadata['text']} |"


def commands(group: click.Group, path: str = "menkou") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}"


@pytest.mark.parametrize("item", fields(Settings), ids=lambda item: item.name)
def test_every_setting_is_documented(item: Field[object]) -> None:
    assert settings_row(item) in SETTINGS.read_text(encoding="utf-8").splitlines()


def test_no_setting_is_documented_that_does_not_exist() -> None:
    known = {item.metadata["env"] for item in fields(Settings)}
    assert set(re.findall(r"^\| `(\w+)`", SETTINGS.read_text(encoding="utf-8"), re.MULTILINE)) == known


@pytest.mark.parametrize("command", sorted(commands(cli)))
def test_every_command_is_documented_and_has_help(command: str) -> None:
    assert f"`{command}" in (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_readme_starts_with_the_two_commands(readme: Path) -> None:
    targets = re.findall(r"^make (\w+)", readme.read_text(encoding="utf-8"), re.MULTILINE)
    assert targets[:2] == ["run", "test"]


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {name for page in PAGES for name in re.findall(r"(?:`|^)make ([a-z]+)", page.read_text(encoding="utf-8"))}
    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?://|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_changelog_speaks_of_this_version() -> None:
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
