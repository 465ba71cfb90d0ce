"""What is told for contrast before what is told of here and now: 谢谢上回的师傅，不过…, 以前都好好的，打从上月起….

Thanks, what was mended, what was once or is elsewhere make talk of a whole message, though behind them somebody turns
to what is wrong here and now. Then that is read by itself.
"""

import re

from nlp.normalise import at_home, fold
from nlp.talk import hear

_END = r"[,，.。;；!！?？~～…\s]"
_CLAUSE = re.compile(rf"[^,，.。;；!！?？~～…\s]+{_END}*")
# Words by which somebody turns from it; they go, what follows stays.
_BUT = re.compile(r"^(?:不过|但是?|可是?|只是|就是|结果|而|倒是|另外|还有)+[呢吧啊]?[,，\s]*(?=.{3})")
_NOW = re.compile(
    r"现在|今[天早晚儿]|今日|刚刚?|又|还(?:是|没|在)|到(?:现在|今)|至今|如今|最近|近来|这(?:两|几|阵|会|次|回|下)|打?从.{0,8}起|[开起]始|一直|没[^,，。]{0,3}过"
)
_HERE = re.compile(
    r"我们|咱|俺|我家|我屋|本小区|这边|这里|这儿|这[部栋幢台]|(?:\d+|[一二三四五六七八九十]+)(?:号楼|[栋幢#])"
)
# What is told for contrast, by what must be said behind it: "but" or that it is now, that it is now, that it is here.
_OVER, _PAST, _AWAY = frozenset(("thanks", "praise", "solved", "over")), "past", "elsewhere"
_FOILS = _OVER | {_PAST, _AWAY}
_NO_TURN = frozenset(("notice", "staff"))  # 电梯已修复，另外积水已抽干
# 以前路灯都好好的, 别的小区电梯坏了当天修: that it was well, or is elsewhere; what it is about is said there alone.
_MARK = re.compile(
    r"^(?:以前|从前|原来|原先|早先|前些年|前几年|头两年|几年前|去年|前年|往年|上(?:个?月|次|回|周|礼拜)|(?:人家|别的|隔壁|其他|外面)(?:小区|院子?|楼|单元)[的里]?)"
    r"(?=[^,，。]{0,12}(?:好好的?|好端端|挺好|正常|[没冇]坏过|没问题|当天|马上|立马|[修换补装弄]过))"
)
_TOO = "也"
_LONGEST = 120


def here_and_now(text: str) -> tuple[str, ...]:
    """What a message tells behind its contrast, the likeliest first; nothing where it turns nowhere."""
    clauses = _CLAUSE.findall(text) if len(text) <= _LONGEST else []
    if len(clauses) < 2:
        return ()
    heard = [hear(at_home(fold(one))).keys() for one in clauses]
    said = frozenset[str]().union(*heard)
    at = max((number + 1 for number, one in enumerate(heard) if not _FOILS.isdisjoint(one)), default=0)
    if not 0 < at < len(clauses) or not _NO_TURN.isdisjoint(said) or not _turns(clauses[at], said):
        return ()
    told, marked = _BUT.sub("", "".join(clauses[at:])), _MARK.sub("", text)
    return (told.replace(_TOO, ""), *((marked,) if marked != text and at == 1 else ()))


def _turns(clause: str, said: frozenset[str]) -> bool:
    """Whether a clause turns from what was told for contrast: from elsewhere to here, from what is over to now."""
    if _AWAY in said and _HERE.search(clause) is None:
        return False
    now = _NOW.search(clause) is not None
    if _PAST in said:
        return now
    return now or _OVER.isdisjoint(said) or _BUT.match(clause) is not None
