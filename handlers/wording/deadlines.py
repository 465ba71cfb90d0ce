"""Why something is due when it is due, said to whoever asks: what it counts from, what counts, what was passed over."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from handlers.rules import promises
from handlers.rules.deadlines import LOCAL
from handlers.rules.promises import Promise
from handlers.wording.times import WEEKDAYS, when

DAY = timedelta(days=1)
UNTIL = "{what}截止 {due}，因为{because}。"
DUE = "{weekday} {clock}（{day}）"
WHAT = {
    promises.ACCEPT: "接手",
    promises.PROGRESS: "第一次联系或进展",
    promises.RESOLVE: "办结",
    promises.DATE: "定下办结日期",
}
CAUSE = {
    promises.SAID: "第一句话是{start} 说的",
    promises.REOPENED: "{start} 又说没弄好，重新算起",
    promises.GRAVER: "{start} 知道更急，从那时算起",
    promises.ACCEPTED: "{start} 接的单",
    promises.LATE: "{start} 才接的单",
    promises.RESUMED: "{start} 恢复办理，重新算起",
    promises.REST: "挂账的时候停着，{start} 恢复办理，接着算",
    promises.EXTENDED: "{start} 上一级同意延期到这个时候",
    promises.DATED: "{start} 说好的这个日子",
}
OF_ANOTHER = "和 {number} 号并成了一件，"
GIVEN = "{by}转来时就定好了这个时间，照原来的办"
BY = {"hotline": "12345 热线", "": "上级"}
COUNT = "，{clock}{amount}"
UNIT = {"minutes": "分钟", "hours": "小时", "days": "天", "office_days": "个工作日"}
CLOCK = {"natural": "不分日夜算 ", "service": "按服务时间算 ", "working": "按上班时间算 "}
HOURS = "（{days} {hours}）"
EVERY_DAY, WORKING_DAYS = "每天", "工作日"
OFFICE_DAYS = "，从第二天起算 "
OFF = "，{days} 不上班，不算"
OWN = "。这是{place}自己的规定"
RULES = "规定 {policy}{calendar}"
CALENDAR = "，日历 {calendar}"
HEAD = "{number} 号："
OPEN_DATE = "没有办结期限：接单后由承办的人定日期。"
EARLIER = "办结的时间原来说的是 {dues}。"
THEN = "，后来是 "
OVER = "{number} 号现在没有要等的时限。"
# By what it was known for a report of this kind: the reader's own words, each with its weight in log odds.
BETWEEN = "；"
KNOWN_BY = (
    "怎么听出来的：{why}。＋是支持，－是反对，数大分量重；合起来把握 {sure}%。"
    "听错了，说「改类 编号 类别」或「不是报事 编号」，以后照着学。"
)
WITHOUT_REASON = "{what}截止 {due}。当时没有记下原因。"


def due(moment: datetime, now: datetime) -> str:
    """``周一 10:30（11月30日）``: the same words wherever a deadline is explained."""
    local = moment.astimezone(LOCAL)
    day = when(moment, now).rpartition(" ")[0]
    return DUE.format(weekday=f"周{WEEKDAYS[local.weekday()]}", clock=f"{local:%H:%M}", day=day)


def because(what: str, promise: Promise, now: datetime) -> str:
    """One sentence: until when, and why until then."""
    reason = _given(promise) if promise.cause == promises.GIVEN else _counted(promise, now)
    return UNTIL.format(what=WHAT[what], due=due(promise.due, now), because=reason)


def without_reason(what: str, moment: datetime, now: datetime) -> str:
    """Of a moment that was set before reasons were written down."""
    return WITHOUT_REASON.format(what=WHAT[what], due=due(moment, now))


def earlier(dues: list[datetime], now: datetime) -> str:
    """What was said before of a moment that was moved, in the order in which it was said."""
    return EARLIER.format(dues=THEN.join(due(moment, now) for moment in dues))


def rules(promise: Promise) -> str:
    """Which policy and calendar it was, for whoever keeps the figures."""
    calendar = CALENDAR.format(calendar=promise.calendar) if promise.calendar else ""
    return RULES.format(policy=promise.policy, calendar=calendar)


def _given(promise: Promise) -> str:
    return GIVEN.format(by=BY.get(promise.by, promise.by))


def _counted(promise: Promise, now: datetime) -> str:
    another = OF_ANOTHER.format(number=promise.by) if promise.by else ""
    start = CAUSE[promise.cause].format(start=when(promise.start, now))
    own = OWN.format(place=promise.place) if promise.place else ""
    return f"{another}{start}{_amount(promise)}{_off(promise.off)}{own}"


def _amount(promise: Promise) -> str:
    if not promise.amount:
        return ""
    amount = f"{promise.amount} {UNIT[promise.unit]}" if promise.unit != "office_days" else ""
    if not amount:
        return f"{OFFICE_DAYS}{promise.amount} {UNIT[promise.unit]}"
    counted = COUNT.format(clock=CLOCK[promise.clock], amount=amount)
    if not promise.hours:
        return counted
    days = WORKING_DAYS if promise.clock == "working" else EVERY_DAY
    hours = "、".join(stretch.replace("-", "–") for stretch in promise.hours)
    return counted + HOURS.format(days=days, hours=hours)


def _off(days: tuple[str, ...]) -> str:
    """The days off that were passed over, neighbouring ones as one stretch."""
    runs: list[list[date]] = []
    for day in map(date.fromisoformat, days):
        if runs and day - runs[-1][-1] == DAY:
            runs[-1].append(day)
        else:
            runs.append([day])
    return OFF.format(days="、".join(_run(run) for run in runs)) if runs else ""


def _run(run: list[date]) -> str:
    first, last = run[0], run[-1]
    if len(run) == 1:
        return f"{first.month}月{first.day}日"
    end = f"{last.day}日" if last.month == first.month else f"{last.month}月{last.day}日"
    return f"{first.month}月{first.day}日到{end}"
