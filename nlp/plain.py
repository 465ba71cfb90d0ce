"""The plainest reports: a known thing, what is wrong with it, and hardly a word besides ("路灯不亮了").

A model learns what people dwell on and mistrusts who says only the least, so what is told plainly has a rule of its
own: it is believed at least as far as `FLOOR`, unless one of the ways of speaking in `AGAINST` takes it back.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from nlp.gate import Gate, places
from nlp.places import Gazetteer, find
from nlp.talk import rows

FLOOR = 0.85
# Who tells more than this is not short of words, and is weighed like anybody else.
_SHORT = 80
# How many characters that nobody foresaw may stand in the same clause, before the thing and after what is wrong.
_BEFORE, _AFTER, _ELSEWHERE = 0, 6, 12

# Ways of speaking that take back what was told plainly.
AGAINST = frozenset(
    [
        "agreement", "thanks", "praise", "solved", "withdraw", "notice", "trade", "tradesman", "elsewhere", "past",
        "news", "figure", "policy", "staff", "school", "apology", "suppose", "drill", "self_fix", "found_item",
        "content", "denial", "advise", "over", "own_thing", "whether", "forbidden",
    ]
)  # fmt: skip

_PLACE = "§"


def _strip(words: str) -> re.Pattern[str]:
    return re.compile("|".join(sorted(words.split(), key=len, reverse=True)))


_LITTLE = (
    "(?:一直|突然|好像|有点|特别|非常|老是|总是|经常|天天|已经|现在|今[天早晚]|昨[晚天]|刚刚?|还是|开始|到处|全部|有人|有个|旁边"
    r"|[一两二三四五几\d][个盏部台扇块根条只处辆棵]|那[个边]?|这[个边]?|[的里上内外处口边都全又还被让太很好老总有没人了得把从在给])"
)
_GAP = _LITTLE + "{0,4}?"
# What may stand around the plain words without making them less plain.
_LEAD = _strip(
    """§ 物业公司 物业人员 物业经理 物业管家 物业 师傅 社区 村委会 村委 居委会 居委 领导 各位 大家 您好 你好 好 群里 请问一下 请问下 请问 请 麻烦
    帮忙 看看 看下 看一下 来人 派人 反映一下 反映下 反映 反应一下 反应 向您 向你 向 投诉 举报 报修 报告 我想 我要 想 要 业主 住户 居民 我们家 我们这
    我们 我家 我的 我楼 咱们 咱 俺们 俺家 我是 我小区 我单元 这边 那边 这里 那里 这 那 今天 今早 今晚 现在 刚才 刚刚 早上 晚上 昨晚 昨天 半夜 又 怎么
    为什么 为啥 咋 有 一直 都 全 小区 本 门口 门前 前面 后面 楼下 楼上 楼前 楼后 隔壁 旁边 路边 路口 路上 整栋 整个 楼栋 楼 栋 单元 家里 家 厨房
    卫生间 阳台 厕所 客厅 卧室 的 里 在 是 处 和 与 上 内 因 由于 电梯 电梯口 电梯间 楼道 楼梯 楼梯间 走廊 过道 大厅 地下室 车库 里面 大堂 突然 已经
    还 发现 看到 人 没人管 存在 问题 关于 号 附近 对面 院子 院里 院 大门 花园 广场 绿化带 草坪 草丛 中午 夜里 夜间 凌晨 天天 每天 经常 总是 老是
    被 空气中 屋里 树上 中 了 啊 边 啦 天 两天 这两天 最近 这几天"""
)
_TAIL = _strip(
    """了 的 啦 咯 啊 呀 呢 吧 哦 嘛 呗 喽 着 得 很 怎么办 怎么回事 咋办 什么情况 有人管吗 有人修吗 有人知道吗 没人管 没人修 没人处理 没人来 无人管
    无人处理 请 麻烦 尽快 安排 派人 来人 人员 处理 维修 修理 修 清理 解决 一下 下 严重 厉害 好几 几 两 三 多 好久 很久 天 个月 月 小时 半 周 什么时候 能
    来 吗 现在 还 一直 都 全 太 问题 情况 不行 大 楼 家 用 物业 社区 领导 师傅 谢谢 帮忙 看看 看一下 管管 管一下 尽早 及时"""
)
# Roughly how far what may stand before the thing reaches; the thing itself begins at most so many characters on.
_BEGINNING = re.compile(
    rf"(?:{_LEAD.pattern}|[\dA-Za-z一二三四五六七八九十百东西南北负第#-]+|[号栋幢座区期层室门口巷]|[^\d了]{{1,6}}?(?:[路街苑园村府城院坊区]|大厦|公寓))*"
)
_REACH = 10
_BREAK = re.compile(r"[,，。;；!！?？\s:：、~]+")


@dataclass(frozen=True, slots=True)
class Plain:
    """What was told plainly: the category, and the words that tell it."""

    category: str
    words: str

    @property
    def why(self) -> str:
        """What to tell a clerk."""
        return f"说得直白：{self.words}（至少{FLOOR}）"


@dataclass(frozen=True, slots=True)
class _Rule:
    category: str
    thing: str
    wrong: str
    pattern: re.Pattern[str]
    # The same with any character for a place: what this does not fit needs no look for places.
    rough: re.Pattern[str]


@cache
def _rules() -> tuple[_Rule, ...]:
    named: dict[str, tuple[str, str]] = {}
    made: list[_Rule] = []
    for name, thing_has, wrong_has, thing, wrong in rows("plain.tsv", 5):
        if name.startswith("="):
            named[f"{{{name[1:]}}}"] = (wrong_has, f"(?:{wrong})")
            continue
        has, text = wrong_has, wrong if thing == "-" else f"(?:{thing})~(?:{wrong})"
        for key, (chars, words) in named.items():
            has, text = has.replace(key, chars), text.replace(key, words)
        text = text.replace("~", _GAP)
        made.append(_Rule(name, thing_has, has, re.compile(text), re.compile(text.replace(_PLACE, r"\w"))))
    return tuple(made)


@cache
def _gates() -> tuple[Gate, Gate]:
    return Gate(rule.thing for rule in _rules()), Gate(rule.wrong for rule in _rules())


def told_plainly(folded: str, talk: Mapping[str, str], gazetteer: Gazetteer | None = None) -> Plain | None:
    """What a folded text tells plainly, unless its way of speaking takes it back."""
    if len(folded) > _SHORT or AGAINST & talk.keys():
        return None
    clauses = [clause for clause in _BREAK.split(folded) if clause]
    known = [span.text for span in gazetteer.find(folded)] if gazetteer else []
    worth = [_worth(_aside(clause, known)) for clause in clauses]
    if not any(worth):
        return None
    named = [span.text for span in find(folded, gazetteer)]
    foreign = [len(_TAIL.sub("", _LEAD.sub("", _aside(clause, named)))) for clause in clauses]
    found = [
        plain
        for clause, rules, own in zip(clauses, worth, foreign, strict=True)
        if rules and sum(foreign) - own <= _ELSEWHERE
        for plain in _readings(clause, named, rules)
    ]
    return max(found, key=lambda plain: len(plain.words), default=None)


def _worth(clause: str) -> Sequence[int]:
    """The rules worth trying: their thing stands at the beginning, with nothing but a place or little words before."""
    things, wrongs = _gates()
    if not (mask := wrongs.mask(clause)):
        return ()
    begin = _BEGINNING.match(clause)
    end = begin.end() if begin else 0
    near = clause[: end + _REACH] + (_PLACE if end else "")
    return [at for at in places(mask & things.mask(near)) if _rules()[at].rough.search(clause)]


def _readings(clause: str, named: Sequence[str], worth: Sequence[int]) -> Iterator[Plain]:
    """What a clause tells plainly, read as it stands and with its places set aside: a gate is a place and a thing."""
    aside = _aside(clause, named)
    for text in dict.fromkeys((clause, aside)):
        for at in worth:
            rule = _rules()[at]
            if (match := rule.pattern.search(text)) and _nothing_else(text, match, named):
                yield Plain(rule.category, match.group().replace(_PLACE, ""))


def _nothing_else(text: str, match: re.Match[str], named: Sequence[str]) -> bool:
    before = _LEAD.sub("", _aside(text[: match.start()], named))
    after = _TAIL.sub("", text[match.end() :])
    return len(before) <= _BEFORE and len(after) <= _AFTER


def _aside(text: str, named: Sequence[str]) -> str:
    for name in named:
        text = text.replace(name, _PLACE)
    return text
