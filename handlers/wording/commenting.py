"""留言: what people of the place say about a ticket."""

from __future__ import annotations

WHAT = "请写上要说的，例如「留言 1043 楼下两家也在漏」。"
NOTED = "{number} 号记下了，已告诉经办的人，谢谢。"
TOLD = "{number} 号{who}留言：{said}"
