"""公家事, 大家事, 自家事: the words that tell which it is, what staff read of it, and what residents hear instead.

The three names are for staff alone: a resident is told kindly what can be done.
"""

from __future__ import annotations

NAMES = {"public": "公家事", "common": "大家事", "private": "自家事"}
SAID = {
    "公家事": "public",
    "公家": "public",
    "大家事": "common",
    "大家": "common",
    "自家事": "private",
    "自家": "private",
}

# 4号楼下 and 单元楼上 are places, and so is 楼下 alone
NEIGHBOURS = r"(?<![号栋幢元\d])楼上|楼下(?:那|的)?(?:户|家|邻居|住户|人家)|隔壁|邻居|对门|对面那家|邻家"
BUSINESS = r"商铺|门店|店里|工地|施工队|广场舞|ktv|酒吧|饭店|餐馆|工厂|公司|物业"  # whoever it is, no neighbour
# between two households: the category and what is said
BETWEEN = {
    "noise": NEIGHBOURS,
    "sanitation": NEIGHBOURS,
    "building": rf"(?:{NEIGHBOURS}).{{0,12}}(?:漏|渗|滴|装修|敲墙|空调|花盆|晾)",
    "parking": r"(?:占|抢|堵).{0,6}我(?:家)?的?(?:车位|私家车位)|车位.{0,8}(?:被|让).{0,6}(?:邻居|楼上|隔壁).{0,4}占",
}
# inside one's own flat
INSIDE = {
    "building": r"(?:我家|家里|屋里|自家|卧室|厨房|卫生间).{0,6}(?:门锁|灯泡|插座|柜门|窗户把手|纱窗|房门|地板)",
    "utilities": r"(?:我家|家里|屋里|自家|厨房|卫生间).{0,6}(?:水龙头|马桶|热水器|燃气灶|油烟机|花洒)",
}
# what the owners decide together
OWNERS = (
    r"业委会|业主大会|业主委员会|维修资金|维修基金|公共收益|加装电梯|换物业|选物业|公摊"
    r"|车位.{0,4}(?:分配|抽签|摇号)"
)
# said of money alone: who names a fault besides only grumbles at paying for it (物业费白交，电梯天天坏)
FEES = r"物业费"
FEES_THEMSELVES = frozenset({"property_service", "dispute", "other"})

CARD_FIELD = "分流"
CARD = {"common": "大家事：要商量的请召集大家", "private": "自家事：上门调解、出主意，不处罚"}
MEDIATOR = "{role}{name}"
NOBODY = "社区的调解员"
TOLD_BETWEEN = "{number} 号这样的事，可以请{who}和两家坐下来谈，说开了就好。{who}会先联系您。"
TOLD_INSIDE = "{number} 号说的是家里的东西，一般要自己请师傅。{who}会联系您，帮着看看、找靠谱的师傅。"
TOLD_CONVENED = "{number} 号这样的事要大家商量着办，{unit}会请物业和邻居们一起坐下来谈，谈得怎么样告诉您。"

WHICH = "{number} 号分到哪一类？说「分流 {number} 公家事」「大家事」或「自家事」。"
SAME = "{number} 号本来就是{lane}。"
CHANGED = "{number} 号改成{lane}了，还在{unit}，时限不变。"
MOVED = "{number} 号改成{lane}了，转给{unit}，时限不变（{due}）。"
NOT_PRIVATE = "{number} 号是紧急的、要执法的或者保密的，不能分到{lane}。"
HOLDER_MOVED = "{number} 号重新分过了，转给{unit}，您不用再跟。"
