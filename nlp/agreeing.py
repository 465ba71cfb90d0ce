"""Whoever agrees with what nobody here had said: +1，我们12栋的下水也反味. Read as if they were the first to tell it.

What they agree with was said elsewhere, or on the stairs. Of whom or of which house it is must be said, too: +1 and
就是 alone tell nothing.
"""

import re
from dataclasses import replace

from nlp.normalise import fold, tight
from nlp.reading import Reading, ReadingContext, read
from nlp.talk import hear

_ASSENT = re.compile(
    r"^(?:(?:[+➕]\s?1|\+10086|加1|加一|同问|同求|同感|同上|附议|支持|顶|算我一个|一样一样|一样|对对+|对的?|就是就是|就是说?|可不是嘛?|是的|没错"
    r"|确实[是嘛]?|是啊|嗯+|me too|同样)[,，。.!！~～、\s]*)+",
    re.IGNORECASE,
)
_OURS = re.compile(
    r"我们?(?!也是$)|咱|俺|阿拉|伲|阮|我哋|[\da-z一二三四五六七八九十]+(?:号楼|[栋幢座#]|单元|号院|[楼层]|弄|排)"
)
# 我家也是，停水了: what is so there, too, is said behind it.
_SO_TOO = re.compile(r"也(?:是|一样|这样|系)(?:的|啊|呀|呢|哦)?[,，。!！~～\s]+(?=.{2})")
_TOO = "也"
_SURE, _LONGEST = 0.97, 60


def told_first(text: str, context: ReadingContext) -> Reading | None:
    """The trouble that an agreeing message tells; None where it tells none of here, or only by what was told before.
    Less than clear it is asked about."""
    folded = tight(fold(text))[0].strip()
    if len(folded) > _LONGEST or "agreement" not in hear(folded):
        return None
    said = _SO_TOO.sub("", _ASSENT.sub("", folded)).replace(_TOO, "")
    if said == folded or not _OURS.search(said):
        return None
    reading = read(said, context)
    if reading.band == "low" or not reading.parts[0].named:
        return None
    sure = context.addressed or reading.confidence >= _SURE
    return reading if sure or reading.band == "middle" else replace(reading, band="middle", is_report=False)
