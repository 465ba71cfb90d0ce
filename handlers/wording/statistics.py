"""统计: how periods are said, and how figures are read: each rate with its numerator and its denominator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from handlers.wording.taxonomy import CATEGORY, STATUS_STAFF
from storage.statistics import Figures, Times

TODAY, YESTERDAY = ("今天", "今日", "当天"), ("昨天", "昨日")
WEEK, LAST_WEEK = (
    ("本周", "这周", "这星期", "这个星期", "这礼拜", "这个礼拜"),
    ("上周", "上星期", "上个星期", "上礼拜", "上个礼拜", "上个周"),
)
MONTH, LAST_MONTH = ("本月", "这个月", "当月"), ("上个月", "上月")
QUARTER, LAST_QUARTER = ("本季度", "这个季度", "本季"), ("上个季度", "上季度", "上季")
YEAR, LAST_YEAR = ("今年", "本年"), ("去年", "上年")
A_MONTH = r"(?:(?P<year>\d{4})\s*年\s*)?(?P<month>\d{1,2})\s*月(?:份)?"
LAST_DAYS = r"(?:最近|近|过去)\s*(?P<days>\d{1,3})\s*天"
DAY = "{month}月{day}日"
SPAN = "{begin}–{end}"

UNKNOWN = "没听懂「{words}」。可以说「统计 本月」「统计 上周 环境卫生」「统计 本月 3号网格」。"
NOT_YOURS = "「{words}」不在您能看的范围里。您能看的是：{units}。"
NOTHING_YOURS = "您没有能统计的单位。"
AND = "、"
ALL = "全部类别"
HEAD = "{unit} {period} {what}"
COUNTING = "好，正在算，马上发来。"
TITLE = "{unit} 统计"
SUBTITLE = "{period} · {what}"

OPENED = "报事 {opened} 件：{states}"
OWN = "自查自结 {own} 件，另计，不算在下面任何一个率里。"
RATE = "{name} {percent}（{part}/{whole}）"
NO_RATE = "{name} 无（分母为 0）"
NO_TIMES = "{name}：无"
TIMES = "{name}：一半在 {middle} 以内，九成在 {ninety} 以内（{count} 件）"
SEVERAL = "{reopened} 件重新办过，{returned} 件退过单，{extended} 件延过期，{suspended} 件现在挂账"
HOTLINE = "12345 转来 {orders} 件，已回访 {followed_up} 件，未回访 {left} 件"
BEFORE = "未诉先办：{told_before} 件居民先在群里说过，其中 {done_before} 件转来前就办好了，共早知道 {days_gained} 天"
NUMBER_APART = " · "
STATE = "{name} {count}"
PERCENT = "{value:.1f}%"
MINUTES, HOURS, DAYS = "{count} 分钟", "{count:.1f} 小时", "{count:.1f} 天"

RATES: tuple[tuple[str, str, str], ...] = (
    ("接单率", "accepted", "valid"),
    ("按时接单率", "accepted_in_time", "accepted"),
    ("办结率", "closed", "valid"),
    ("解决率", "solved", "valid"),
    ("满意率", "satisfied", "rated"),
)
HOTLINE_RATES: tuple[tuple[str, str], ...] = (("响应率", "responded"), ("解决率", "solved"), ("满意率", "satisfied"))
TIMES_OF: tuple[tuple[str, str], ...] = (("接单用时", "accept"), ("首次联系", "respond"), ("办结用时", "close"))
LEVELS = {
    "grid": "网格",
    "station": "网格站",
    "community": "社区",
    "street": "街道",
    "district": "区",
    "city": "市",
    "property": "物业",
    "department": "部门",
    "enterprise": "企业",
    "estate": "小区",
    "none": "没有单位",
}
ONE_GRID = "一格解决率"
LEVEL_RATE = "{name}解决占比"
COLUMNS = ("表", "项目", "数", "分母", "率")
STATES_HEAD, LEVELS_HEAD, HOTLINE_HEAD, TIMES_HEAD, RATES_HEAD = "状态", "谁解决的", "12345", "用时", "率"
HOTLINE_ROWS = {
    "orders": "转来",
    "followed_up": "已回访",
    "left": "未回访",
    "told_before": "居民先说过",
    "done_before": "转来前已办好",
    "days_gained": "早知道天数",
}
OPENED_ROW, OWN_ROW, VALID_ROW = "报事", "自查自结（另计）", "有效报事"
SEVERAL_ROWS = {"reopened": "重新办过", "returned": "退过单", "extended": "延过期", "suspended": "现在挂账"}
MIDDLE_ROW, NINETY_ROW = "{name}（中位，分钟）", "{name}（九成，分钟）"
PICTURE_FOOT = "不含姓名和门牌 · 口径见《社区和街道》手册"
PIECES = "件"
AROUND = " ，,、。的"

MOST = "最多"  # 统计 最多 本月
LAST_MOST = "近30天"
MOST_HEAD = "{unit} {period} 报得最多的："
MOST_LINES = (("楼栋", 3), ("小区", 3), ("类别", 3), ("单位", 3))
OF_SEVERAL = ("小区", "单位")  # one alone says nothing
MOST_LINE = "{name}：{found}"
MOST_ONE = "{name} {count} 件"
MOST_NONE = "{unit} {period} 没有报事。"
EACH = "各"  # 统计 各 本月
OF_EACH = (
    "分开看，说单位的名字，例如「统计 本月 {name}」；也可以在控制台「统计」页选单位，能下载表格。说「控制台」要链接。"
)
EXPORTED = (
    "表格在控制台「统计」页：选好单位和时间，点「下载表格」，Excel 能打开。说「控制台」，我私下发您链接。"
    "一张一张的工单现在没有导出，只能在控制台看。"
)
NO_RANKING = "我不给人排名次。看一位同事手上的说「查 小赵」，看各单位的数说「统计」。"
INSTEAD = (("谁", NO_RANKING), ("导出", EXPORTED))  # 统计 谁 is not told, 统计 导出 stands on a page

RESULT_HOW = "热线回访要写编号和结果，例如「热线回访 A20260315 已响应 已解决 满意」。"
RESULT_NO_SUCH = "没有热线工单「{number}」。"
RESULT_NONE = "写上结果：已响应或未响应，已解决或未解决，满意或不满意。"
RESULT_KEPT = "记下了：热线工单 {number}（{ticket} 号），{results}。"
RESULTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # no, then yes: 不满意 holds 满意
    "responded": (("未响应", "没响应", "不响应"), ("已响应", "响应")),
    "solved": (("未解决", "没解决", "不解决"), ("已解决", "解决")),
    "satisfied": (("不满意", "未满意"), ("满意",)),
}


def percent(part: int, whole: int) -> str:
    """``66.7%``; empty where there is nothing to divide by."""
    return PERCENT.format(value=100 * part / whole) if whole else ""


def rate(name: str, part: int, whole: int) -> str:
    """A rate with what it was counted from."""
    if not whole:
        return NO_RATE.format(name=name)
    return RATE.format(name=name, percent=percent(part, whole), part=part, whole=whole)


def length(minutes: int | None) -> str:
    """``25 分钟``, ``3.5 小时``, ``2.0 天``."""
    if minutes is None:
        return ""
    if minutes < 60:
        return MINUTES.format(count=minutes)
    return HOURS.format(count=minutes / 60) if minutes < 2880 else DAYS.format(count=minutes / 1440)


def times(name: str, found: Times) -> str:
    """How long something took."""
    if not found.count:
        return NO_TIMES.format(name=name)
    return TIMES.format(name=name, middle=length(found.middle), ninety=length(found.ninety), count=found.count)


def states(found: Figures) -> list[tuple[str, int]]:
    """The states with their names, in the order of a ticket's life; they sum to what was opened."""
    return [(name, found.states[key]) for key, name in STATUS_STAFF.items() if found.states.get(key)]


def levels(found: Figures) -> list[tuple[str, int]]:
    """Who solved what, the nearest level first; they sum to what was solved."""
    return [(name, found.levels[key]) for key, name in LEVELS.items() if found.levels.get(key)]


def lines(found: Figures) -> Iterator[str]:
    """The figures as they are read in a chat."""
    shown = NUMBER_APART.join(STATE.format(name=name, count=count) for name, count in states(found)) or "0"
    yield OPENED.format(opened=found.opened, states=shown)
    if found.own:
        yield OWN.format(own=found.own)
    for name, part, whole in RATES:
        yield rate(name, getattr(found, part), getattr(found, whole))
    for name, key in TIMES_OF:
        yield times(name, getattr(found, key))
    yield SEVERAL.format(**{name: getattr(found, name) for name in SEVERAL_ROWS})
    yield rate(ONE_GRID, found.levels.get("grid", 0), found.solved)
    if found.hotline.orders:
        yield from _hotline(found)


def _hotline(found: Figures) -> Iterator[str]:
    line = found.hotline
    yield HOTLINE.format(orders=line.orders, followed_up=line.followed_up, left=line.orders - line.followed_up)
    if line.followed_up:
        yield NUMBER_APART.join(rate(name, getattr(line, key), line.followed_up) for name, key in HOTLINE_RATES)
    yield BEFORE.format(told_before=line.told_before, done_before=line.done_before, days_gained=line.days_gained)


def about(categories: tuple[str, ...]) -> str:
    """What is counted: the categories that were named, or all."""
    return AND.join(CATEGORY[name] for name in categories) if categories else ALL


Row = tuple[str, str, str, str]


def table(found: Figures) -> Mapping[str, list[Row]]:
    """The same figures as rows of tables, for the page and its file: name, numerator, denominator, rate."""
    line = found.hotline
    opened = [(OPENED_ROW, found.opened), (VALID_ROW, found.valid), (OWN_ROW, found.own)]
    several = [(name, getattr(found, key)) for key, name in SEVERAL_ROWS.items()]
    hotline = [(name, getattr(line, key, line.orders - line.followed_up)) for key, name in HOTLINE_ROWS.items()]
    ways = [(MIDDLE_ROW, "middle"), (NINETY_ROW, "ninety")]
    took = [(name, getattr(found, key), way, part) for name, key in TIMES_OF for way, part in ways]
    return {
        STATES_HEAD: [*map(_plain, opened), *(_part(name, count, found.opened) for name, count in states(found))],
        RATES_HEAD: [
            *(_part(name, getattr(found, part), getattr(found, whole)) for name, part, whole in RATES),
            *map(_plain, several),
        ],
        TIMES_HEAD: [
            (way.format(name=name), "" if (value := getattr(one, part)) is None else str(value), str(one.count), "")
            for name, one, way, part in took
        ],
        LEVELS_HEAD: [
            _part(ONE_GRID, found.levels.get("grid", 0), found.solved),
            *(_part(LEVEL_RATE.format(name=name), count, found.solved) for name, count in levels(found)),
        ],
        HOTLINE_HEAD: [
            *((name, str(value), "", "") for name, value in hotline),
            *(_part(name, getattr(line, key), line.followed_up) for name, key in HOTLINE_RATES),
        ],
    }


def _plain(one: tuple[str, int]) -> Row:
    return one[0], str(one[1]), "", ""


def _part(name: str, part: int, whole: int) -> Row:
    return name, str(part), str(whole), percent(part, whole)
