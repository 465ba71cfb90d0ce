"""What staff teach: another category, no report after all, a report after all."""

from __future__ import annotations

TO_WHICH = "{number} 号改成哪一类？例如「改类 {number} 排水污水」。共有：{names}。"
WHICH_CATEGORY = "{number} 号改成哪一类？回类别的名字就行，例如「排水污水」；不改了回「不用」。共有：{names}。"
UNKNOWN = "没有「{word}」这一类。共有：{names}。"
MEANT_ONE = "没有「{word}」这一类，您是不是要「{name}」？是的话回「是」，或者说「改类 {number} {name}」。"
MEANT_SOME = "没有「{word}」这一类，您是不是要：{names}？说「改类 {number} {first}」这样就行。"
KEPT = "好的，{number} 号还是{what}。"
SAME = "{number} 号本来就是{what}。"
CHANGED = "{number} 号改成{what}了，时限不变。"
CHANGED_AND_MOVED = "{number} 号改成{what}了，转给{unit}，时限不变（{due}）。"
CHANGED_NO_DESK = "{number} 号改成{what}了，没有对应的责任单位，请派单（转派 {number} 单位），时限不变。"
HOLDER_MOVED = "{number} 号改成{what}了，已转给{unit}，您不用再办。"
NOBODYS = "待派单"
BEFORE_A_CATEGORY = "成为到是：: "

TAKEN_DOWN = "{number} 号不算报事，已经撤下。弄错了说「是报事 {number}」。"
TAKEN_DOWN_ALREADY = "{number} 号已经撤下了。弄错了说「是报事 {number}」。"
TOLD_TAKEN_DOWN = (
    "您说的「{said}」登成了 {number} 号，社区看了，觉得不是要处理的事，先撤下了。要是真有事，直接再说一遍，"
    "会马上登记；想找人说「人工」，或打 12345。"
)
TOLD_TAKEN_DOWN_BARE = (
    "您报的 {number} 号，社区看了，觉得不是要处理的事，先撤下了。要是真有事，直接再说一遍，会马上登记；"
    "想找人说「人工」，或打 12345。"
)
TOLD_JOINED_TAKEN_DOWN = "{number} 号社区看过，先撤下了。您家还有事，直接说一遍就行；想找人说「人工」，或打 12345。"
HOLDER_TAKEN_DOWN = "{number} 号不算报事，已经撤下，您不用再办。"
STAMP_TAKEN_DOWN = "不是报事，已撤下"

PUT_BACK = "{number} 号恢复了，等{unit}接单，时限不变（{due}）。"
TOLD_PUT_BACK = "您报的 {number} 号又接着办了，有人接手会告诉您。"
OPENED_FOR = "已立单 {numbers}，替说这句话的人登记的。类别不对说「改类 编号 类别」。"
OPEN_ALREADY = "这句话已经立单了，是 {number} 号。"
QUOTE_IT = "请引用那句话再说「是报事」；在群里看到的，也可以把原话转给我，再说「是报事」。"
GONE = "那句话已经不留了。请把原话再发给我一遍，接着说「是报事」。"
NOT_HERE = "那个群不在您的范围，请那个小区的网格员或社区来操作。"
"""So much of what was said stands in the line to the reporter."""
LONGEST_SAID = 20
