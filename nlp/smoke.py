"""Smoke without a fire: of a cigarette, a grill, a kitchen, of paper that is burnt for the dead. It stinks, and rings
nobody (楼下烧烤店又在冒烟，熏死了), unless more is told than smoke.
"""

from __future__ import annotations

import re

_SMOKE = "烟"
# Who says this tells of fire, of somebody in need, or does not know where the smoke comes from.
_MORE = re.compile(
    r"着火|起火|失火|着了|点着|引燃|火[光苗势]|明火|烧起来|烧[到着]|爆|突然|忽然|跑[出了]|救|困|晕|倒[了地]|看不[清见]|来人|报警|119|糊味|焦|电"
    r"|(?:扔|丢)[^,。]{0,4}烟头|烟头[^,。]{0,4}(?:扔|丢)|不是(?:抽|吸|烧|在)|没人(?!管)|不在家|锁着|不知道|怎么回事"
)
_DENSE = re.compile(r"[黑浓]烟|冒黑|滚滚")
_EACH_TIME = re.compile(r"又|天天|每[天晚次]|老[是在]|总|经常|整天|常年|好几[天年]|一到|烟囱|排烟|烟道|炒|油烟(?!机)")
_STINKS = re.compile(r"熏|飘|灌|不敢|受不了|缭绕|太大|睡不着")
_SMOKER = re.compile(r"[抽吸](?:着|了|根|支|个|口|大)*烟|烟民|烟鬼|烟枪")
_GRILL = re.compile(r"烧烤|烤[串肉鱼]|撸串|肉串|大?排档|夜市")
_KITCHEN = re.compile(
    r"火锅|饭[店馆]|餐[馆厅饮]|食堂|面馆|酒楼|小吃|早[点餐](?:店|铺|摊)|商铺|底商|厨房|烟囱|排烟|烟道"
)
_BURNT = re.compile(r"烧(?:纸|香|艾|树?叶|落叶|秸秆|垃圾|杂草|元宝)")
_INDOORS = re.compile(r"(?:楼[道里梯]|走廊|屋里|家里|电梯|车库|地下)[^,。]{0,4}烧(?!烤)")


def is_usual(folded: str) -> bool:
    """Whether a folded text says where its smoke comes from, and that is no fire."""
    if _SMOKE not in folded or _MORE.search(folded):
        return False
    dense, each_time = _DENSE.search(folded) is not None, _EACH_TIME.search(folded) is not None
    if _SMOKER.search(folded):
        return not dense
    if _GRILL.search(folded):
        return each_time or not dense
    if _KITCHEN.search(folded):
        return each_time or (not dense and _STINKS.search(folded) is not None)
    return not dense and _BURNT.search(folded) is not None and not _INDOORS.search(folded)
