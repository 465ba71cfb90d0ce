"""The menu under a conversation: what its buttons are called and what each says for the person who taps it."""

from __future__ import annotations

BUTTONS = (("报个事", "报事"), ("查进度", "进度"), ("找人帮", "人工"))
NOTHING = "暂无"  # a line of a platform's form that has nothing to say, which the platform does not let us leave empty
