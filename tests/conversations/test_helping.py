"""帮助: every command is found, by subject, within what one message of any platform may carry."""

from __future__ import annotations

from collections import Counter

import pytest

from handlers.permissions import Who
from handlers.talk import helping
from handlers.wording.commands import COMMANDS
from handlers.wording.help import SUBJECTS
from storage.people import Account, Post, Role, Staff, Unit
from tests.conversations.stage import Stage, to

ONE_MESSAGE = 2048  # bytes: the shortest limit of the platforms


def with_all_roles() -> Who:
    unit = Unit(id=2, path="/1/2/", kind="community", name="梧桐社区")
    posts = [Post(unit_id=2, role=role, unit=unit) for role in Role if role is not Role.RESIDENT]
    return Who(Account(id=1), Staff(id=1, active=True, posts=posts))


def test_every_command_has_one_subject() -> None:
    listed = Counter(name for names in SUBJECTS.values() for name in names)
    assert [name for name in COMMANDS if name not in listed] == [], "handlers/wording/help.py: SUBJECTS"
    assert [name for name, count in listed.items() if count > 1] == []


@pytest.mark.parametrize("wanted", ["", "全部", *SUBJECTS])
def test_each_answer_fits_into_one_message(wanted: str) -> None:
    assert len("\n".join(helping.lines(wanted, with_all_roles())).encode()) <= ONE_MESSAGE


def test_whoever_may_give_it_finds_every_command_and_its_example() -> None:
    who = with_all_roles()
    whole = "\n".join(helping.lines("全部", who))
    each = "\n".join(line for subject in SUBJECTS for line in helping.lines(subject, who))
    for command in COMMANDS.values():
        if command.name != "bind":
            assert command.words[0] in whole.replace("\n", " ").replace("】", " ").split(" "), command.name
            assert command.example in each, command.name


def test_one_word_says_its_other_words(town: Stage) -> None:
    said = to(town.say("小赵", "帮助 接单"), "小赵")[0]
    assert "「接单」" in said
    assert "签收" in said


def test_nobody_is_shown_what_they_may_not_do(town: Stage) -> None:
    assert "不予受理" not in to(town.say("小赵", "帮助 全部"), "小赵")[0]
    assert "不予受理" in to(town.say("周书记", "帮助 全部"), "周书记")[0]
    assert "接单" not in to(town.say("王阿姨", "帮助 办单"), "王阿姨")[0]


@pytest.mark.parametrize("words", ["没修好，还是不亮", "还没好", "还没人来修"])
def test_whoever_says_in_private_that_it_is_not_well_yet_is_always_answered(town: Stage, words: str) -> None:
    """Nobody has said that it is done: it is told where it stands, each time."""
    town.say("王阿姨", "三号楼门口路灯坏了半个月了")
    for _ in range(2):
        said = to(town.say("王阿姨", words), "王阿姨")
        assert len(said) == 1, said
        assert "1" in said[0]
        town.wait(minutes=5)
    assert [row.status for row in town.tickets()] == ["reported"]
