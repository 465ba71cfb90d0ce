"""The handbook and the tables of the documents say what the program does.

Commands, examples, quoted sentences, states, permissions, deadlines, settings and links are compared with it; what a
failing test prints is what to paste.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import click
import pytest

from bot.cli import cli
from bot.settings import Settings
from handlers.orders import parse
from handlers.permissions import STAFF as STAFF_ROLES
from handlers.permissions import TABLE, WORKERS, ChatKind, Rule
from handlers.rules.deadlines import Policy
from handlers.wording import desk, taxonomy
from handlers.wording.commands import COMMANDS
from nlp.normalise import normalise
from storage.people import Role
from storage.workflow import ALLOWED, OPEN, Status

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
HANDBOOK = DOCS / "zh"
STAFF, OFFICES = HANDBOOK / "工作人员.md", HANDBOOK / "社区和街道.md"
CHAPTERS = sorted(HANDBOOK.glob("*.md"))
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.glob("**/*.md")])

SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
FENCE = re.compile(r"^```(\S*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SPEAKER = "门口："


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose(page: Path) -> str:
    """A page without its code, quotations of the bot included."""
    return SPAN.sub("", FENCE.sub("", text(page)))


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


# --- commands


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_explained(name: str) -> None:
    pages = "".join(text(page) for page in CHAPTERS)
    assert any(f"`{word}" in pages or f"「{word}" in pages for word in COMMANDS[name].words)


def synonyms() -> Iterator[str]:
    """The rows of the table of other words in the staff's chapter."""
    for command in COMMANDS.values():
        yield f"| {command.words[0]} | {'、'.join(command.words[1:])} |".replace("|  |", "| |")


@pytest.mark.parametrize("row", list(synonyms()))
def test_other_words_for_a_command_are_listed(row: str) -> None:
    assert row in text(STAFF).splitlines()


def examples(page: Path) -> Iterator[tuple[str, str]]:
    """Every example below the heading of a command, with the command's name."""
    names = {command.words[0]: name for name, command in COMMANDS.items()}
    for section in re.split(r"^#{2,3} ", text(page), flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition("\n")
        if heading in names:
            yield from ((names[heading], span) for span in SPAN.findall(FENCE.sub("", body)) if _is_said(span))


def _is_said(span: str) -> bool:
    return not span.startswith(("menkou", "/"))


@pytest.mark.parametrize(("name", "said"), [pair for page in (STAFF, OFFICES) for pair in examples(page)])
def test_an_example_is_understood_as_the_command_it_illustrates(name: str, said: str) -> None:
    order = parse(normalise(said))
    assert order is not None
    # how to dispatch is told with the list it begins with
    assert order.command == name or (name == "reassign" and order.command == "todo")
    assert order.numbers[:1] == tuple(int(number) for number in re.findall(r"\d{4}", said)[:1])


def test_enough_is_illustrated() -> None:
    shown = {name for page in (STAFF, OFFICES) for name, _ in examples(page)}
    worked_with = {"accept", "progress", "reassign", "resolve", "todo", "assist", "return", "verify", "look", "help"}
    assert worked_with <= shown


@pytest.mark.parametrize("page", CHAPTERS, ids=named)
def test_whatever_looks_like_a_command_is_one(page: Path) -> None:
    """A Chinese word and a number in code, as in 接单 1043."""
    looks = [span for span in SPAN.findall(text(page)) if re.fullmatch(r"[\u4e00-\u9fff]+ \d+.*", span)]
    assert [span for span in looks if parse(normalise(span)) is None] == []


# --- what the bot says


@cache
def sentences() -> tuple[re.Pattern[str], ...]:
    """Every sentence of the wording files, with whatever is filled in left open."""
    found = []
    for path in sorted((ROOT / "handlers" / "wording").glob("*.py")):
        for node in ast.walk(ast.parse(text(path))):
            if isinstance(node, ast.JoinedStr):
                parts = [part.value if isinstance(part, ast.Constant) else "{}" for part in node.values]
                found.append("".join(str(part) for part in parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(node.value)
    return tuple(re.compile(re.sub(r"\\\{\w*\\\}", ".+?", re.escape(said))) for said in found if len(said) > 1)


def quotations() -> Iterator[tuple[str, str]]:
    for page in CHAPTERS:
        for kind, body in FENCE.findall(text(page)):
            if kind == "对话":
                yield from ((page.name, line.removeprefix(SPEAKER)) for line in body.splitlines())


@pytest.mark.parametrize(("page", "said"), list(quotations()))
def test_what_the_handbook_quotes_is_what_the_bot_says(page: str, said: str) -> None:
    assert any(sentence.fullmatch(said) for sentence in sentences())


# --- the tables


def permission_rows() -> list[str]:
    """docs/permissions.md: who may give each command, and where."""
    rows = ["| command | said as | who | where |", "|---|---|---|---|"]  # a bold place: of high risk, never elsewhere
    for name, rule in TABLE.items():
        said = COMMANDS[name].words[0] if name in COMMANDS else ""
        rows.append(f"| `{name}` | {said} | {_roles(rule.roles)} | {_where(rule)} |")
    return rows


def _where(rule: Rule) -> str:
    return f"**{_chats(rule.chats)}**" if rule.high_risk else _chats(rule.chats)


def _roles(roles: frozenset[Role]) -> str:
    if roles == frozenset(Role):
        return "everybody"
    if roles == STAFF_ROLES:
        return "all staff"
    if roles == WORKERS:
        return "all who work on tickets"
    return ", ".join(role for role in Role if role in roles)


def _chats(chats: frozenset[ChatKind]) -> str:
    if chats == frozenset(ChatKind):
        return "anywhere"
    names = {ChatKind.PRIVATE: "private", ChatKind.STAFF_GROUP: "staff group", ChatKind.RESIDENTS_GROUP: "any group"}
    return ", ".join(names[chat] for chat in ChatKind if chat in chats)


def state_rows() -> list[str]:
    """docs/states.md: what staff read and where each state may go."""
    rows = ["| state | staff read | open | entered in this version | may become |", "|---|---|---|---|---|"]
    reached = entered()
    for status in Status:
        read = taxonomy.STATUS_STAFF[status]
        if status is Status.REPORTED:
            read = f"{taxonomy.UNDISPATCHED}, {read}"
        is_open, is_reached = ("yes" if status in states else "" for states in (OPEN, reached))
        onwards = ", ".join(f"`{after}`" for after in Status if after in ALLOWED[status])
        rows.append(f"| `{status}` | {read} | {is_open} | {is_reached} | {onwards} |")
    return rows


def entered() -> frozenset[Status]:
    """States that some handler moves a ticket into; every ticket begins as reported."""
    calls = re.compile(r"tickets\.move\(\w+, (.+)\)\n")
    found = {Status.REPORTED}
    for path in sorted((ROOT / "handlers").rglob("*.py")):
        for target in calls.findall(text(path)):
            found |= {Status[name] for name in re.findall(r"(?<!== )Status\.(\w+)", target)}
    return frozenset(found)


def test_the_permissions_are_those_of_the_table() -> None:
    assert "\n".join(permission_rows()) in text(DOCS / "permissions.md")


def test_the_states_are_those_of_the_workflow() -> None:
    assert "\n".join(state_rows()) in text(DOCS / "states.md")


def test_every_refusal_names_roles_that_have_a_name() -> None:
    assert set(taxonomy.ROLE) == {role.value for role in Role}
    assert set(desk.NAMES) <= set(TABLE)


# --- figures


def _span(length: timedelta) -> str:
    hours = int(length.total_seconds()) // 3600
    minutes = int(length.total_seconds()) // 60
    if length >= timedelta(days=2):
        return f"{length.days} 天"
    return f"{hours} 小时" if hours else f"{minutes} 分钟"


def deadlines() -> dict[str, timedelta]:
    """What a row of the staff's table of deadlines begins with, and the figure that stands in it."""
    policy = Policy()
    accept = policy.ordinary_accept.on(policy.counted(policy.ordinary_accept))
    return {
        "有人接单": accept,
        "第一次进展": policy.progress_grace,
        "🟡 黄灯催办": accept * policy.yellow_percent / 100,
        "🔴 红灯督办": accept,
        "紧急的": policy.emergency_every,
        "当天办的接单": policy.urgent_accept.on(policy.counted(policy.urgent_accept)),
        "办结期限": policy.ordinary_resolve.on(policy.counted(policy.ordinary_resolve)),
        "居民没有回音": policy.answer_within,
        "居民还能说没修好": policy.reopen_within,
    }


@pytest.mark.parametrize(("row", "length"), list(deadlines().items()))
def test_deadlines_are_those_of_the_policy(row: str, length: timedelta) -> None:
    line = next(line for line in text(STAFF).splitlines() if line.startswith(f"| {row} |"))
    assert _span(length) in line


def test_the_hours_of_reminders_are_those_of_the_policy() -> None:
    policy = Policy()
    assert f"{policy.day_starts.hour}:00 到 {policy.day_ends.hour}:00" in text(STAFF)


# --- nothing that does not exist


def commands(group: click.Group, path: str = "menkou") -> Iterator[str]:
    for name, command in group.commands.items():
        yield f"{path} {name}"
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")


def code_of(page: Path) -> list[str]:
    """Spans and lines of code."""
    lines = [line for _, body in FENCE.findall(text(page)) for line in body.splitlines()]
    return [*SPAN.findall(FENCE.sub("", text(page))), *lines]


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_no_page_names_a_command_that_does_not_exist(page: Path) -> None:
    known = set(commands(cli))
    wrong = []
    for line in code_of(page):
        found = re.match(r"(?:.*bin/)?menkou ([a-z]+)(?: ([a-z]+))?", line)
        if found is None:
            continue
        first, second = f"menkou {found[1]}", f"menkou {found[1]} {found[2]}"
        is_group = any(name.startswith(f"{first} ") for name in known)
        if first not in known or (is_group and found[2] and second not in known):
            wrong.append(line)
    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_no_page_names_a_setting_that_does_not_exist(page: Path) -> None:
    known = {str(item.metadata["env"]) for item in Settings.__dataclass_fields__.values()}
    assert set(re.findall(r"\bMENKOU_[A-Z0-9_]*[A-Z0-9]\b", text(page))) <= known


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_and_every_path_leads_somewhere(page: Path) -> None:
    targets = [target for target, _ in re.findall(r"\]\((?!https?://|#)([^)#\s]+)(#[^)\s]*)?\)", text(page))]
    paths = re.findall(r"`((?:bot|handlers|nlp|storage|tests|docs)/[\w./]+?)`", text(page))
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert missing + [path for path in paths if not (ROOT / path).exists()] == []


def test_every_page_can_be_reached_from_the_readmes() -> None:
    seen: set[Path] = set()
    ways = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
    while ways:
        page = ways.pop().resolve()
        if page in seen:
            continue
        seen.add(page)
        for target in re.findall(r"\]\((?!https?://|#)([^)#\s]+)", text(page)):
            found = (page.parent / target).resolve()
            ways += sorted(found.glob("*.md")) if found.is_dir() else [found] if found.suffix == ".md" else []
    assert [named(page) for page in PAGES if page.resolve() not in seen] == []


# --- how Chinese is set


@pytest.mark.parametrize("page", CHAPTERS, ids=named)
def test_chinese_and_latin_stand_apart(page: Path) -> None:
    close = re.compile(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9%][\u4e00-\u9fff]")
    bare = re.sub(r"\]\([^)]*\)", "]", prose(page))
    assert [line for line in bare.splitlines() if close.search(line)] == []


@pytest.mark.parametrize("page", CHAPTERS, ids=named)
def test_punctuation_is_full_width(page: Path) -> None:
    half = re.compile(r"[\u4e00-\u9fff][,;:!?()]|[,;!?()][\u4e00-\u9fff]")
    bare = re.sub(r"\]\([^)]*\)", "]", prose(page))
    assert [line for line in bare.splitlines() if half.search(line)] == []


if __name__ == "__main__":
    print("\n".join([*permission_rows(), "", *state_rows()]))
