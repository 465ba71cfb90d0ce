"""The members and departments of a corp, as its app may read them.

Source: developer documents 90196 (user/get), 90200 (user/simplelist), 96067 (user/list_id, which takes the token of the
contacts' secret only), 90208 (department/list). Mobile numbers, sex, e-mail and pictures are not returned to apps made
since June 2022. Ids are compared without regard to capitals, and come back in small letters where the platform says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.platforms.calls import ApiFault, Call

ROOT = 1
NO_SUCH_USER, NO_SUCH_DEPARTMENT, BAD_DEPARTMENT, PARAMETER = 60111, 60003, 60123, 40058
MOST_IDS = 10_000  # of user/list_id in one answer
ACTIVE, DISABLED, INACTIVE = 1, 2, 4

Answer = dict[str, object]


@dataclass(slots=True)
class Member:
    """One member of staff. ``licensed`` False: the corp has no licence for this account to be sent to."""

    userid: str
    name: str
    departments: list[int] = field(default_factory=lambda: [ROOT])
    position: str = ""
    leads: list[int] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)
    status: int = ACTIVE
    visible: bool = True  # to the app
    licensed: bool = True


@dataclass(slots=True)
class Department:
    """One department; the root is number 1."""

    number: int
    name: str
    parent: int = ROOT


class Contacts:
    """Who there is."""

    def __init__(self, members: Iterable[Member] = (), departments: Iterable[Department] = ()) -> None:
        self.departments = {one.number: one for one in (Department(ROOT, "root", 0), *departments)}
        self._members = {member.userid.lower(): member for member in members}

    def add(self, member: Member) -> None:
        """Somebody joins, or is written over."""
        self._members[member.userid.lower()] = member

    def remove(self, userid: str) -> Member:
        """Somebody leaves. Raises KeyError."""
        return self._members.pop(userid.lower())

    def find(self, userid: str) -> Member | None:
        """A member whom the app may see and who has an account."""
        member = self._members.get(userid.lower())
        return member if member and member.visible and member.status != DISABLED else None

    def everybody(self) -> list[Member]:
        """Everyone whom the app may see."""
        return [member for member in self._members.values() if self.find(member.userid)]

    def of_department(self, number: int, *, below: bool = False) -> list[Member]:
        """The members of one department, also of those below it."""
        numbers = self.below(number) if below else {number}
        return [member for member in self.everybody() if numbers & set(member.departments)]

    def of_tag(self, number: int) -> list[Member]:
        """Everyone with a tag."""
        return [member for member in self.everybody() if number in member.tags]

    def has_tag(self, number: int) -> bool:
        """Whether there is such a tag."""
        return any(number in member.tags for member in self._members.values())

    def below(self, number: int) -> set[int]:
        """A department and all under it."""
        found = {number}
        while more := {one.number for one in self.departments.values() if one.parent in found} - found:
            found |= more
        return found

    # --- the interfaces --------------------------------------------------------------------------------------------

    def user_get(self, call: Call) -> Answer:
        """``user/get?userid=``."""
        member = self.find(call.query.get("userid", ""))
        if member is None:
            raise ApiFault(NO_SUCH_USER)
        return {
            "errcode": 0,
            "errmsg": "ok",
            "userid": member.userid,
            "name": member.name,
            "department": member.departments,
            "order": [0] * len(member.departments),
            "position": member.position,
            "is_leader_in_dept": [int(number in member.leads) for number in member.departments],
            "direct_leader": [],
            "alias": "",
            "status": member.status,
            "main_department": member.departments[0],
        }

    def simplelist(self, call: Call) -> Answer:
        """``user/simplelist?department_id=&fetch_child=``."""
        number = self._department(call.query.get("department_id", ""), BAD_DEPARTMENT)
        found = self.of_department(number, below=call.query.get("fetch_child") == "1")
        listed = [{"userid": one.userid, "name": one.name, "department": one.departments} for one in found]
        return {"errcode": 0, "errmsg": "ok", "userlist": listed}

    def list_id(self, call: Call) -> Answer:
        """``user/list_id``: one entry for each department of each member, in pages."""
        limit, cursor = call.body.get("limit", MOST_IDS), call.body.get("cursor", "")
        if not isinstance(limit, int) or not 1 <= limit <= MOST_IDS or not (cursor == "" or str(cursor).isdigit()):
            raise ApiFault(PARAMETER)
        pairs = [{"userid": one.userid, "department": number} for one in self.everybody() for number in one.departments]
        start = int(cursor or 0)
        following = str(start + limit) if start + limit < len(pairs) else ""
        return {"errcode": 0, "errmsg": "ok", "next_cursor": following, "dept_user": pairs[start : start + limit]}

    def department_list(self, call: Call) -> Answer:
        """``department/list?id=``: the department and all under it; without id everything."""
        given = call.query.get("id", "")
        number = self._department(given, NO_SUCH_DEPARTMENT) if given else ROOT
        listed = [
            {"id": one.number, "name": one.name, "name_en": "", "parentid": one.parent, "order": 100 - one.number}
            for one in self.departments.values()
            if one.number in self.below(number)
        ]
        return {"errcode": 0, "errmsg": "ok", "department": listed}

    def _department(self, given: str, errcode: int) -> int:
        if not given.isdigit() or int(given) not in self.departments:
            raise ApiFault(errcode)
        return int(given)
