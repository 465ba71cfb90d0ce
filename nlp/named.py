"""Places by name: roads, estates, shops and landmarks that nobody registered, known by how their names end.

The end of a name is a word of ``data/landmarks.txt``; its beginning is found by going back to the nearest word that no
name contains (``_BEFORE``). So "隔壁开的王记烧烤店" gives 王记烧烤店.
"""

import re
from collections.abc import Iterator
from functools import cache

from nlp.asides import FAMILY_NAME
from nlp.lexicon import EVERYDAY, Lexicon, groups
from nlp.normalise import DATA

Found = tuple[int, int]

_ROAD = re.compile(
    r"(?P<name>[一-鿿]{2})(?P<part>[东西南北中支环一二三四五六七八九十]?道?)(?P<end>(?<!道)路(?![灯面沿牌过人障况标基])|大街|街(?![道坊])|大道|胡同"
    r"|(?<![小后深里条个])巷)(?P<tail>口|\d{1,4}号(?!楼(?!下|上)|院|线))?"
)
_ROAD_ENDS = re.compile("[路街巷]|大道|胡同")
_NO_ROAD = re.compile(
    r"认得$|都摆$|快速$|取经$|投无$|(?<!日)照$|(?<!解)放$|[走上下半一二两三四五六七八九十几条道线电让挡占拦堵修过这那个的了在到整出回暗拉带问铺各铁公水小主前来去迷养绕开顺赶同是跟从把给往沿靠离和有没不跑转叫说边车门口滑拐岔断临细网通楼旁停炸撞翻压轧堵冲碾跨泥子油]$"
    r"|[今明昨每整]天$|(?<![后])马$|(?<![人广伟])大$|^[的了在到着过是由个么里上下走骑开停坏着满条段整去来往从冲跑说转叫这那哪]|^人(?!民)|^[与和跟](?!平|谐)|^咱们|^中间|^东一|^门一|^[前后对上下里外旁][面边]$|^那边$|^这边$"
)
_BEFORE = re.compile(
    r"[上下前后里外对侧]面|对过|自(?![强由立然来])|发现|巡查|排查|走访|看见|"
    r"[的了着过在是到我你您他她它这系那哪从给把被跟与就又还也都去住有没个们谁咱俺恁每说看出进往向对为让叫找等开关送接逛吃买卖修停放堆占拉走跑搬骑坐租换问请比像离靠挨顺绕至或却刚再不别很少几半能会要想该用做打喊去从往因所但而且跨冲闻听烧写发报去嘛啊呀哦嗯呢吧喂]"
    r"|(?<!福)来(?!福|宝|顺)|(?<![祥平永兴仁])和(?![平谐顺美兴盛泰睦祥])|上(?![海城河林元])|下(?![关沙河])|里(?!弄)|外(?!滩)|前(?![进门程])|后(?![海河马])"
    r"|[路巷弄系喺呢嗰重另片邻紧又]|街(?!心)|太(?![平阳湖])|(?<![和太永延昌安])平(?![安江湖])|[上下前后里外对侧]面|成(?!都)|(?<![化城住土])建(?![设国材华工宁])|(?<=城)中(?=村)|边|旁|口|(?<!河)沿|家(?![乐福和园美具电属])|(?<![第阿老])[一二三四五六七八九十两](?![中院宿])|附近|隔壁|对面|楼|小区(?=.)|社区(?=[党居])|昨|今[天晚早]|早上|晚上|夜里|大家|物业|居委|老板|孩子|新开的?|新的"
    r"|求助|注意|(?<!自)由|反映|投诉|举报|麻烦|领导|同志|大爷|大妈"
)
_BEFORE_ESTATE = re.compile(
    r"^(?:我们|咱们|本|整|全|满|成|各|请|居民|你们|业主|到家|街道|老旧|封闭|大|老|小|旧|新|那|这|医学|法|农)$"
)
_KINDS = frozenset("菜鱼书肉茶酒米花鞋药面饭粥粮油鸡烟衣布灯车石木纸")  # 花店 is a place, 小店 is not
_GENERIC = frozenset(["店", "馆", "铺", "档", "厂", "铺子", "祠", "庙", "寺"])
_NOT_SHOPS = frozenset(
    ["小", "大", "新", "老", "本", "门", "商", "开", "分", "总", "网", "沿街", "沿街商", "街边小", "路", "沿路"]
)
_A_SHOP = re.compile(r"门口|门前|店|那[家里边个]|旁|的?(?:排?油?烟|后厨|老板|招牌|灯箱)|楼[上下]|隔壁|对面|后门|[把又]")
_TOWNS = (
    "兰州|重庆|沙县|四川|成都|东北|新疆|桂林|柳州|湖南|长沙|广东|潮汕|武汉"
    "|北京|老北京|河南|西安|天津|山东|云南|贵州|陕西|山西|安徽|淮南|南昌|逍遥镇|福建|温州"
)
_OLD_NAME = re.compile(
    rf"[一-鿿]{{1,2}}记$|阿[一-鿿]$|[一-鿿](?:哥|姐|姨|叔|嫂|妈|爹|婆|氏)$|老[一-鿿]$|{FAMILY_NAME}家$|(?:{_TOWNS}|黄焖鸡)$"
)
# The family or town before what a shop sells: 老王家包子铺, 兰州拉面馆. Most of their characters may stand before any
# name (家, 都, 重), so that they are looked for by themselves.
_OF_SHOP = re.compile(
    rf"(?:[老小]?{FAMILY_NAME}(?:家|记|氏|师傅|大姐|姐|哥|嫂|婶|叔)|(?:老|正宗)?(?:{_TOWNS}))(?:的|正宗|老字号|特色)?$"
)
_SELLERS, _SHOPS = frozenset("店馆铺档"), frozenset(("shop", "food", "named"))
# What follows a place: 学校门口, 车站那棵树, 中学后门.
_AT_IT = re.compile(
    r"大?门口|门前|门外|后门|旁边|边上|对面|对过|[前后][面头边]|[东西南北]|[那这][块边头儿棵个条里截]|外[面头]|上头"
    r"|底下|楼下|隔壁|附近|围墙|路口|中间"
)
# 门岗没人, 值班室说他也没办法: who should be there, not where it is.
_WHO_WORKS_THERE = re.compile(r"(?:夜里|晚上)?(?:说|讲|没人|没有人|冇人|不管|不接|的人)")
_SIDE = re.compile("[东南西北]头|[东西][南北]角")
_BUILDINGS = ("楼", "栋", "幢", "座", "#", "单元")
_NUMBER_BEHIND = re.compile(r"\d{1,4}号(?:\d{3,4})?(?!楼|院|门|线|车位)")
_LITTLE_ESTATE = re.compile(
    r"[苑坊邨村](?![委民里子内墙门长口头尾道])|院(?=\d|[一二三四五六七八九十]{1,2}号|[东西]头)"
    r"|桥(?=头|下|上|边|那|[,，。 ]|$)"
    r"|[里园府湾轩庭郡邸榭](?=[东西南北](?!西)|中间|\d{1,3}[号栋幢座#期-]|[A-Z][座栋]|[一二三四五六七八九十]{1,3}(?:[号栋幢座期区])|小区|那边的|业主)"
)
_TWO = "里园府湾轩庭郡邸榭桥"  # the ends of which one character before is no name yet
_HAN = re.compile(r"[一-鿿]$")
_ANYBODY = ("厂家", "女工", "男工", "职工", "员工", "学生", "单位")
_BECOMES = ("成", "像", "变", "成了", "成个")  # 厨房成游泳池了
_PUBLIC = ("广场", "大厦", "国际", "小镇", "桥", "医院", "学院", "法院", "公园", "幼儿园", "校园", "菜园")
_LONGEST = 4  # characters before the end of an estate's name
_NEAR = 8  # characters behind a word that `_BEFORE` may look at
_COMMON = re.compile(
    r"^(?:我们|咱们|本|整|全|满|成条|条|吹|医|学|法|家属|养老|大|后|小|前|老旧|封闭|这|那|各|请|反映|求助|附近|居民|你们|城中|农|隔壁"
    r"|对面|物业|业主|到家|街道|敬老|福利|文明|智慧|高档|新建|整个|别的|其他|某|好的|几个|多个|进|出|入|回|在|的|了|医|旁)|^(?:校|公|花|乐|家|果|菜|田|政|市)[园府]|[这那哪了的在]|^[一二三四五六七八九十]"
)


@cache
def _ends() -> Lexicon:
    return Lexicon(groups(DATA / "landmarks.txt"), EVERYDAY)


def find(flat: str) -> Iterator[Found]:
    """Where named places stand in a folded text; they may overlap."""
    for at, word in _ends().find(flat):
        found = _named(flat, at, word)
        if found is not None:
            yield found
    yield from _roads(flat)
    yield from _little_estates(flat)


def estate_name(flat: str) -> bool:
    """Whether a folded name is one of an estate, as far as one can tell by its end."""
    known = _ends().words
    if flat in known or flat.endswith(_PUBLIC) or flat.startswith(_ANYBODY) or _COMMON.search(flat):
        return False
    return any("estate" in known[word] and flat.endswith(word) and at > 0 for at, word in _ends().find(flat)) or (
        3 <= len(flat) <= 5 and flat[-1] in "苑坊邨村院" + _TWO and not flat[0].isdigit()
    )


def _named(flat: str, at: int, word: str) -> Found | None:
    kinds = _ends().words[word]
    end = at + len(word)
    if "nothing" in kinds or flat[:at].endswith(_BECOMES) or (word == "天台" and flat[end : end + 1] == "风"):
        return None
    head = _head(flat, at)
    if "estate" in kinds:
        return _estate(flat, at, end, head)
    if not _SHOPS.isdisjoint(kinds):
        head = _with_name(flat, at, head)
    if "landmark" in kinds:
        return None if _WHO_WORKS_THERE.match(flat, end) or _side_of_it(flat, at, word) else (at, end)
    if "named" in kinds:
        return (at - len(head) if 1 < len(head) <= 3 else at), end
    if "food" in kinds and flat[end : end + 1] in _SELLERS and _is_called(flat, end + 1, head):
        return at - len(head), end + 1
    if "spot" not in kinds and _has_name(flat, end, head, word, food="food" in kinds):
        return at - len(head), end
    return (at, end) if len(word) > 1 and "food" not in kinds and _AT_IT.match(flat, end) else None


def _side_of_it(flat: str, at: int, word: str) -> bool:
    """2号楼西头: how one stands to the building that was named, no place beside it."""
    return _SIDE.fullmatch(word) is not None and flat[:at].endswith(_BUILDINGS)


def _estate(flat: str, at: int, end: int, head: str) -> Found | None:
    if not 2 <= len(head) <= _LONGEST or _BEFORE_ESTATE.match(head) or _COMMON.match(head):
        return None
    behind = _NUMBER_BEHIND.match(flat, end)
    return at - len(head), behind.end() if behind else end


def _has_name(flat: str, end: int, head: str, word: str, *, food: bool) -> bool:
    if not food:
        return _is_shop(head, word)
    return _OLD_NAME.search(head) is not None or (2 <= len(head) <= 4 and _A_SHOP.match(flat, end) is not None)


def _is_called(flat: str, end: int, head: str) -> bool:
    """Whether what sells something has a name, or something stands at it: 小吃店 alone may be any."""
    return 2 <= len(head) <= _LONGEST or _AT_IT.match(flat, end) is not None


def _is_shop(head: str, word: str) -> bool:
    if head in _NOT_SHOPS or len(head) > 5:
        return False
    if word in _GENERIC and len(head) == 1:
        return head in _KINDS
    return len(head) > 1


def _head(flat: str, at: int) -> str:
    """The characters before a word that may belong to its name."""
    begin = at
    while begin > 0 and at - begin < 6 and "一" <= flat[begin - 1] <= "鿿":
        begin -= 1
    for stop in _BEFORE.finditer(flat, begin, at + _NEAR):
        if stop.end() > at:
            break
        begin = stop.end()
    return flat[begin:at]


def _with_name(flat: str, at: int, head: str) -> str:
    """The characters before a word with the family or the town before them: 老王家, 兰州."""
    for begin in (at - len(head), at):
        if named := _OF_SHOP.search(flat, max(0, begin - 6), begin):
            return flat[min(named.start(), at - len(head)) : at]
    return head


def _roads(flat: str) -> Iterator[Found]:
    if not _ROAD_ENDS.search(flat):
        return
    at = 0
    while found := _ROAD.search(flat, at):
        at = found.start() + 1
        if not _NO_ROAD.search(found["name"]) and (found["part"] != "一" or found["tail"]):
            yield _longer(flat, found.start()), found.end()
            at = found.end()


def _longer(flat: str, start: int) -> int:
    """菜园坝支路: one character more, where that is how the clause begins."""
    begins = start > 0 and _HAN.search(flat[start - 1 : start]) and not _HAN.search(flat[max(0, start - 2) : start - 1])
    return start - 1 if begins and not _BEFORE.search(flat[start - 1 : start]) else start


def _little_estates(flat: str) -> Iterator[Found]:
    for found in _LITTLE_ESTATE.finditer(flat):
        at, end = found.span()
        head = _head(flat, at)
        if (
            not 0 < len(head) <= _LONGEST
            or (len(head) < 2 and found.group() in _TWO)
            or _COMMON.search(head + found.group())
        ):
            continue
        behind = _NUMBER_BEHIND.match(flat, end)
        yield at - len(head), behind.end() if behind else end
