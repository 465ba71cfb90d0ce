"""Clauses that tell nothing: calls, haste, fear, anger, proof. 大家小心, 有人管吗, 气死我了, 我拍了照片, 多久能来.

Neighbours whose talk is learned from say them of anything, so each speaks a little against what stands beside it, and a
fire with 大家小心 was a notice. Only whole clauses of a closed list are left out, so that a story stays a story.
"""

import re
from functools import cache
from itertools import groupby
from operator import itemgetter

from nlp.lexicon import groups
from nlp.normalise import DATA

_CLAUSE = re.compile(r"[^,，。;；!！?？\s…~～、:：]+")  # 8:30 is cut, too, and stays whole where what is left is joined
_PARTICLES = "啊呀哦呢吧吗么嘛啦了哈呗哇诶欸的"
# Of most people; and in front of 家, 记 or 师傅 of their shops.
FAMILY_NAME = (
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢"
    "姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万钱严武戴莫孔向汤"
    "]"
)
_SURNAME = re.compile(rf"[老小][\u4e00-\u9fff]|{FAMILY_NAME}")
_TITLES = frozenset(["主任", "书记", "师傅", "经理", "队长", "同志", "老师", "阿姨", "大姐", "大哥", "管家"])
# 让我帮她说下: who tells it for somebody who cannot write tells of old people, and of no emergency.
_FOR_ANOTHER = re.compile(
    r"(?:让|叫|托|请|喊)我(?:来|给)?(?:(?:帮|替|代)(?:她|他|老人家?)?们?)?(?:说|讲|问|反映|报|登记)(?:修|一?下|一?声|问|个事)*"
    r"|(?:帮|替|代)(?:她|他|老人家?|邻居)们?(?:说|讲|问|报|反映|发|登记)(?:修|一?下|一?声|问|个事)*"
    r"|不会(?:用|玩|弄)?(?:微信|手机|智能手?机?|打字|发消息)"
)
_LONGEST = 14  # characters of a clause that may be one


@cache
def _words() -> frozenset[str]:
    return frozenset(word.rstrip(_PARTICLES) or word for _, words in groups(DATA / "asides.txt") for word in words)


def without(text: str) -> str:
    """The text without its asides; as it was where it has none, or nothing else."""
    clauses = _CLAUSE.findall(text)
    if len(clauses) < 2:
        return text
    known = _words()
    told = [not _is_aside(clause, known) for clause in clauses]
    if all(told) or not any(told):
        return text
    runs = groupby(zip(_CLAUSE.finditer(text), told, strict=True), key=itemgetter(1))
    kept = [[clause for clause, _ in run] for tells, run in runs if tells]
    return "，".join(text[run[0].start() : run[-1].end()] for run in kept)


def is_for_another(text: str) -> bool:
    """Whether somebody says that they tell it for somebody else."""
    return _FOR_ANOTHER.search(text) is not None


def _is_aside(clause: str, known: frozenset[str]) -> bool:
    if len(clause) > _LONGEST:
        return False
    bare = clause.rstrip(_PARTICLES) or clause
    if (found := _FOR_ANOTHER.search(bare)) is not None and found.end() == len(bare):
        return True
    return bare in known or (bare[-2:] in _TITLES and _SURNAME.fullmatch(bare[:-2]) is not None)
