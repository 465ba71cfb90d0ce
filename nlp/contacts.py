"""How to reach whoever speaks: a telephone number, and the name given with it, say nothing of what is wrong.

Menkou's examples hold next to no numbers, and those are tradesmen's: a number would make an advert of whatever an old
neighbour reports in due form (我是5号楼的老王，我家厕所漏水，电话138…). Adverts, notices and found things keep theirs.
"""

import re
from collections.abc import Mapping

# Who speaks like this means the number itself.
_OFFERS = frozenset(
    ["trade", "tradesman", "notice", "staff", "asks_around", "advert", "found_item", "content", "human"]
)
_SOME_NUMBER = re.compile(r"\d{7}|\d{3,4}[ -]\d{4}")
_NUMBER = r"(?<!\d)(?:(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0\d{2,3}[ -]?\d{7,8}|[2-8]\d{6,7})(?![\d元块度])"
_CALLED = r"(?:(?:联系人|姓名|报修人|报事人|反映人|投诉人|本人|我叫|我姓|我是)[: ]{0,2}[一-鿿]{1,4}[,: ]{0,2})?"
_LABEL = (
    r"(?:我的?|本人的?|我家的?|家里的?)?(?:请|麻烦)?(?:随时|可以?|回)?(?:联系|留个?|致电|打)?我?(?:的)?(?:联系)?"
    r"(?:电话|手机|号码|联系方式|微信|tel)?(?:号码?|是|为|同号)*[: ]{0,2}"
)
_CONTACT = re.compile(
    rf"(?:^|(?<=[,。;!?、 :~(]))[(]?{_CALLED}{_LABEL}{_NUMBER}(?:[ (]*微信同号)?[)]?(?=$|[,。;!?、 ~)])", re.IGNORECASE
)


def are_told(folded: str, talk: Mapping[str, str]) -> bool:
    """Whether a folded text may hold how to reach its speaker, rather than a number that it is about."""
    return _SOME_NUMBER.search(folded) is not None and _OFFERS.isdisjoint(talk)


def without(folded: str, kept: list[int] | None) -> tuple[str, list[int] | None]:
    """The text without them, and where each of its characters stood before; see `nlp.normalise.tight`. A text that says
    nothing besides stays as it is."""
    gone = {at for found in _CONTACT.finditer(folded) for at in range(*found.span())}
    left = [at for at in range(len(folded)) if at not in gone]
    if not gone or not any(folded[at].isalnum() for at in left):
        return folded, kept
    return "".join([folded[at] for at in left]), [kept[at] for at in left] if kept is not None else left
