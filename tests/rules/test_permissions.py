"""One table of who may do what where: complete, and asked by everything."""

from __future__ import annotations

from itertools import product

import pytest

from handlers import conversation  # noqa: F401 - declares every command
from handlers.permissions import NEIGHBOURS, STAFF, TABLE, ChatKind, Rule, Who, may, may_in, told_who
from handlers.registry import COMMANDS
from handlers.wording.commands import COMMANDS as SAID
from handlers.wording.desk import NAMES
from storage.people import Account, Post, Role, Staff, Unit


def person(role: Role, path: str = "/1/2/", unit_id: int = 2) -> Who:
    if role is Role.RESIDENT:
        return Who(Account(id=1))
    unit = Unit(id=unit_id, path=path, kind="community", name="梧桐社区")
    staff = Staff(id=1, active=True, posts=[Post(unit_id=unit_id, role=role, unit=unit)])
    return Who(Account(id=1), staff)


def test_every_command_has_a_rule_a_handler_words_and_a_name() -> None:
    for name in SAID:
        assert name in TABLE, name
        assert name in COMMANDS, name
        assert name in NAMES, name


@pytest.mark.parametrize("command", SAID)
def test_the_table_is_the_answer(command: str) -> None:
    """Of a command, for every role in every kind of chat: one test each would be five thousand."""
    rule = TABLE[command]
    roles = set(Role) if Role.RESIDENT in rule.roles else rule.roles
    may_do = {(role, chat) for role, chat in product(Role, ChatKind) if may(person(role), command, chat)}
    assert may_do == set(product(roles, rule.chats))


ABOUT_THE_GROUP = {"is_report", "group_mode", "group_bind"}  # about what is said there; answered in private


def test_staff_commands_are_never_given_in_a_residents_group() -> None:
    for name, command in SAID.items():
        if command.staff:
            assert name in ABOUT_THE_GROUP or ChatKind.RESIDENTS_GROUP not in TABLE[name].chats, name
            assert Role.RESIDENT not in TABLE[name].roles, name


GRAVE = {
    "agree",
    "whistle_sign",
    "notice_confirm",
    "notice_cancel_really",
    "enrol",
    "unbind_other",
    "proxy",
    "supervise",
}


def test_what_is_of_high_risk_is_said_in_private_only() -> None:
    assert {name for name, rule in TABLE.items() if rule.high_risk} >= GRAVE
    assert all(rule.chats == {ChatKind.PRIVATE} for rule in TABLE.values() if rule.high_risk)
    with pytest.raises(ValueError, match="in private only"):
        Rule(STAFF, frozenset(ChatKind), high_risk=True)


def test_neighbours_work_on_no_ticket_and_learn_nobodys_name() -> None:
    for role in NEIGHBOURS:
        may_do = {name for name in SAID if role in TABLE[name].roles and SAID[name].staff}
        assert may_do <= {"comment", "look", "console", "knock_list", "knocked", "knock_undo"}
        who = person(role)
        assert who.staff is not None
        assert not told_who(who.staff)
        assert who.desks == []


def test_another_post_tells_who_reported() -> None:
    who = person(Role.PROPERTY)
    assert who.staff is not None
    assert not told_who(who.staff)
    who.staff.posts.append(Post(unit_id=3, role=Role.COMMUNITY, unit=Unit(id=3, path="/1/3/", kind="community")))
    assert told_who(who.staff)


def test_somebody_who_left_is_a_resident() -> None:
    who = person(Role.ADMIN)
    assert who.staff is not None
    who.staff.active = False
    assert who.roles == {Role.RESIDENT}
    assert not may(who, "notice", ChatKind.PRIVATE)


def test_posts_reach_downwards_and_no_further() -> None:
    community = person(Role.COMMUNITY)
    assert may_in(community, "accept", "/1/2/7/", None)
    assert not may_in(community, "accept", "/1/3/", None)
    assert not may_in(community, "accept", "/1/", None)


@pytest.mark.parametrize("role", [Role.PROPERTY, Role.HANDLER])
def test_departments_and_property_reach_their_own_tickets_only(role: Role) -> None:
    assert may_in(person(role), "accept", "/1/2/7/", 2)
    assert not may_in(person(role), "accept", "/1/2/7/", 5)


def test_inspectors_change_nothing() -> None:
    may_do = {name for name in TABLE if Role.INSPECTOR in TABLE[name].roles and name in SAID and SAID[name].staff}
    assert may_do == {"todo", "look", "console", "supervise"}  # signing in; each page asks the table again
    assert Role.INSPECTOR in STAFF
