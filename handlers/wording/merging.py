"""One trouble told by many: what a problem is about, and what is said when tickets become one or two again."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.wording.taxonomy import CATEGORY

# What a problem is about, from the words that told it (folded text). Two that are about different things are never one.
SUBJECTS: tuple[tuple[str, str], ...] = (
    (
        "water",
        r"[停断没冇无缺来]有?得?到?水(?![管沟井坑淹])|水压|水龙头|自来水|供水|水管|热水|水[就都也又还好很太]{0,2}[小细浑黄脏停断没冇无]|一滴",
    ),
    (
        "power",
        r"[停断没冇无缺跳来漏]有?得?电(?![梯话脑动瓶视池影])|电[就都也又还全]{0,2}[停断没冇无跳]|跳闸|电压|供电|配电|电表|拉闸",
    ),
    ("gas", r"[煤燃]气|天然气|液化气|瓦斯|[停断没冇无]有?得?气(?![味管喘])|打不着火|点不着"),
    ("heat", r"暖气|供暖|供热|地暖|地热|暖[片管]|热力|不热|不暖|冰凉|冰窖|冷冰冰"),
    ("net", r"宽带|断网|没网|冇网|没信号|网络|网速|光纤|wifi"),
    ("lift", r"电梯|货梯|升降机|困梯|𨋢|梯(?:又|也|都)?[停坏卡]"),
    ("door", r"门禁|单元门(?!口)|大门(?!口)|防盗门|铁门|对讲|刷卡|门锁|门(?:也|都|又)?(?:关不|打不|坏|锁不|合不)"),
    ("barrier", r"道闸|闸机|抬杆|栏杆机|升降杆"),
    (
        "lamp",
        r"路灯|[道廊]灯|声控灯|感应灯|灯泡|灯(?:也|都|又|全|就)?(?:不亮|坏|灭|闪|黑|冇着|没亮)|[黑乌](?:灯|咕|漆|黢|麻|乎)|摸黑",
    ),
    ("leak", r"漏水|渗水|(?<!一)滴水|漏雨|返潮|洇|水渍|往下[滴漏淌]"),
    ("wall", r"墙皮|瓷砖|外墙|墙砖|墙面|裂缝|开裂"),
    ("manhole", r"井盖|窨井|沙井|井口"),
    ("sewer", r"下水|[污脏臭]水|化粪|[反返]水|倒灌|地漏|排水|水沟|粪水|阴沟|马桶|管道堵|积水|淹"),
    ("rubbish", r"垃圾|厨余|泔水|桶.{0,3}[满溢]|废品|建渣|大件|旧家具"),
    ("mess", r"[狗猫](?:屎|粪|尿|拉)|粪便"),
    ("dog", r"[狗犬](?!屎|粪|尿|拉)"),
    ("cat", r"[野流].{0,2}猫|猫(?!屎|粪|尿|拉)"),
    ("rats", r"老鼠|耗子"),
    ("insects", r"蟑螂|曱甴|白蚁|蚊子|蚊虫|虫"),
    ("hornets", r"马蜂|黄蜂|蜂窝|蜂巢"),
    ("snake", r"蛇"),
    ("renovation", r"装修|电钻|冲击钻|砸墙|敲墙|打孔"),
    ("site", r"工地|施工|打桩|挖机|挖掘机|渣土|搅拌"),
    ("music", r"广场舞|跳舞|音响|喇叭|唱歌|卡拉|ktv|k歌|唱戏|乐队"),
    ("mahjong", r"麻将|棋牌|打牌"),
    ("kitchen", r"油烟|烧烤|餐馆|饭店|饭馆|排烟"),
    ("burning", r"烧(?:垃圾|纸|秸秆|树叶|塑料)|焦味|糊味"),
    ("fire", r"着火|起火|失火|火灾|明火|烧起来|火苗|冒.{0,2}烟"),
    ("charging", r"飞线|充电|电瓶车|电动车|电池"),
    ("corridor", r"杂物|鞋柜|堆放|消防通道|安全出口"),
    ("car", r"车(?:也|都|又|就|全)?[停堵占挡]|乱停|僵尸车|违停|车位|堵车|挡.{0,3}[门路口]"),
    ("tree", r"树|枝"),
    ("stall", r"摆摊|占道|摊[贩位子]|流动"),
    ("throwing", r"高空抛|乱?扔(?:下|东西|酒瓶|烟头)|砸下来"),
    ("paving", r"地砖|路面|塌陷|台阶|坑"),
)
# What a trouble is felt by, and what it may come of: 太黑了，摔了一跤 of a lamp, 天天爬楼 of a lift.
FELT: tuple[tuple[frozenset[str], str], ...] = (
    (
        frozenset({"lamp"}),
        r"[太好很真更么老漆乌摸]黑|一片黑|[黑暗]得|黑[灯黢乎咕麻漆乌洞暗]|黑不[溜隆]|黑了吧|看不[见清着]|瞅不见|没个?亮",
    ),
    (
        frozenset({"sewer", "rubbish", "mess"}),
        r"臭|恶心|熏(?:得|人|死)|怪味|异味|味道?(?:太|很|好|真|特别)?[大重冲]|苍蝇|蝇子|生蛆|长蛆",
    ),
    (frozenset({"kitchen", "burning"}), r"呛|烟熏|油腻|熏(?:得|人|死)|(?:不敢|不能|没法|不了)开窗|开不[了得]窗"),
    (frozenset({"rubbish", "mess", "sewer"}), r"脏(?:得|死|乱|兮)|[太好很真么]脏|下不[了去得]脚"),
    (frozenset({"sewer", "water"}), r"冲不(?:了|下去?|动|掉|走)|(?:不能|没法|无法)冲"),
    (frozenset({"water", "gas", "power"}), r"(?:没法|不能|无法|没办法)(?:洗|做饭|烧饭|煮)|[洗煮]不[了成]|做不[了成]饭"),
    (frozenset({"lift"}), r"爬(?:[了到上]?[^,。!?]{0,3})?[层楼]|爬不动|走楼梯|[上下]不(?:[了去来]楼?|得楼)"),
    (
        frozenset({"car", "tree", "stall", "corridor", "rubbish", "site", "barrier", "paving"}),
        r"[过走]不(?:去|了|过|通|成)|(?:进|出)不(?:去|来|了)|推不[出进过动]|没法(?:走|过|进|出)|[挡堵占拦]住|绕(?:着|道|路|行)",
    ),
    (frozenset({"manhole", "paving"}), r"绊|崴|踩空|踏空|掉进|掉下去|[摔跌]"),
    (
        frozenset({"door"}),
        r"(?:陌?生|外来?)人[^,。!?]{0,4}[进混闯]|谁都[^,。!?]{0,3}[进出]|随便(?:就|能)?[进出]|都进来",
    ),
    (frozenset({"power"}), r"冰箱[^,。!?]{0,4}[化坏臭]|空调[^,。!?]{0,3}[开用]不|电(?:脑|视)[^,。!?]{0,3}[开看用]不"),
    (frozenset({"heat"}), r"[冻冷]得|[冻冷]死|冻感冒|裹(?:着|上)"),
)  # fmt: skip
# Of a lamp in the stairwell is not told what is dark at the door.
CORNERS: tuple[tuple[str, str], ...] = (
    ("stairs", r"楼道|楼梯|走廊|过道|电梯间|楼层"),
    ("yard", r"门[口前外]|楼下|路[上边口灯]|院"),
)
SERVICES = frozenset({"water", "power", "gas", "heat", "net"})  # what comes into every home by a pipe or a wire

# 我说的是另一件: whoever was taken for one of many objects.
ANOTHER_MATTER = (
    r"(?:说|讲|报|反映|问)的?(?:不是(?:这|那)|(?:是|系)(?:另外?|别的|第二))|不是(?:一|同一|一个|同|一样)?(?:回|件|码|个|样)的?(?:事|问题)"
    r"|(?:我|俺|咱|阿拉|伲|阮)(?:说|讲|报)?的?(?:这|那)?(?:个|件|家|边)?[^,。!?？]{0,4}(?:不一样|不同|另一件|另外一件|另一回事|(?<=[说讲报是这那])别的事)"
    r"|(?:不是|跟[^,。]{1,4}不是)(?:同)?一(?:个|部|台|盏|栋|处|家|户|条|辆|单元)(?:灯|电梯|楼|车|地方)?(?:$|[,。!~啊呀哦的])"
    r"|[两俩二](?:码|回|件)事|(?:别|不要|莫|勿要|唔好)(?:把我)?[^,。]{0,3}(?:并|合)(?:到|在|进|案|了|一起)|并错|合错|唔系同一"
)

MERGED = (
    "收到，记为 {number} 号。和 {lead} 号像是同一件，已并入 {lead}，同样会通知您。不是一回事就回「我说的是另一件」。"
)
MERGED_IN_GROUP = "收到，已并入 {lead} 号一起办，同样会通知您。"
MERGED_BY_STAFF = (
    "您报的 {number} 号和 {lead} 号是同一件，已并入 {lead}，同样会通知您。不是一回事就回「我说的是另一件」。"
)
MERGED_STAFF = "已把 {numbers} 并入 {lead} 号（{what}）。{extent}要分开说「拆分 编号」。"
MERGED_ALREADY = "{number} 号早已并在 {lead} 号里了。"
MERGED_HOLDER = "{number} 号已并入 {lead} 号，由{who}一起办。"
RAISED_STAFF = "{number} 号并进了更急的报事，时限提前到{due}。"
WIDER_STAFF = "{number} 号又有人报同一件事，涉及 {extent}。{part} 号自动并进来：{why}。要分开说「拆分 {part}」。"
NEAR = {
    "spot": "同一处",
    "inside": "同一栋楼",
    "estate": "同一个小区",
    "beside": "同一个小区的另一栋楼",
    "community": "同一个社区",
    "street": "同一个街道",
}
MERGE_HELP = "要并哪几张？例如「并案 18 17」，或「并案 18 19 到 17」。"
MERGE_SECRET = "{number} 号是保密的，不能并案。"
MERGE_KIND = "{number} 号不是报修或投诉，不能并案。"
TARGET = r"^(?:到|进|入|并到|并入|至)\s*[#＃]?(\d{1,9})\s*(?:号|号工单)?$"

SPLIT = "{number} 号已从 {lead} 号拆出来，单独办，{due} 前接单。"
SPLIT_HELP = "要拆哪一张？例如「拆分 18」。"
SPLIT_NOT = "{number} 号没有并在别的工单里，不用拆。"
SPLIT_STAFF = "{part} 号已从 {number} 号拆出去，单独办。"
TOLD_SPLIT = "您报的 {number} 号改为单独办，最迟{due} 有人接手。"
TOLD_SPLIT_ASKED = "好的，{number} 号给您单独登记，最迟{due} 有人接手。"
APART = "好的，已从 {number} 号分出来。您说的是什么事？在哪儿、怎么了，说一句就行。"

LEFT = "好的，您这边先撤了。{number} 号还有别的住户在等，会接着办。"
LEFT_STAFF = "{number} 号最早的报事人说没事了，别的住户还在等，请先核实。"

LIKE = "像是同一件：#{lead}，回复「并案 {number} {lead}」"
LIKE_FIELD = "像是"
LIKE_VALUE = "#{lead}，回复 并案 {number} {lead}"
EXTENT_FIELD = "涉及"
BUILDING = "{name}号楼"
HOUSEHOLDS = "{count} 户"
BUILDING_HOUSEHOLDS = "{name}（{count} 户）"
AND, THEN = "、", "，"
EXTENT = "涉及 {extent}"
TODO_EXTENT = " · 涉及 {extent}"
TOGETHER = "共 {count} 户"
STOP = "。"
PARTS_LINE = "并入的：{numbers}"
STATUS_MERGED = "{number} 已并入 {lead}。{line}"
STAMP = "已并入 {lead}"


def why(because: Iterable[str]) -> str:
    """What two tickets have in common, from the reasons that stand in the fact; nobody's words."""
    said = dict(reason.split(":", 1) for reason in because)
    found = [f"都是{CATEGORY[said['category']]}", "说的是一样东西" if "subject" in said else "", NEAR[said["place"]]]
    later, groups = int(said["minutes"]), int(said["groups"])
    found += [f"隔 {later} 分钟" if later else "前后脚", f"{groups} 个群都在说" if groups > 1 else ""]
    return "，".join(filter(None, found))
