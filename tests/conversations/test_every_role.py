"""Every role says every command in every kind of chat, through the real pipeline: the table is the answer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from zlib import crc32

import pytest

from handlers.permissions import TABLE, ChatKind
from handlers.wording.commands import COMMANDS
from handlers.wording.desk import NAMES, PRIVATE_PLEASE
from storage.people import Role
from tests.conversations.roles import answers, message, name_of, with_everybody
from tests.conversations.stage import OFFICE, RESIDENTS, Stage

pytestmark = pytest.mark.xdist_group("every-role")

CHATS = {ChatKind.PRIVATE: None, ChatKind.STAFF_GROUP: OFFICE, ChatKind.RESIDENTS_GROUP: RESIDENTS}
Case = tuple[Role, str, ChatKind]
EVERY = 6  # of the cases `make test` takes every sixth, `make soak` all
ROLES = [role for role in Role if role is not Role.RESIDENT]
# What is decided by more than role and chat, and asked in the dialogues of its feature.
OTHERWISE = {
    "unbind": "signs oneself off: the next command would come from nobody",
    **dict.fromkeys(("mute", "unmute"), "the group's owner and administrators may, whatever they are else"),
    "bind": "of staff it asks for a code, which is said whoever they are",
}


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Stage]:
    """A town with somebody of every role and one ticket."""
    folder = tmp_path_factory.mktemp("crowd")
    stage = with_everybody(Stage(folder, f"sqlite:///{folder / 'menkou.db'}"))
    stage.say("王阿姨", "三号楼门口路灯坏了半个月了", RESIDENTS)
    yield stage
    stage.app.close()


@pytest.fixture(scope="module", params=[EVERY, pytest.param(1, marks=pytest.mark.soak)], ids=["some", "all"])
def said(crowd: Stage, request: pytest.FixtureRequest) -> dict[Case, list[str]]:
    """What every role was answered; the command is about a number that exists nowhere, so that nothing is moved."""
    whole = (case for case in product(ROLES, COMMANDS, CHATS) if case[1] not in OTHERWISE)
    cases = [case for case in whole if crc32(":".join(case).encode()) % request.param == 0]
    keys = {case: f"in:role:{request.param}:{number}" for number, case in enumerate(cases)}
    found = answers(crowd, (_message(crowd, keys[case], *case) for case in cases))
    return {case: found.get(key, []) for case, key in keys.items()}


def _message(crowd: Stage, key: str, role: Role, command: str, chat: ChatKind):  # type: ignore[no-untyped-def]
    text = COMMANDS[command].example.replace("1043", "9999")
    return message(crowd, key, name_of(role), text, CHATS[chat])


def verdict(texts: list[str], command: str) -> str:
    """Whether an answer is a refusal, and of which kind."""
    word = NAMES[command]
    if any(f"「{word}」要由" in text for text in texts):
        return "may not"
    return "in private" if PRIVATE_PLEASE.format(word=word) in texts else "allowed"


def expected(role: Role, command: str, chat: ChatKind) -> str:
    rule = TABLE[command]
    if role not in rule.roles:
        return "may not"
    return "allowed" if chat in rule.chats else "in private"


def test_the_table_is_what_happens(said: dict[Case, list[str]]) -> None:
    wrong = {case: texts for case, texts in said.items() if verdict(texts, case[1]) != expected(*case)}
    assert wrong == {}
    tried = {(case[0], expected(*case)) for case in said}
    assert len(tried) >= 3 * len(ROLES) - 1, "every role is refused, sent elsewhere and heard"


@pytest.mark.parametrize("role", ROLES)
def test_every_role_is_taught_words_of_its_own(crowd: Stage, role: Role) -> None:
    key = f"in:help:{role}"
    [heard] = answers(crowd, [message(crowd, key, name_of(role), "帮助", None)])[key]
    assert len(heard.splitlines()) >= 5, heard
