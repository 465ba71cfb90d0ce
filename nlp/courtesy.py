"""What stands around a report for politeness or in fear: 打扰了, 谢谢, 怎么办. The report is what is left.

Menkou's examples are neighbours' talk, where 谢谢 mostly follows what was mended, 打扰了 an apology and 怎么办 a
question of rules; an old neighbour who writes to the community says all three around a broken lamp, or a fire.
"""

import re
from dataclasses import dataclass, replace

from nlp import asides, dictated

_HINTS = frozenset("扰谢辛麻拜怎咋何能可谁派请快帮")  # nothing of it is said without one of these
_END = r"[,，.。!！?？~～、\s]"
_BEHIND = rf"(?<!{_END})"  # a run of marks is looked at once, from its beginning: a thousand commas are soon read
_OPENING = re.compile(
    rf"^(?:(?:您好|你好|大家好|各位好?|喂|请问)(?:一?下)?{_END}*)?(?:(?:不好意思|抱歉|对不起|冒昧){_END}*)?"
    rf"打扰(?:一?下|了|到|大家|各位|您|你|们|啦)*{_END}+"
)
_THANKS = (
    r"(?:(?:先|非常|十分|万分)?(?:谢谢|多谢|感谢|谢啦|谢了)(?:您|你|了|啦|啊|大家|们|各位|领导|社区|物业|师傅)*"
    r"|(?:辛苦|麻烦|拜托|打扰)(?:您|你|们|了|啦|大家|各位|师傅)+)"
)
_CLOSING = re.compile(rf"{_BEHIND}{_END}++(?:{_THANKS}{_END}*+){{1,4}}$")
_WHAT_TO_DO = re.compile(
    rf"{_BEHIND}{_END}*+(?:我|我们|现在|这|那|可)?(?:该|应该|要|可)?(?:怎么办|咋办|咋整|怎么处理|怎么弄|怎么搞|如何是好)(?:才好|呀|啊|呢|哦|嘛)?{_END}*+$"
)
# 能派人来看看吗, 麻烦社区上门看一下: of these words and no other, so that what is told stands before them.
_REQUEST = re.compile(
    rf"(?:{_BEHIND}{_END}++|(?=能不能|可不可以|能否|可以派|可以来|麻烦|请|有没有人|谁能|能来|能派|快来|快派|赶快|赶紧))"
    r"(?=[^,，。]{0,6}(?:能|可以|麻烦|请|派|谁|有没有|拜托|快|帮|赶紧|马上))"
    r"(?:(?:你们|您们?|社区|物业|网格员|居委会?|街道|师傅|领导|消防|谁|哪位|有没有人?|有人|大家|人|个|一个|两个|几个|麻烦|请|求求?|拜托|能不能|可不可以|能否|能|可以|是否|帮忙|帮帮?|快点?|赶快|马上|赶紧|尽快|立刻|先|派|来|上门|上来|过来|下来|去|到场|看看?|瞧瞧?|检查|处理|解决|救救?|围|管管?|联系|叫|一下|一眼|一趟|下|吗|么|嘛|呢|吧|呗|不|行|好|啊|呀|我们?|这里|这边)"
    rf"{{2,16}}+{_END}*+){{1,3}}$"
)
_MARKS = ",，.。!！?？~～、 "
# The last character of a request: whatever ends otherwise is not looked at.
_LAST = frozenset("吗么嘛呢吧呗不行好啊呀下看瞧眼趟人来去查理决救围管系叫我们里边急场忙")
# 如果着火了怎么办: nobody says that it burns.
_SUPPOSED = re.compile(
    r"如果|要是|假如|假设|万一|一旦|倘若|若是|遇到|遇上|碰到|碰上|发生|出现|的时候|时候|的话|时[,，]?$|应该?怎|预防|演练|培训|知识|考试"
    r"|电影|电视|小说|游戏|梦|以后|将来|下次|再(?:着火|停电|停水)"
)
# Whoever says so speaks of here and now.
_NOW = re.compile(
    r"[了呢]$|我家|我们家|我们楼|我妈|我爸|我老|我孩|我儿|我女|我奶|我爷|我婆|我(?:刚)?(?:闻|听|看)|俺|咱家|正在|现在|老公|老婆"
    r"|隔壁|楼[上下道]"
)


# 我要投诉小赵，3号楼着火了: a complaint is slow, what stands behind it may not be; nor what follows 修好了，但是.
_BEFORE = re.compile(
    r"^(?:我们?|本人)?(?:就是|要|想|来|得|必须|一定|去|找[^,，。]{1,4}?)*(?:投诉|举报|反映|告(?!诉))+(?:一?下)?"
    r"(?:你们?|咱?们?小区|的|这个?)*(?:(?:(?:物业|网格|社区|居委会?|村委会?|街道|城管|管家|保安|客服)|[小老][一-鿿])[^,，。;；!！?？]{0,6}|[一-鿿]?书记)?"
    r"[,，:：。;；!！\s]+(?=.{2})"
    rf"|^(?:{_THANKS}|好的|嗯+|{_END})*[^,，。!！?？]{{0,12}}?(?:满意|(?:[修弄换搞整装]|处理|解决|清理|疏通|[好通亮完]|[水电气]来|来[水电气])(?:是)?(?:好|完|上|通)?(?:了|(?={_END})))"
    rf"[^,，。;；!！?？但可不就只又结]{{0,4}}(?:{_END}*{_THANKS})?{_END}*(?:(?:但是?(?!愿)|不过|可是?|结果|就是|只是|又|现在|刚才?|突然){_END}*)+"
    r"(?![^,，。]{0,6}(?:昨|前天|上次|上回|当时|那[天时会]|前|差点|怕|担心|不再|没再|别再|从来))(?=.{2})"
)


# Told for somebody else, their flat is the one it is about: 让我帮她说下，她家停水了.
_THEIRS = re.compile("[她他]们?家")


# 我妈家3号楼电梯坏了: somebody else's home, and a house that is named as ours are.
_KIN = re.compile(
    r"(?:我|俺|咱)们?的?(?:老?[爸妈爹娘]妈?|父母|爸妈|公公|婆婆|公婆|岳[父母]|丈母娘|老丈人|[爷奶]{1,2}|外[婆公]|姥[姥爷]"
    r"|儿子|女儿|闺女|[姐妹哥弟]{1,2}|[叔伯舅姑姨婶]{1,2}妈?|亲戚|朋友|闺蜜|同学|同事)(?:他们|她们|他|她)?(?:家|那[栋幢楼边里儿]|住的?)(?:的|那边)?"
)
_OUR_HOUSE = re.compile(r"\d{1,3}(?:号楼|[栋幢座#])|[一二三四五六七八九十]{1,3}(?:号楼|[栋幢座])")


@dataclass(frozen=True, slots=True)
class Bare:
    """A message without what stands around it. ``unsure``: it asks what to do about what may only be supposed."""

    text: str
    unsure: bool
    elsewhere: bool = False  # it may be told of another estate
    called: bool = False  # somebody is asked to come, or complained of: what is left is believed of an emergency


def bare(text: str) -> Bare | None:
    """The message without its courtesies and asides; None where it has none, or consists of them."""
    told = asides.without(dictated.without(text))
    if asides.is_for_another(text):
        told = _THEIRS.sub("我家", told)
    if _OUR_HOUSE.search(told) and (here := _KIN.sub("我家", told)) != told and not _SUPPOSED.search(told):
        polite = _polite(here)
        return Bare(polite.text if polite else here, unsure=True, elsewhere=True)
    if told != text and _SUPPOSED.search(told) is not None:
        told = text
    said = _polite(told) or Bare(told, unsure=False)
    return _slow_first(said) or (said if said.text != text else None)


def _slow_first(said: Bare) -> Bare | None:
    without = _BEFORE.sub("", said.text)
    return None if without == said.text or _SUPPOSED.search(without) else replace(said, text=without, called=True)


def _polite(text: str) -> Bare | None:
    if _HINTS.isdisjoint(text):
        return None
    left = _CLOSING.sub("", _OPENING.sub("", text))
    without = _WHAT_TO_DO.sub("", left)
    asks = without != left
    if asks and _SUPPOSED.search(without) is not None:
        asks, without = False, left
    if without == text:
        return _called(text)
    if not any(map(str.isalnum, without)):
        return None
    return Bare(without, unsure=asks and _NOW.search(without) is None)


def _called(text: str) -> Bare | None:
    """能来看看吗 sounds like something supposed, 上门 like a trade."""
    if text.rstrip(_MARKS)[-1:] not in _LAST:
        return None
    without = _REQUEST.sub("", text)
    if without == text or not any(map(str.isalnum, without)) or _SUPPOSED.search(without) is not None:
        return None
    return Bare(without, unsure=False, called=True)
