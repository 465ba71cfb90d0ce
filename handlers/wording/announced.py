"""停水到几点, 什么时候来电: what households ask of an outage that was announced, and what they hear. On folded text."""

from __future__ import annotations

# Until when, since when, whether at all.
ASKS = (
    r"(?:几点|几时|(?:什么|啥|何)时[候间]?|多[会咋]儿?|多久|多长时间|哪天|几号)[^,。!]{0,6}(?:停|来(?!人|修|师|个|看|收|拉|清)|恢复|通|供|送|结束|能用|$)"
    r"|(?:停|来|恢复|断|结束)[^,。!]{0,6}(?:几点|几时|(?:什么|啥|何)时[候间]?|多久|多长时间|哪天|几号)|(?:水|电|气|暖|网)(?:要|还要|得)?(?:停|几点|什么时候|啥时候)"
    r"|(?:停|断)[水电气暖网]了?(?:吗|么|没有?|不)|是不是[^,。!]{0,4}(?:停|断)[水电气暖网]"
    r"|(?:怎么|为什么|为啥|咋)(?:又|就|还|都)*(?:停|断|没有?|冇)[水电气暖网]"
)
# Of what, where no more than that is asked: 停到几点.
OF_ANY = r"停到|恢复"
THINGS: tuple[tuple[str, str], ...] = (
    ("water", r"(?<![漏渗积污脏臭反返冒滴淹])水(?![管沟井坑淹])"),
    ("power", r"(?<!致)电(?!梯|话|视|影|脑|瓶|动)"),
    ("gas", r"[煤燃停断来通]气"),
    ("heat", r"暖|供热"),
    ("net", r"网"),
    ("lift", r"电梯"),
)
# That it is off, where no more is told.
IS_OFF = (
    r"(?:停|断|没有?|没得|莫得|冇|不来|没来|不出)了?(?:水|电|气|暖|网)|(?:水|电|气|暖气?|网)(?:都|又|还|也|怎么|咋|突然)*(?:停|断|没)(?:了|有|来|$)"
    r"|电梯[^,。!]{0,4}(?:停|不[动走开]|用不了|坏)"
)
# Nobody announced that: 只有我家没电, 跳闸了.
ALONE = r"只有|就我|单(?:单|独)|别(?:人|家|的|户)|邻居|隔壁|对门|楼[上下]|跳闸|不是(?!说|通知)|[?？].*有"
LONGEST = 30  # characters; whoever says more tells something besides
SENTENCES = r"[。!！?？;；\n]+"
ROOM = 70  # characters of what was announced
MORE = "……"
HEAD = r"^\s*【[^】]{1,12}】\s*"
SAID = "{when} 通知过：「{words}」"
SOMETHING_ELSE = "要是不是这回事（比如只有您家停了），说一声，马上登记。"
