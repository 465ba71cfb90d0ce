"""催办 by the office above, and 催 by whoever reported."""

from __future__ import annotations

NUDGED = "已催 {number} 号的{who}。"
NUDGED_LATELY = "{number} 号{who}{ago}催过，先等等回音。"
AGO, JUST_NOW, YOURSELF = "{span}前刚", "刚刚", "您"
TO_HOLDER = "🟡 {unit}催办 {number} 号：{place} {what}，{due} 前要{step}。请说一句「进展」。"
TO_DESK = "🟡 {unit}催办 {number} 号：{place} {what}，{due} 前要接单，请接单。"
STEPS = {"accepted": "联系报事人", "in_progress": "办结"}
NO_DESK = "{number} 号还没有派给谁，请先派单：「转派 {number} 单位」。"
OWN = "{number} 号在您自己手上。"
URGED_STAFF = "{number} 号报事人在催，请尽快联系。"
NOTHING_TO_URGE = "您现在没有在办的报事。哪里有问题，直接说就行。"
NOT_YOURS = "{number} 号不是您报的，报事人自己能催。"
NOT_YOURS_EITHER = "{number} 号不是您报的，也不是您转出去的。急的话请社区来催。"
