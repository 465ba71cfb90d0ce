"""等配件，延到周五; 再给两天: more time for a ticket, as staff ask for it every day. Rows as in ``everyday``."""

from __future__ import annotations

from handlers.wording.everyday import ONE_NAMED, row

_TILL = (
    r"(?P<till>(?:下?个?(?:周|星期|礼拜)[一二三四五六日天末]|明天|后天|大后天|月底|\d{1,2}月\d{1,2}[日号]?|\d{1,2}[日号])"
    r"(?:上午|中午|下午|晚上)?)"
)
_DAYS = r"(?P<days>(?:\d{1,2}|[一二两三四五六七八九十]{1,3})天)"
_ASKS = r"(?:能不能|可不可以|可以|只能|想|要|申请|麻烦|请|得|先|再|给|帮|我们?|这个?单?)*"
_MOVES = r"(?:延期|延长|延迟|延后|延|宽限|缓|推迟|推后|顺延|拖|给(?:我们?)?)(?:个)?\s*(?:到|至)?"
_TAIL = r"(?:时间|再?办完?|再?[修弄换装]|行吗|行不行|可以吗|吗|吧|[\s,。])*"
# With a pause behind it anything may be the reason; without one it names what is lacking.
_WHY = (
    r"(?:(?P<why>[^,]{2,20}?)[,\s]+)?",
    r"(?P<why>(?:[^,延]{0,12}?(?:等|缺|没|差|订)[^,延]{1,8}?|下雨|天气不好))(?:所以)?",
)
MORE_TIME = tuple(
    row(
        f"延期 {{n}}|{till} {{why}} {{rest}}",
        rf"(?:{ONE_NAMED})?[\s,:的]*{why}{_ASKS}{_MOVES}{said}{_TAIL}(?P<rest>[^\d]{{0,20}})",
    )
    for why in _WHY
    for till, said in (("到{till}", _TILL), ("{days}", _DAYS))
)
