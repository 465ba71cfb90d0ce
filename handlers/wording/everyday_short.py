"""1好, 1等料, 1要登高车, 下一个: what somebody types who has gloves on. Rows as in ``everyday``."""

from __future__ import annotations

from handlers.wording.everyday import END, ONE_NAMED, US, row

_NUMBERED = rf"{ONE_NAMED}[\s,:的]*"
_DONE = (
    r"(?:好|[oO][kK]|搞掂|[弄做干办]完了?|[弄修换装清通]好|已经?完成|完成了|搞定了?|妥了?|通了|亮了|结束了?|弄妥了?)"
)
_GOES_ON = (
    r"(?:到|到了|已到|在修|在弄|在办|在搞|在清|在换|没人|没人在|人不在|不在家|等料|缺料|没料|等货|缺货|没货|等件|缺件|等配件|缺配件"
    r"|在路上|路上|堵车|关门|关着|锁着|锁了|进不去|上不去|停电|没电|看了|看过|去了|约了|打了电话)了?"
)
_NEEDS = (
    r"(?:(?:要|需要|得|缺|没有?)(?:一?[个辆台把架])?(?:人(?:手|帮忙|来帮忙|帮|支援)|帮手|登高车|升降车|吊车|挖机|挖掘机|铲车|叉车|抽水(?:泵|车)|吸污车|梯子|长梯|发电机)"
    r"|(?:请|叫|派)(?:个|几个)?人(?:来)?(?:帮忙|支援|帮我|帮一下)|(?:要|求|需要)?(?:支援|帮忙|帮一把|增援)"
    r"|(?:我|一个人)?(?:搞|弄|处理|应付|忙)不(?:定|了|过来|动))"
)
# What is asked first, as everything that a resident would read.
TOLD_SHORTLY = (
    row("办结 {n}", rf"{_NUMBERED}{_DONE}[\s,。!]*"),
    row("求助 {n}|{rest}", rf"{_NUMBERED}{US}?(?P<rest>{_NEEDS})(?:吧|啊|了|呀)?"),
    row("求助|{rest}", rf"{US}?(?P<rest>{_NEEDS})(?:吧|啊|了|呀)?"),
    row("进展 {n}|{rest}", rf"{_NUMBERED}(?P<rest>{_GOES_ON})"),
)
# 下一个, 还有吗: what is left to do; behind a list that was too long its next lines.
WHAT_NEXT = (
    row(
        "查|接着",
        r"(?:那|嗯|好了?|[,\s])*(?:还有(?:没有?|别的|其他的?)?(?:吗|么|啥|什么|没|呢|单子?|工单|活儿?|事|的)*"
        rf"|(?:剩下|其余|其他|后面|余下)的?(?:呢|几[个张件])?|下一[页屏批]|更多|继续看?|接着(?:看|来|说)?|往下看?){END}[?\s]*",
    ),
    row(
        "待办",
        rf"(?:那|嗯|好了?|[,\s])*(?:下一[个单张家件]|接下来|然后)(?:是|去|干|办|该)*(?:哪[个里儿家]?|什么|啥|谁家)?(?:呢)?{END}[?\s]*",
    ),
)
# 1在几楼, 1哪家: where it is.
WHERE_IT_IS = row(
    "查 {n}",
    rf"{_NUMBERED}(?:是|在|到底)*(?:几|哪|什么|啥)(?:一?[个家户层栋楼座幢号里儿]|单元|小区|地方|地址|位置)+(?:楼|的)?{END}[?\s]*",
)
