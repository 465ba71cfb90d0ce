"""Danger only from afar: that something is not right (门口好像有点不对劲), that somebody is afraid (灯关着，我害怕), or
what is wrong with a thing that hurts nobody (门禁不动了, 空调外机很响). Asked about at most; it rings nobody.

A danger model that has read thousands of terse cries takes any few words with a house number for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_AFRAID = frozenset(["害怕", "吓到", "吓得", "吓坏", "吓哭", "好惊", "惊到"])
_LONGEST = 24  # characters: whoever says more has told something
_HOUSE = (
    r"(?:我们?|咱们?|这|那|小区|[\da-z一二三四五六七八九十东西南北]+(?:号楼|号院|单元|期|区|层|楼|[号栋幢座#门])"
    r"|-|[,。 ])*"
)
_PLACE = (
    r"(?:门口|楼道|楼下|楼上|楼顶|楼梯间?|走廊|大厅|院子|地下室|地下车库|车库|车棚|天台|花坛|草坪|广场"
    r"|那边|这边|附近|旁边|隔壁|后面|前面|里面|外面)(?:的|里|那边|那里|这边|旁边)?"
)
_THING = (
    r"(?:空调|(?:空调)?外机|煤气表|燃气表|气表|水泵房?|水箱|变压器|(?:配)?电[箱柜]|电表箱?|[单元防火铁大楼后前小]*门|门禁|对讲机?|门铃|门锁|锁|道闸|栏杆|路灯|楼道灯|声控灯|灯|灯泡|垃圾桶|垃圾房|垃圾箱|水管|水表"
    r"|水龙头|下水道|地漏|马桶|油烟机|热水器|暖气片?|围墙|墙皮?|墙面|外墙|井盖|大?树|广告牌|宣传栏|健身器材|滑梯|秋千|消防栓|灭火器箱?子?|消防箱|充电桩|电动车|自行车|监控|摄像头|音响|喇叭|窗户?|纱窗|屋顶|天花板"
    r"|地砖|台阶|楼梯|扶手|花坛|喷泉|池塘|化粪池|电梯(?:门|按钮|厢)?|梯子|轿厢|信箱|快递柜|椅子|长椅|凉亭|雨棚|遮阳棚|网络?|宽带|阳台|风扇|电视|洗衣机|冰箱)(?:里|上)?"
)
_LITTLE = (
    r"(?:的|那个|这个|那盏|有点|有些|一直|老是?|总是?|天天|整天|已经|突然|又|都|也|很|太|好|特别|非常|全"
    r"|好像|感觉|觉得|总觉得|就|还|是|在)*"
)
_END = r"(?:了|的|啊|呀|呢|吧|哦|咯|啦|得很|得?厉害|得?要命)*[,。!~ ]*"
_VAGUE = r"不(?:大|太)?对(?:劲|头)?|怪怪|古怪|怪|不(?:大|太)?(?:正常|妥)|(?:有)?(?:点|些)?(?:小)?问题"
_WORN = (
    r"响|吵|有(?:声音|异响|响声|噪音)|生锈|锈|掉漆|褪色|坏|没锁|脏|旧|满|空|没人(?:管|修)|不亮|不动|没反应|不[灵走转行]|不好使|黑乎乎|黑灯|没灯|关着?灯|没开灯"
    r"|(?:有|裂)(?:了)?(?:一?[条道个点])?(?:裂)?(?:缝|纹)"
)
_SEEN = r"响|吵|有(?:声音|异响|响声|噪音)|空|脏|旧|没人管|有(?:一?[条道])?裂缝"  # of a place, too
_LOOSE = r"松|松动|歪|斜|破|没|不见|没关|有味道?"
_FEAR = r"(?:[,。 ]*(?:我|孩子|老人|好|有点|很|都|不敢[坐走进下]|好?害怕|怕)+(?:了|啊|呀|的)*)?"
_UNEASY = re.compile(rf"{_LITTLE}{_HOUSE}(?:{_PLACE})?{_LITTLE}(?:{_VAGUE}){_END}")
_MILD = re.compile(
    rf"{_HOUSE}(?:{_PLACE})?{_THING}{_LITTLE}(?:{_WORN}|{_VAGUE}){_FEAR}{_END}|{_HOUSE}{_PLACE}{_LITTLE}(?:{_SEEN}){_END}"
)
_OPEN = re.compile(rf"{_HOUSE}(?:{_PLACE})?{_THING}{_LITTLE}(?:{_LOOSE}){_FEAR}{_END}")
# 三号楼电梯坏了，老人下不去, and its second half alone: a lift that stands still keeps people at home, not in it.
_STAIRS = re.compile(
    rf"(?:{_HOUSE}(?:的)?(?:电梯|梯子){_LITTLE}(?:坏|停|不动|不走|不能用|用不了|没修好)(?:了|的|着)*[,。 ]*)?"
    r"(?:我们?|我家|家里|楼上|住高层的?|高层的?|那些?|\d+楼的?|的|老人家?|老头老太|老太太|奶奶|爷爷|孩子|腿脚不好的?|坐轮椅的?|爸妈|妈|爸|邻居|都|又|根本|还|就|,)*"
    rf"(?:[下上]不(?:去|来|了)楼?|[下上]下?楼?(?:不了|不方便|很?困难)|出不了门|[爬走]不动)(?:了)?{_END}"
)
_FALLS = re.compile(
    r"[墙棚屋顶树杆塔架梯栏井盖洞坑砖窗管桥柱梁池罩吊瓦]|电[箱柜线表缆]|配电|阳台|广告|招牌|外机|楼板|扶手|玻璃|变压|滑梯|秋千"
)


def is_uneasy(text: str, grave: Iterable[str]) -> bool:
    """Whether a folded text whose grave words are these tells but fear, or that something somewhere is not right."""
    words = frozenset(grave)
    return words <= _AFRAID if words else len(text) <= _LONGEST and _UNEASY.fullmatch(text) is not None


def is_mild(text: str) -> bool:
    """Whether it says what is wrong with one thing, and that hurts nobody."""
    if len(text) > _LONGEST:
        return False
    if _STAIRS.fullmatch(text) is not None:
        return True
    return _MILD.fullmatch(text) is not None or (_OPEN.fullmatch(text) is not None and not _FALLS.search(text))
