"""Did you mean, and the call to a colleague by name."""

from __future__ import annotations

MEANT = "您是不是要「{say}」？是的话回「是」。"
MEANT_WHEN = "您是不是要「{say}」（{when}）？是的话回「是」。"
CUT = "…"
ONE_BY_ONE = "「{word}」要一张一张说，回一个编号就行：{numbers}。"
APART = "、"
LEFT = "好的，那就不办。"
# Behind the number when a colleague is called: 看一下, 麻烦处理, 归你.
PLEASE = (
    r"^(?:[\s,，。:：]*(?:这个|这张|这单|工单|号|你|您|请|麻烦|辛苦|帮忙|帮|给|先|去|来|快|也))*[\s,，]*"
    r"(?:看|瞧|处理|办|跟|接|弄|管|修|查|负责|归你|归您|交给你|转给你|是你|是您|你的|您的|$)"
    r"|^[^?？吗谁]{0,8}(?:麻烦|辛苦|帮忙|拜托)(?:你|您)?们?(?!了|啦|$)[^?？吗]"
)
NUMBER_LAST = r"(?P<said>\D{2,8}?)\s*#?(?P<number>\d{1,9})\s*(?:号工单|号单|号|单)?"  # 收到1号
EVERYBODY = frozenset({"所有人", "全体成员", "全体", "all", "大家"})
