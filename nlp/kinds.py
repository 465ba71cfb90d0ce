"""What kind of matter a message is: fault, complaint, tip-off, question, advice, praise."""

import re
from functools import cache

from nlp.needles import Needles
from nlp.talk import rows

# Where somebody else's behaviour is the matter, telling it is a complaint; a broken thing is a fault.
BEHAVIOUR = frozenset(["noise", "fumes", "parking", "encroachment", "property_service"])
# Advice, praise and questions are answered only when the bot is addressed, so they never outweigh a report.
ASIDE = frozenset(["advice", "praise", "consult"])


# Whoever begins or ends like this and says whom and what tells on somebody, though no word of it is known:
# 我举报三楼卖假药; 小刘态度太差了，我要投诉.
_OURS = r"(?:一?下)?你们?(?:的|这个?|那个?|这[里边])?(?=网格|社区|居委|物业|保安|保洁|客服)"
_TELLS_ON = re.compile(
    r"^(?:(?:您好|你好|喂)[,，。!！\s]*)?(?:我|本人)?(?:再|还|也|要|想|来|得)*(?:跟|向)?(?:你们?|您)?(?:实名|匿名)?(?:举报|检举|投诉)"
    rf"(?:{_OURS})?"
    r"(?!电话|人|信|箱|热线|的|了|过|吗|你|谁|怎|哪|什么|啥|有用|没用|流程|方式|材料|有奖|奖)(?=.{3})"
    r"(?!.*(?:[吗?？]$|哈哈|嘻嘻|(?:举报|投诉)电话))"
    r"|^.{4,}[,，。;；!！\s](?:我|本人)(?:就|必须|一定)?(?:要|想|得)(?:求)?(?:实名|匿名)?(?:举报|检举|投诉)"
    rf"(?:他们?|她们?|它|你们|{_OURS}[一-鿿]{{0,6}})?[!！。]*$"
)


def tells_on(folded: str) -> bool:
    """Whether a message begins or ends as a tip-off or a complaint, and names somebody or something."""
    if "反映" in folded and kind_of(folded, None) == "tipoff":
        return True
    told = "举报" in folded or "投诉" in folded or "检举" in folded
    return told and _TELLS_ON.search(folded) is not None


@cache
def _rules() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((kind, re.compile(pattern)) for kind, pattern in rows("kinds.tsv", 2))


@cache
def _needles() -> Needles:
    return Needles(pattern.pattern for _, pattern in _rules())


def kind_of(folded: str, category: str | None) -> str | None:
    """The kind of a report of this category, or of a message that is no report (category None); None for mere talk."""
    known, worth = _rules(), _needles().worth(folded)
    if category is None:
        if not worth:
            return None
        beside = (known[at] for at in worth if known[at][0] in ASIDE or known[at][0] == "tipoff")
        return next((kind for kind, pattern in beside if pattern.search(folded)), None)
    tried = [known[at] for at in worth]
    found = [kind for kind, pattern in tried if pattern.search(folded)]
    if category == "other" and "advice" in found:
        return "advice"
    reported = next((kind for kind in found if kind not in ASIDE), None)
    return reported or ("complaint" if category in BEHAVIOUR else "fault")
