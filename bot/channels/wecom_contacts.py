"""The members of a corp, as far as its app may see them: whom the accounts of staff belong to.

Source: WeCom developer documents 90208 (department/list) and 90200 (user/simplelist). An app reads no more than its own
range; telephone numbers are not given to apps at all. The range has to name departments: members who were put into it
one by one are in no department that the app may list.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bot.channels.wechat_api import WechatApi


@dataclass(frozen=True, slots=True)
class Member:
    """One member. ``userid`` is the address of what is sent to them."""

    userid: str
    name: str


def members(api: WechatApi) -> list[Member]:
    """Everybody in the range of the app, in the order of their ids. Raises TryLater, Closed, ApiError."""
    found: dict[str, Member] = {}
    for department in _tops(_rows(api.get("/cgi-bin/department/list"), "department")):
        listed = api.get("/cgi-bin/user/simplelist", department_id=str(department), fetch_child="1")
        for row in _rows(listed, "userlist"):
            userid, name = str(row.get("userid", "")), str(row.get("name", "")).strip()
            if userid and name:
                found[userid.lower()] = Member(userid, name)  # the platform tells ids apart without regard to capitals
    return [found[userid] for userid in sorted(found)]


def _tops(departments: Iterable[dict[str, Any]]) -> list[int]:
    """The departments that lie in no other one of the range: each is listed with all below it."""
    parents = {row["id"]: row.get("parentid") for row in departments if isinstance(row.get("id"), int)}
    return sorted(number for number, parent in parents.items() if parent not in parents)


def _rows(answer: dict[str, Any], name: str) -> list[dict[str, Any]]:
    rows = answer.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
