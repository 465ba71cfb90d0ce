"""Whoever asks for a telephone number and says why: 谁知道物业电工电话，我们单元整个跳闸.

Asking for a tradesman is talk, whatever is broken at home. That a whole house has no power, water or lift is a report,
whoever is asked for besides.
"""

import re

from nlp.normalise import at_home, fold

_NUMBER = r"(?:电话号码|电话|号码|手机号?|联系方式|微信|名片)"
_WHO = (
    r"(?:大家|各位|邻居们?|群里|麻烦|帮忙|咱们?|我们|里|,)*"
    r"(?:谁|哪[个位里儿]|边个|请?问|有没有|有冇|有无|有人|[急跪]?求|急需|给我?(?=[^打]{0,8}电话))"
    r"(?:一?下|人|家|有|能|可以|给|发|我|知道|晓得|认识|识得|存|留|个|到|的|找|这边|那边|助|谁|哪里)*"
)
# 谁知道物业电工电话(是多少啊), and 电工电话多少, 物业电话谁有.
_ASKS = re.compile(
    rf"(?:^|(?<=[,。;!?~\s])){_WHO}[^,。;!?\s打]{{0,10}}?的?{_NUMBER}"
    r"(?:是|号|多少|几多|多小|几号|发我|给我|发|一下|来|个|有|谁|知道|晓得|吗|么|嘛|没有?|冇|不|啊|呀|呢|哦|噢|吧|哈|喂|谢谢|麻烦)*[,。;!?~\s]*"
    rf"|(?:^|(?<=[,。;!?~\s]))[^,。;!?\s]{{0,8}}{_NUMBER}(?:是|号)?(?:多少|几多|几号|谁有|谁知道|哪个有|哪位有|谁晓得|边个有)(?:啊|呀|呢|吗)?[,。;!?~\s]*"
)
# What many share: whoever is without it is not alone.
_MANY = re.compile(
    r"(?:整|全|成|一)(?:个)?(?:单元|栋|幢|座|楼(?!梯)|层|排|小区|院|条|片|村)|(?:我|咱|俺|阿拉|我哋)们?(?:这|那|哩)?(?:个|栋|幢|座)?(?:单元|栋|幢|楼(?![上下道梯顶])|小区|院子?|村|巷|弄|片|排)"
    r"|[\da-z一二三四五六七八九十]+(?:号楼|[栋幢座#]|单元|号院)|家家|大家都|都(?:停|没|断)|电梯|梯子"
)
_WORDS = ("电话", "号码", "手机", "联系方式", "微信", "名片", "電話", "號碼", "手機", "聯")
_LONGEST = 120


def reason(text: str) -> tuple[str, ...]:
    """What somebody says who asks for a number, where it is told of more than their own home; else nothing."""
    if len(text) > _LONGEST or not any(word in text for word in _WORDS):
        return ()
    folded = at_home(fold(text))
    left = _ASKS.sub("", folded).strip()
    return (left,) if left and left != folded.strip() and _MANY.search(left) else ()
