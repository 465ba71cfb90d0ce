"""督办意见: what inspectors, handlers and the level above read of it."""

from __future__ import annotations

WHAT = "请写上督办意见，例如「督办 1043 请今天内上门」。"
NOTED = "{number} 号的督办意见记下了，已告诉{who}。"
ALREADY = "{number} 号这条督办意见已经记过了。"
TOLD = "🔴 {number} 号有督办意见：{said}。请说一句「进展」。"
IN_GROUP = "🔴 {number} 号有督办意见，内容私下看：对门口说「查 {number}」。"
LOOK = "督办意见（{at}）：{said}"
AND = "、"
MOST = 3  # of the newest, in 查
