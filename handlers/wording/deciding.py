"""同意, 不同意: what is asked of the level above, how it is decided, and what the days really waited are called."""

from __future__ import annotations

# what is asked for
WANTED = {"return": "退单", "extension": "延期", "suspension": "挂账", "date": "定期"}
ASKED = "{number} 号的{what}已报给{judge}，请他们在 {due} 前定。没定下来之前还归您这边，时限照走。"
PENDING = "{number} 号的{what}还在等{judge}定，先等这一件定下来。"
NOBODY = "上面没有能定这件事的人，请找管理员把人设好，急的话直接打电话给上一级。"
ONE_BY_ONE = "请一张一张来，例如「{word} {number} …」。"
NO_DESK = "派单的人"
NOT_YOUR_DESK = "{number} 号在{desk}手上，要由{desk}来说。"

# the question, to whoever decides
CARD_TITLE = "{number} 号 · 请您定：{what}"
CARD_ASKER, CARD_CODE, CARD_ARTICLE, CARD_SAME, CARD_OWNER = "谁提的", "原因", "依据", "说是重复", "建议归"
CARD_UNTIL, CARD_LOOK, CARD_DUE, CARD_WAITED = "到", "下次回看", "请在此前定", "居民已等"
DAYS = "{days} 天"
NO_OWNER = "请您定"
QUESTION = "{number} 号（{place} {what}）{asker}申请{wanted}，请您在 {due} 前定。"
QUESTION_UP = "{number} 号（{place} {what}）{asker}申请{wanted}，{below}没有按时定，现在请您在 {due} 前定。"
QUESTION_QUARREL = "{number} 号（{place} {what}）{asker}申请{wanted}，{below}不同意，请您在 {due} 前定，定了就算数。"
QUESTION_REASON = "说明：{reason}"
QUESTION_OWNER = "要给别的单位，同意的时候写上，例如「同意 {number} 供电所」。"
ALARM = "🔴 {number} 号（{place} {what}）{asker}申请{wanted}，一直没人定，已经报到最上面。请马上定：同意，还是不同意。"
ALARM_ALL = "🔴 {number} 号的{wanted}从下到上都没人定，请{judge}马上定。"

# the answer
NOTHING = "现在没有等您定的事。"
NOTHING_ON = "{number} 号现在没有等人定的事。"
NOT_YOURS = "{number} 号的{what}要由{judge}来定。"
NOT_OWN = "{number} 号的{what}是您自己提的，要由别人来定。"
ALREADY = "{number} 号的{what}，{name}已经定了：{verdict}。"
VERDICT = {"granted": "同意", "refused": "不同意", "taken_back": "不用再定了"}
MOVED_ON = "{number} 号已经是{status}，这件事不用再定了。"
WHICH = "等您定的不止一件：{numbers}。请带上编号，例如「同意 {first}」。"
AGREED = "记下了：同意 {number} 号{what}。"
DISAGREED = "记下了：不同意 {number} 号{what}。"
TOLD_AGREED = "{number} 号的{what}，{judge}同意了。"
TOLD_DISAGREED = "{number} 号的{what}，{judge}不同意{reason}，还请您这边接着办，时限不变。"
TOLD_FINAL = "{number} 号的{what}，{judge}不同意{reason}，这是最后的决定，请您这边接着办，时限不变。"
TOLD_QUARREL = "{number} 号的退单，{below}不同意{reason}，已请{judge}来定。没定下来之前还归您这边。"
PASSED_UP = "记下了：不同意。街道和部门说法不一，已请{judge}来定，定了就算数。"
REASON = "：{reason}"
STAMP = {True: "已同意", False: "已不同意"}
STAMP_ASKED = "已报上一级"
BUTTONS = {"agree": "同意", "disagree": "不同意"}

# 待办 shows what waits for somebody's word, and how long somebody has waited already
TODO_HEAD = "等您定的 {count} 件："
TODO_LINE = "⚖ {number} {what} · {wanted} · {due} 前定"
STATUS_WAITED = "您已经等了 {days} 天。"

# on the page of a ticket
PAGE_ASKED = "{what}：等{judge}定，{due} 前"
