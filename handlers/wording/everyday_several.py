"""Several tickets without their numbers (都给物业), and urging whoever has one (催1), as staff say it every day."""

from __future__ import annotations

from handlers.wording.everyday import DOES, END, MANY_NAMED, NO_TICKET, THIS, US, row

_HOW_MANY = r"(?:[几两二三四五六]|[2-6])[个张单件条](?:单子?|工单|事|活)?"
_EVERY = r"(?:都|全都|全部|全|统统|一起|一块儿?|通通)"
_WAITING = (
    r"(?:所有|全部|还|现在|[\s])*(?:没有?人接|没接|未接|待接|没派|待派|未派|超时|逾期|超期)了?的"
    r"(?:工单|单子?|那?[几些][个张件]?)?"
)
# 都, 两个都, 剩下的都, 这几个; of which tickets it is said, is found by how many there are.
SEVERAL = (
    rf"(?:把|将)?(?P<each>(?:手[上里头]|我|剩下|其余|其他|余下|上面|刚才|这|那)*的?"
    rf"(?:{_HOW_MANY}{_EVERY}?|(?:单子?|工单|活)?{_EVERY}|(?<=[下余他])的?|{_WAITING}{_EVERY}?))"
)
_NOT_OURS = rf"(?:不(?:是|归|该|属于){US}(?:这边)?(?:管|办|的|负责|事|活)*[\s,]*)?"
_GIVES = r"(?:转交|转派|转办|转到|转|交|派到|派|给|让|叫|请|归|退到|退|推|移|分)(?:给)?"
GIVEN = row(
    "转派|{who}",
    rf"{SEVERAL}{_NOT_OURS}[\s,]*(?:应该|该|要|先|就|是|麻烦|帮我?|请|直接|{_EVERY}|[\s,])*{_GIVES}\s*",
    rf"(?P<who>[\u4e00-\u9fff]{{2,8}}?)(?:去|来|他们|你们|过去|那边)*{DOES}?{END}",
)
# 9到15都接, 把9到15给小钱.
_ROW = rf"(?:把|将)?(?P<n>\d{{1,9}}(?:号单|号|单)?[到至~-]\d{{1,9}}(?:号单|号(?![楼院])|单(?!元))?){NO_TICKET}"
ROW_ALONE = r"\d+\D{1,3}\d+\D{0,2}"
IN_A_ROW = (
    row("接单 {n}", rf"{_ROW}{THIS}{US}?(?:{_EVERY}|{US})+(?:先|来|去)*(?:接|领|要|包)(?:了|下|过来)*{END}"),
    row(
        "转派 {n}|{who}",
        rf"{_ROW}{THIS}{_EVERY}?{_GIVES}\s*(?P<who>[\u4e00-\u9fff]{{2,8}}?)(?:去|来|他们)*{DOES}?{END}",
    ),
)
_UNDONE = r"(?:超时|逾期|超期|红灯|快到期|没办完?|没处理完?|没动静?|未接|未办|待接|没接|没有?人接)"
_URGES = r"(?:催一催|催一?下|催催|催促|催办|督促|盯一?下|盯着|盯|催)"
URGED = (
    row("催办 {n}", rf"(?:再|先|都|帮我?|帮忙|麻烦|请|给我|要|得)*{_URGES}\s*{MANY_NAMED}[^\d?吗谁没]{{0,6}}?{END}"),
    row(
        "催办 {n}",
        rf"{MANY_NAMED}{THIS}(?:[^\d?吗谁催盯]{{1,12}}[\s,]+)?(?:再|先|都|也|帮我?|帮忙|麻烦|请|给我|要|得|该|[\s,])*",
        rf"{_URGES}(?:[\u4e00-\u9fff]{{0,6}}?)(?<![过没吗谁]){END}",
    ),
)
# 帮我催一下, 再催催他们: of which, is known by what was quoted or talked of.
URGED_ONE = row(
    "催一下",
    rf"(?:再|先|帮我?|帮忙|麻烦|请|给我|能不能|可以|你|[\s,])*{_URGES}(?:他们|她们|他|她|那边|人)?(?:行吗|吗)?{END}",
)
# All that is late, or waits: 都催一下, 把没接的都催一遍.
URGED_ALL = row(
    "催办",
    r"(?:麻烦|请|帮我?|给我|你|再|先|[\s,])*(?:把|将)?",
    r"(?P<each>(?=.*?(?:都|全|统统|一起|一块|通通|的|挨个|逐个|一个个))",
    r"(?:(?:剩下|其余|其他|余下|上面|刚才|所有|那|这)的?)?(?:[几两些]?[个张件])?",
    rf"(?:已经|都|还)?(?:{_UNDONE})?(?:了|的|工单|单子?|几[个张件])*(?:{_EVERY}|挨个|逐个|一个个)?)(?<!^)",
    rf"(?:给我|帮我|再|先|去|{_EVERY})*(?:{_URGES}|催)(?:一?遍)?{END}",
)
# By a name alone: 催一下小赵, of what they have.
URGED_BY_NAME = row(
    "催办|{who}", rf"(?:再|先|帮我?|帮忙|麻烦|请|给我|你|[\s,])*{_URGES}\s*(?P<who>[\u4e00-\u9fff]{{2,8}}?){END}"
)
# 12都接, 12两个都我接: several numbers, which one finger typed without a blank between them.
RUN_TOGETHER = rf"(?<!\d)(?P<n>\d{{2,4}})(?:号单?|单)?{THIS}(?:{_HOW_MANY})?(?:我们?|咱们?|[\s,])*{_EVERY}"
TAKEN = row("接单 {n}", rf"{MANY_NAMED}{THIS}(?:{_HOW_MANY})?{_EVERY}(?:先|来|去)*(?:接|领|要|包)(?:了|下|过来)*{END}")
COUNTS = {"两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6} | {str(count): count for count in range(2, 7)}
# The answer to which: 2, 2号单, 第二个, 1和2, 都是.
PICKED = (
    r"(?:就|是|那|那就|选|我说的?是?)*(?:第(?P<place>[一二两三四五六1-6])(?:[个张件单条]|个?工单)"
    r"|(?P<n>\d{1,9}(?:\s*(?:号工单|号单|号|单))?(?:(?:[\s,、和跟]|还有)+\d{1,9}(?:\s*(?:号工单|号单|号|单))?)*)"
    rf"|(?P<each>(?:这|那)?{_HOW_MANY}{_EVERY}?|{_EVERY}))(?:都)?(?:是|要)?(?:的|那个|那张|这个|这张|吧|啊|哈)*"
)
PLACES = (
    {sign: place for place, sign in enumerate("一二三四五六", start=1)} | {"两": 2} | {str(n): n for n in range(1, 7)}
)
