"""Where a report is: words that say inside or outside the estate, what is asked when it is not known, and answers."""

from __future__ import annotations

from collections.abc import Sequence

APART = "、"  # between a room and a building that were said apart

# --- on folded text

OUTSIDE = (
    r"马路|人行道|人行横道|盲道|机动车道|非机动车道|自行车道|快车道|慢车道|辅路|斑马线|红绿灯|信号灯|公交站|站台|站牌|地铁[站口]|过街|天桥"
    r"|十字路口|丁字路口|三岔路口|路口|街口|街边|街面|高架|河道|河堤|河岸|江边|绿道|(?:大门|院墙|围墙|小区|[东西南北]门|院)外(?:头|面|边)?"
    r"|临街|沿街|门前大街"
)
INSIDE = (
    r"楼道|电梯|单元|楼梯|走廊|过道|天台|楼顶|地库|车库|地下室|负[一二三1-3]|架空层|家里|屋里|厨房|卫生间|厕所|阳台|水龙头|楼上|我家|咱家|俺家"
    r"|小区里|小区内|院里|院内|院子|我们楼|本楼|本单元|单元门|门禁|健身器材|凉亭|楼间|宅间|物业"
)
# Stronger than a building's name beside it: 3号楼外面马路上.
ON_THE_ROAD = (
    r"(?:门|墙|楼|院)?(?:外|外面|外头|前面|旁边|临街|沿街)[^,。!?？\s]{0,3}(?:马路|大街|人行道|机动车道)"
    r"|公交站|红绿灯|斑马线"
)
PUBLIC_PLACE = (
    r"(?:路|大街|街|大道|胡同)(?:口|\d{1,4}号)?$"
    r"|(?:公园|医院|小学|中学|菜市场|农贸市场|公交站|公交站台|公交总站|地铁站|地铁口|派出所|河边|河堤)$"
)
NEXT_DOOR = r"(?:对面|隔壁|旁边|边上|前面|后面)(?:的|那个)?(?:小区|楼盘)(?!.{0,4}(?:都|早|才|也|的?物业费|比|就|人家))"
HERE = r"我们小区|咱们?小区|俺们?小区|我们院|咱们?院|本小区|我们楼|我们这|咱们?这"

CHOICE = r"(?:是|选|就是|那就|答|回)?(?:第)?\s*([1-9一二三四五六])\s*(?:个|吧|啊|呀|的)?"
NEITHER = r"^(?:都不是|不是|哪个都不是|都不对|不对|别的|其他|不知道|不清楚|说不清)"
BARE_NUMBER = r"(?:是|在|就是|就在)?(\d{1,3}|[一二三四五六七八九十]{1,3})(?:号|楼|栋|幢|座)?(?:吧|啊|呀|的|啦|了)?"
AROUND = " 。.!！,，~、？?"
TAIL = r"(?:小区|社区|院)$"  # what a name may go without

# --- several at once, by level: 3、5、7号楼; 3到5号楼; 1-6层

_N = r"(?:\d{1,3}|[一二三四五六七八九十]{1,3})"
_BUILDING, _FLOOR = r"(?:号楼|栋|幢|座|#)", r"(?:楼|层)"
LISTED: tuple[tuple[str, str], ...] = (
    ("building", rf"(?<!\d)((?:{_N}(?:号楼?|栋|幢)?[、,，/和跟与])+{_N}){_BUILDING}"),
    ("floor", rf"(?<!\d)((?:{_N}[楼层]?[、,，/和跟与])+{_N}){_FLOOR}"),
)
RANGED: tuple[tuple[str, str], ...] = (
    ("building", rf"(?<![\d-])({_N})(?:号楼?|栋|幢|座)?(?:[-~]|到|至)({_N}){_BUILDING}"),
    ("floor", rf"(?<![\d-])({_N})[楼层]?(?:[-~]|到|至)({_N}){_FLOOR}"),
)
NUMBER = _N


# --- what is said


def _options(labels: Sequence[str]) -> str:
    numbered = [f"{number} {label}" for number, label in enumerate(labels, 1)]
    return f"{'、'.join(numbered[:-1])} 还是 {numbered[-1]}" if len(numbered) > 1 else numbered[0]


def which_place(number: int, labels: Sequence[str]) -> str:
    return f"{number} 号是在 {_options(labels)}？回数字就行。"


def which_estate(number: int, labels: Sequence[str]) -> str:
    """With the likeliest answers, where they are few."""
    known = f"{_options(labels)}？回数字或小区名都行" if labels else "回一下小区名"
    return f"{number} 号是哪个小区的？{known}，好派给那边的网格员。"


def no_such_building(number: int, estate: str, said: str, labels: Sequence[str]) -> str:
    if not labels:
        return f"{number} 号想再问一句：{estate}没有 {said} 号楼，是几号楼？"
    return f"{number} 号想再问一句：{estate}没有 {said} 号楼，是 {_options(labels)}？回数字或楼号都行。"


def once_more(number: int, labels: Sequence[str]) -> str:
    """Asked a second and last time, when the answer was none."""
    if not labels:
        return f"{number} 号还不知道在哪个小区，回个小区名就行；说不清也没关系，工作人员会问您。"
    return f"{number} 号还差在哪儿：回 {_options(labels)}；说不清也没关系，工作人员会问您。"


NEITHER_OPTION = "都不是"
BUILDING = "{number}号楼"
PLACED = "好，{number} 号记在{place}了，有人接手就告诉您。"
NOT_OURS = "好，{number} 号记下是{place}。那边不在我这儿登记的小区里，工作人员先看看该找谁，再告诉您。"
AS_YOU_SAY = "好，{number} 号就按您说的{place}记着，找不到时工作人员会问您。"
STILL_OPEN = "好，{number} 号先登记着，工作人员会联系您问清地方。"
PLACED_STAFF = "{number} 号地点问清了：{said}。"
NOT_OURS_STAFF = "{number} 号报事人说在{said}，不在登记的小区里，请看看转给谁。"
