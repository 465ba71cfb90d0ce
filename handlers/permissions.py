"""One table of who may do what where; everything that acts asks it. Authorisation is only ever by platform account."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage.people import AT_NO_DESK, Account, Post, Role, Staff, UnitKind
from storage.presence import Acting

R = Role


class ChatKind(StrEnum):
    """Where something is said."""

    PRIVATE = "private"
    STAFF_GROUP = "staff"
    RESIDENTS_GROUP = "residents"


EVERYBODY = frozenset(Role)
HANDLERS = frozenset({R.GRID_WORKER, R.GRID_LEAD, R.COMMUNITY, R.DISPATCHER, R.HANDLER, R.PROPERTY, R.DUTY})
OFFICE = frozenset({R.COMMUNITY, R.DISPATCHER, R.STREET_LEADER, R.ADMIN})
WHO_KNOW_THE_DOORS = frozenset({R.GRID_WORKER, R.GRID_LEAD, R.COMMUNITY})
WHO_CONFIRM = frozenset({R.GRID_WORKER, R.GRID_LEAD, R.COMMUNITY, R.DISPATCHER, R.DUTY})
TEACHERS = HANDLERS - {R.HANDLER, R.PROPERTY}
WHO_SEE_SEVERAL = WHO_KNOW_THE_DOORS | {R.DISPATCHER, R.DUTY}  # more than the tickets of one desk
WHO_CALL = (HANDLERS - {R.HANDLER, R.PROPERTY}) | {R.STREET_LEADER}
WHO_ANSWER_FOR_STREET = frozenset({R.STREET_LEADER, R.DISPATCHER, R.DUTY, R.ADMIN})
STAFF = frozenset(Role) - {R.RESIDENT}
NEIGHBOURS = frozenset({R.BUILDING_LEAD, R.ROAD_LEAD, R.ASSISTANT, R.OWNERS})  # report, say what they know, look
WORKERS = STAFF - NEIGHBOURS - {R.INSPECTOR}
WHO_KNOCK = WHO_KNOW_THE_DOORS | (NEIGHBOURS - {R.OWNERS})
WHO_COMMENT = WHO_SEE_SEVERAL | NEIGHBOURS | {R.STREET_LEADER}
WHO_KEEP_ROSTERS = frozenset({R.GRID_LEAD, R.COMMUNITY, R.DISPATCHER, R.STREET_LEADER, R.ADMIN})
WHO_HAND_OFF = frozenset({R.GRID_LEAD, R.COMMUNITY, R.DISPATCHER, R.HANDLER, R.DUTY})
WHO_NUDGE = frozenset({R.GRID_LEAD, R.COMMUNITY, R.DISPATCHER, R.STREET_LEADER, R.DUTY})
WHO_GIVE_TASKS = frozenset({R.GRID_LEAD, R.COMMUNITY, R.DISPATCHER, R.STREET_LEADER, R.ADMIN})
WHO_ISSUE = frozenset({R.ADMIN, R.COMMUNITY, R.STREET_LEADER})
WHO_DRAFT = WHO_ISSUE | {R.DISPATCHER, R.DUTY, R.PROPERTY, R.HANDLER}  # of them some may only propose

PRIVATE = frozenset({ChatKind.PRIVATE})
AT_WORK = frozenset({ChatKind.PRIVATE, ChatKind.STAFF_GROUP})
ANYWHERE = frozenset(ChatKind)
IN_A_GROUP = frozenset({ChatKind.STAFF_GROUP, ChatKind.RESIDENTS_GROUP})


@dataclass(frozen=True, slots=True)
class Rule:
    """Which roles may give a command, and in which chats."""

    roles: frozenset[Role]
    chats: frozenset[ChatKind]
    high_risk: bool = False

    def __post_init__(self) -> None:
        if self.high_risk and self.chats != PRIVATE:
            raise ValueError("what is of high risk is said in private only")


def high_risk(roles: Set[Role]) -> Rule:
    """A rule for what cannot be taken back within a minute, says or shows who somebody is, reaches many households,
    or signs in an office's name: in private only, whoever may give it."""
    return Rule(frozenset(roles), PRIVATE, high_risk=True)


TABLE: dict[str, Rule] = {
    "report": Rule(EVERYBODY, ANYWHERE),
    "status": Rule(EVERYBODY, ANYWHERE),
    "why": Rule(EVERYBODY, ANYWHERE),  # 为什么: of what one may see, told in private
    "withdraw": Rule(EVERYBODY, ANYWHERE),
    "rate": Rule(EVERYBODY, ANYWHERE),
    "support": Rule(EVERYBODY, ANYWHERE),
    "human": Rule(EVERYBODY, ANYWHERE),
    "help": Rule(EVERYBODY, ANYWHERE),
    "mute": Rule(EVERYBODY, IN_A_GROUP),  # 静音: of them the group's owner, its administrators and staff of the place
    "unmute": Rule(EVERYBODY, IN_A_GROUP),
    "bind": high_risk(EVERYBODY),
    "unbind": high_risk(EVERYBODY),
    "unbind_other": high_risk(WHO_KNOW_THE_DOORS),  # 解绑 with a door: somebody moved away
    "claim_agree": high_risk(WHO_KNOW_THE_DOORS),
    "claim_refuse": high_risk(WHO_KNOW_THE_DOORS),
    "enrol": high_risk(WHO_KNOW_THE_DOORS),  # 登记
    "accept": Rule(HANDLERS, AT_WORK),
    "progress": Rule(HANDLERS, AT_WORK),
    "reassign": Rule(HANDLERS, AT_WORK),
    "resolve": Rule(HANDLERS, AT_WORK),
    "return": Rule(HANDLERS, AT_WORK),
    "extend": Rule(HANDLERS, AT_WORK),  # 延期
    "set_date": Rule(HANDLERS, AT_WORK),  # 定期
    "suspend": Rule(HANDLERS, AT_WORK),  # 挂账
    "look_back": Rule(HANDLERS, AT_WORK),  # 回看
    "resume": Rule(HANDLERS | {R.STREET_LEADER}, AT_WORK),  # 恢复
    "agree": high_risk(WORKERS),  # 同意: only whoever is asked; deciders.py knows who that is
    "disagree": high_risk(WORKERS),
    "erase": high_risk({R.COMMUNITY, R.STREET_LEADER}),  # 抹去原话: there is no way back
    "erase_mine": Rule(EVERYBODY, ANYWHERE),  # 删掉我的原话
    "undo": Rule(WORKERS, AT_WORK),  # 撤销: one's own last act
    "proxy": high_risk(WHO_SEE_SEVERAL),  # 代报: it names a person and a telephone
    "patrol": Rule(WHO_SEE_SEVERAL, AT_WORK),  # 巡查
    "hand_off": Rule(WHO_HAND_OFF, AT_WORK),  # 移交
    "reject": Rule(frozenset({R.COMMUNITY, R.DISPATCHER}), AT_WORK),  # 不予受理: not for whom it would spare work
    "take_up": Rule(WHO_HAND_OFF, AT_WORK),  # 恢复受理
    "nudge": Rule(WHO_NUDGE, AT_WORK),  # 催办
    "supervise": high_risk({R.INSPECTOR}),  # 督办
    "comment": Rule(WHO_COMMENT, PRIVATE),  # 留言
    "hurry": Rule(EVERYBODY, ANYWHERE),  # 催一下, by whoever reported
    "todo": Rule(WORKERS | {R.INSPECTOR}, AT_WORK),
    "assist": Rule(HANDLERS, AT_WORK),  # 求助
    "whistle": Rule(WHO_CALL, AT_WORK),  # 吹哨
    "whistle_sign": high_risk(WHO_ANSWER_FOR_STREET),  # 签哨: of them the leader on duty
    "whistle_refuse": high_risk(WHO_ANSWER_FOR_STREET),
    "whistle_over": Rule(WHO_CALL, AT_WORK),  # 收哨
    "respond": Rule(HANDLERS, AT_WORK),  # 报到
    "respond_contact": Rule(HANDLERS, AT_WORK),
    "decline": high_risk(HANDLERS),  # 说明不到: its reason
    "whistle_excuse": high_risk(WHO_ANSWER_FOR_STREET),  # 可以不到
    "whistle_must": high_risk(WHO_ANSWER_FOR_STREET),  # 必须到
    "whistle_rate": high_risk(WHO_ANSWER_FOR_STREET),  # 评价: of a department
    "task_force": Rule(WHO_CALL - {R.GRID_WORKER}, AT_WORK),  # 专班
    "coordinate": Rule(HANDLERS, AT_WORK),  # 协调
    "hand_release": Rule(WHO_CALL | HANDLERS, AT_WORK),  # 不用协办
    "verify": Rule(frozenset({R.COMMUNITY, R.DISPATCHER, R.GRID_LEAD}), AT_WORK),
    "verify_pass": Rule(frozenset({R.COMMUNITY, R.DISPATCHER, R.GRID_LEAD}), AT_WORK),  # its button
    "redo": Rule(frozenset({R.COMMUNITY, R.DISPATCHER}), AT_WORK),  # 退回重办
    "talked": high_risk(frozenset({R.DISPATCHER, R.STREET_LEADER})),  # 已面谈: what a resident said
    "lane": Rule(TEACHERS, AT_WORK),  # 分流
    "merge": Rule(WHO_SEE_SEVERAL, AT_WORK),  # 并案
    "split": Rule(WHO_SEE_SEVERAL, AT_WORK),  # 拆分
    "passed_on": Rule(HANDLERS, AT_WORK),  # 已转告
    "look": Rule(STAFF, AT_WORK),  # 查
    "duty": Rule(WHO_KEEP_ROSTERS, AT_WORK),  # 值班
    "duty_lead": Rule(WHO_KEEP_ROSTERS, AT_WORK),  # 带班
    "duty_list": Rule(WORKERS, AT_WORK),  # 值班表
    "duty_drop": Rule(WORKERS, AT_WORK),  # 取消值班: of a roster one keeps, or one's own duty
    "duty_change": Rule(WORKERS, AT_WORK),  # 换班: the same
    "leave": Rule(WORKERS, AT_WORK),  # 请假
    "back": Rule(WORKERS, AT_WORK),  # 销假
    "leave_list": Rule(WORKERS, AT_WORK),  # 请假名单: of one's own unit, by whoever keeps rosters of all below
    "hand_over": Rule(HANDLERS, AT_WORK),  # 交班
    "hotline_order": high_risk({R.COMMUNITY, R.DISPATCHER, R.DUTY}),  # an order of the hotline, on the console
    "recategorise": Rule(TEACHERS, AT_WORK),  # 改类
    "not_report": Rule(TEACHERS, AT_WORK),  # 不是报事: not for those whom it would spare work
    "is_report": Rule(TEACHERS, ANYWHERE),  # 是报事: also quoting what a resident said in a group
    "candidate_open": high_risk(WHO_CONFIRM),  # 立单: what waits for a person, in a group on 先审后说
    "candidate_refuse": high_risk(WHO_CONFIRM),
    "candidate_recast": high_risk(WHO_CONFIRM),
    "review_tick": Rule(OFFICE | {R.GRID_LEAD}, PRIVATE),  # 对, 错, 全对
    "review_list": Rule(OFFICE | {R.GRID_LEAD}, PRIVATE),
    "group_mode": Rule(frozenset({R.GRID_LEAD, R.COMMUNITY, R.DISPATCHER, R.ADMIN}), ANYWHERE),
    "group_bind": Rule(WHO_CONFIRM | {R.ADMIN}, ANYWHERE),
    "words": high_risk(frozenset({R.ADMIN})),  # own words and place names, on the console
    "console": high_risk(STAFF),  # a link that signs in; what each page shows is asked there again
    "notice": high_risk(WHO_DRAFT),  # 通知, 提议
    "notice_edit": high_risk(WHO_DRAFT),  # 修改
    "notice_try": high_risk(WHO_DRAFT),  # 试发
    "notice_submit": high_risk(WHO_DRAFT),  # 送审
    "notice_adopt": high_risk(WHO_ISSUE),  # 采用, 审核通过
    "notice_return": high_risk(WHO_ISSUE),  # 退回通知
    "notice_confirm": high_risk(WHO_ISSUE | {R.DUTY}),  # 确认发送, 签发: the first and the second person alike
    "notice_consent": high_risk(WHO_ISSUE | {R.DUTY}),  # 电话请示
    "notice_issue": high_risk(WHO_ISSUE),  # whose notice it may be: ordinary, important, drill
    "notice_issue_emergency": high_risk(WHO_ISSUE | {R.DUTY}),
    "notice_second": high_risk(WHO_ISSUE),  # of a large one, by day
    "notice_night": high_risk(frozenset({R.STREET_LEADER, R.DUTY})),  # and at night
    "notice_progress": Rule(OFFICE, PRIVATE),
    "notice_pause": high_risk(WHO_ISSUE | {R.DUTY}),  # whoever may confirm a notice may steer it
    "notice_resume": high_risk(WHO_ISSUE | {R.DUTY}),
    "notice_cancel": high_risk(WHO_ISSUE | {R.DUTY}),
    "notice_cancel_really": high_risk(WHO_ISSUE | {R.DUTY}),
    "notice_retry": high_risk(WHO_ISSUE | {R.DUTY}),
    "notice_retry_really": high_risk(WHO_ISSUE | {R.DUTY}),
    "notice_correct": high_risk(WHO_ISSUE | {R.DUTY}),
    "notice_remind": high_risk(WHO_ISSUE | {R.DUTY}),
    "notice_remind_really": high_risk(WHO_ISSUE | {R.DUTY}),
    "notice_remind_stop": high_risk(WHO_ISSUE | {R.DUTY}),
    "notices_off": Rule(EVERYBODY, PRIVATE),  # 不收通知
    "notices_on": Rule(EVERYBODY, PRIVATE),
    "knock_list": high_risk(WHO_KNOCK),  # 上门名单
    "knocked": high_risk(WHO_KNOCK),
    "knock_undo": high_risk(WHO_KNOCK),
    "call": high_risk(frozenset({R.ADMIN, R.COMMUNITY})),  # 招募
    "sign_up": Rule(EVERYBODY, ANYWHERE),
    "sign_out": Rule(EVERYBODY, ANYWHERE),
    "sign_ups": high_risk(OFFICE),  # who comes: names and doors, never in a group
    "assign_shift": high_risk(OFFICE),
    "replace_shift": high_risk(OFFICE),
    "stand_down": high_risk(OFFICE),
    "tell_sign_ups": high_risk(OFFICE),
    "results": high_risk(frozenset({R.COMMUNITY, R.ADMIN})),  # 结果公示
    "results_confirm": high_risk(frozenset({R.COMMUNITY, R.ADMIN})),
    "results_drop": high_risk(frozenset({R.COMMUNITY, R.ADMIN})),
    "task": Rule(WHO_GIVE_TASKS | {R.GRID_WORKER, R.DUTY}, AT_WORK),  # 任务
    "task_confirm": high_risk(WHO_GIVE_TASKS),  # 确认任务: it reaches every grid
    "task_done": Rule(WHO_GIVE_TASKS | {R.GRID_WORKER, R.DUTY}, AT_WORK),  # 完成任务: of one's own grids
    "task_end": Rule(WHO_GIVE_TASKS, AT_WORK),  # 结束任务
    "statistics": Rule(HANDLERS | {R.STREET_LEADER, R.ADMIN}, AT_WORK),  # 统计: of one's own units
    "hotline_result": Rule(frozenset({R.COMMUNITY, R.DISPATCHER, R.STREET_LEADER, R.DUTY}), AT_WORK),  # 热线回访
}

# what these roles see and touch is their own tickets only, never who complained
OWN_TICKETS_ONLY = frozenset({R.HANDLER, R.PROPERTY})
# who is never told who reported
KEPT_FROM_REPORTERS = OWN_TICKETS_ONLY | NEIGHBOURS | {R.INSPECTOR}
# kinds of unit whose cards hide the reporter
NEVER_TOLD_WHO = frozenset({UnitKind.PROPERTY, UnitKind.DEPARTMENT, UnitKind.ENTERPRISE})


@dataclass(frozen=True, slots=True)
class Who:
    """The person behind an account."""

    account: Account
    staff: Staff | None = None
    acting: tuple[Acting, ...] = ()  # by the roster, or for somebody who is away
    stands_in_for: frozenset[int] = frozenset()  # whose work this person does for now, by id

    @property
    def posts(self) -> list[Post]:
        """The person's roles by unit; empty for a resident or somebody who has left."""
        return self.staff.posts if self.staff is not None and self.staff.active else []

    @property
    def roles(self) -> frozenset[Role]:
        """Every role the person has anywhere; everybody is a resident."""
        return frozenset(Role(post.role) for post in self.posts) | {Role.RESIDENT}

    @property
    def is_staff(self) -> bool:
        return bool(self.posts)

    @property
    def is_neighbour(self) -> bool:
        """Whether all that somebody is here is a neighbour with a task: told nothing that was said in confidence."""
        return self.is_staff and self.roles <= NEIGHBOURS | {Role.RESIDENT}

    @property
    def desks(self) -> list[int]:
        """The units whose work is theirs: by their posts, and for now."""
        held = (post.unit_id for post in self.posts if post.role not in AT_NO_DESK)
        return list(dict.fromkeys([*held, *(one.unit_id for one in self.acting)]))

    @property
    def hands(self) -> frozenset[int]:
        """Whose tickets are in these hands: their own, and those of whom they stand in for."""
        return self.stands_in_for | ({self.staff.id} if self.staff is not None else set())

    def is_attentive(self, now: datetime) -> bool:
        """Whether there may be something to go on about: an open report, a question, a photo without words, news."""
        return self.account.attentive_until is not None and self.account.attentive_until > now


def may(who: Who, command: str, chat: ChatKind) -> bool:
    """Whether somebody may give this command in this kind of chat at all."""
    rule = TABLE.get(command)
    if rule is None or chat not in rule.chats:
        return False
    return bool(who.roles & rule.roles) or (who.is_staff and any(_acts(one, rule) for one in who.acting))


def _acts(one: Acting, rule: Rule) -> bool:
    """Whether a post that is somebody's for now counts: for a ticket's work, never for what is signed."""
    return rule.roles >= HANDLERS and Role(one.role) in rule.roles


def may_in(who: Who, command: str, place_path: str | None, desk_id: int | None) -> bool:
    """Whether one of the person's posts reaches a ticket: its desk, or a place below the post's unit.

    Departments and property companies reach their own desk's tickets only.
    """
    rule = TABLE[command]
    posts = [Acting(post.role, post.unit_id, post.unit.path) for post in who.posts if Role(post.role) in rule.roles]
    for_now = [one for one in who.acting if _acts(one, rule)] if who.is_staff else []
    return any(_reaches(one, place_path, desk_id) for one in (*posts, *for_now))


def _reaches(post: Acting, place_path: str | None, desk_id: int | None) -> bool:
    if post.unit_id == desk_id:
        return True
    if Role(post.role) in OWN_TICKETS_ONLY:
        return False
    return place_path is not None and place_path.startswith(post.path)


def told_who(staff: Staff) -> bool:
    """Whether somebody may learn who complained: departments, companies, neighbours and inspectors never do."""
    return any(Role(post.role) not in KEPT_FROM_REPORTERS for post in staff.posts)


def who_may(command: str) -> frozenset[Role]:
    """The roles to name when a command is refused."""
    return TABLE[command].roles - {Role.RESIDENT}
