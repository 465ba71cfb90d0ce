"""What whoever tells of an emergency hears before all else: what to do, and the number to call.

Source of the numbers: the national emergency lines, 110 (police), 119 (fire and rescue), 120 (ambulance) and 12356 (for
those in despair). By what was said where that tells more than the category does: 民生求助 may be a heart that stands
still or a child that is lost.
"""

from __future__ import annotations

import re

BY_CATEGORY = {
    "fire_safety": "先撤离，打 119！",
    "utilities": "先离开现场，打 119！",
    "security": "注意安全，打 110！",
    "welfare": "您别急，有人管。有危险打 110，要救护打 120，心里难受打 12356！",
    "animals": "先避开，受伤打 120！",
    "road_facility": "先避开，围住别让人靠近！",
    "drainage": "先避开，别靠近！",
}
OTHER = "先避险，打 110 或 119！"
HURT_TOO = "有人受伤、不舒服，再打 120！"

_GAS = r"煤气|燃气|天然气|液化气|瓦斯|沼气|臭鸡蛋"
_ELECTRIC = (
    r"触电|被电|漏电|带电|麻手|(?<!没)有电|(?:电线|高压线|电缆)[^,，。]{0,6}(?:掉|断|落|垂)"
    r"|[舔咬啃捅抠][^,，。]{0,3}(?:插[座孔排头线]|电线)"
)
_IN_WATER = r"落水|溺水|(?:掉|摔|滑|跌|栽)[^,，。]{0,4}[水河湖池井塘坑]|[水河湖池井]里[^,，。]{0,4}(?:有人|孩子)"
_FLOOD = r"洪水|山洪|泥石流|滑坡"
_LOST = (
    r"走丢|走失|丢了|不见了|找不[到着]|抱走|拐走|带走|拉走|抢走|人贩子"
    r"|[抢偷拐掳][^,，。]{0,4}(?:孩子|小孩|娃|婴儿|宝宝)|(?:看|见)[见到][^,，。]{0,4}(?:老|[爷奶妈爸]|孩子|儿子|女儿|孙)"
)
_FALLS = r"塌|往下[掉砸落]|垮|往下沉|滑坡|倒了|歪了|裂|掉下来|坠落|脚手架|吊篮"
_HURT = (
    r"没(?:有)?(?:呼吸|心跳|气)|不喘|喘不|断气|[晕昏](?:倒|过去|迷|了)|[叫喊]不[醒应]|没反应|不省人事|抽搐|抽过去|白沫|中风|嘴歪"
    r"|心梗|脑梗|心脏|胸口|心口|血|骨折|[摔跌]|噎|呛|窒息|休克|羊水|要生|生在|农药|吞了|误食|[烫咬蜇撞砸夹]|压[住到着]"
    r"|断了|烧伤|中毒|倒[在下地]|受伤|急救|心肺|AED|除颤|救护|120|医生"
)
_LIFT = r"电梯|轿厢|扶梯|梯子?里|[客货部]梯|𨋢|升降机|轿顶|(?:梯子?|中间)[^,，。]{0,4}[卡停]在"
_STUCK = r"困|[卡停]在[^,，。]{0,6}[楼层]|坠[到了]?[^,，。]{0,3}[楼层]|卡住|门打?开?(?:不|唔)开|[里入]面?头?边?有人"
_IN_LIFT = "别扒门，按警铃，打 119！"
_AND_HURT = frozenset({"fire_safety", "utilities", "security"})  # where somebody else has to be called first
_POLICE, _FIRE = r"110|报警|警察", r"119|火警|消防"

# In this order: of which categories (none: of all), what is said, and what is to be done.
_TOLD: tuple[tuple[frozenset[str], re.Pattern[str], str], ...] = tuple(
    (frozenset(categories.split()), re.compile(pattern), text)
    for categories, pattern, text in (
        ("utilities", _GAS, BY_CATEGORY["utilities"]),  # before all that is said of power: 一股煤气味，屋里有电
        ("", _ELECTRIC, f"别碰，离远些，打 119！{HURT_TOO}"),
        ("drainage road_facility welfare greening other", _FLOOD, "往高处走，打 119！"),
        ("drainage road_facility welfare greening other", _IN_WATER, "马上打 119、120，别自己下去救！"),
        ("building", _LIFT, _IN_LIFT),
        ("welfare security", _LOST, "马上打 110，说清最后在哪儿、穿什么！"),
        ("building road_facility greening other", _FALLS, f"先撤开，打 119！{HURT_TOO}"),
        ("building", _STUCK, _IN_LIFT),  # a lift is often not named: 停在八楼半，门打不开
        ("welfare building road_facility animals sanitation parking other", _HURT, "马上打 120！"),
        ("welfare", _FIRE, "马上打 119！"),
        ("welfare", _POLICE, "马上打 110！"),
    )
)
_ALSO_HURT = re.compile(_HURT)


def first_aid(category: str, said: str) -> str:
    """What to do first. ``said``: the words in which it was told."""
    usual = BY_CATEGORY.get(category, OTHER)
    told = ((pattern, text) for categories, pattern, text in _TOLD if not categories or category in categories)
    text = next((text for pattern, text in told if pattern.search(said)), usual)
    hurt_too = text == usual and category in _AND_HURT and _ALSO_HURT.search(said)
    return f"{text}{HURT_TOO}" if hurt_too else text


# --- what whoever is near is to do before anybody knows whose it is

FENCE = "先处置：请马上到现场围起来、把人疏散开，归谁管随后再定。"
SEARCH = "先处置：请马上分头找、看住各个出口，先打 110，归谁管随后再定。"
KEEP_AWAY = "先处置：请马上过去，先顾自己安全，让旁人走开，等 110 来，归谁管随后再定。"


def on_the_spot(category: str, said: str) -> str:
    """Fenced, or where somebody is missing or threatened what helps there."""
    if category != "security":
        return FENCE
    return SEARCH if re.search(_LOST, said) else KEEP_AWAY
