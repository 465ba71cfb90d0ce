"""Answers to questions about what an office does. On folded text where patterns stand."""

from __future__ import annotations

import re

ANSWER = "{answer}\n（来源：{source}；{at}更新）"
ANSWER_UNTIL = "{answer}\n（来源：{source}；{at}更新，{until}前有效）"
DAY = "{year}年{month}月{day}日"
WHICH = "您想问的是："
ONE_OF = "{number} {question}"
CHOOSE = "回 1 到 {count} 里的一个数字就行。"
NOT_KNOWN = "这个我没有准话，不敢乱说。您可以问："
NUMBERS = {"1": 1, "2": 2, "3": 3, "一": 1, "二": 2, "两": 2, "三": 3}
CHOICE = re.compile(r"^(?:我(?:想)?问的?是?|选|第)?\s*([123一二三])\s*(?:个|号|条|项)?[。.!~]*$")
# What asks rather than tells.
ASKS = re.compile(
    r"[?？吗么呢]|怎么|怎样|咋|如何|哪|什么|啥|几点|几号|几岁|多少|多久|多大|能不能|可不可以|可以.{0,8}不|要不要|用不用|是不是|有没有|谁"
    r"|请问|咨询|问一?下|问问|想问|办理?|申请|申领|补办|领取|预约|报销|缴费|材料|手续|流程|条件|标准|电话|时间|要带|要钱"
)
