"""延期 and 定期: more time for what was promised, and the date of a complex case."""

from __future__ import annotations

HOW = "延到什么时候，因为什么？例如「延期 {number} 到周五 等配件」。"
REASON = "延期要写原因，例如「延期 {number} 到周五 等配件」。"
NO_DATE = "{number} 号还没定办结日期，请先说「定期 {number} 9月30日」。"
TOO_LATE = "{number} 号应在 {due} 前办结，已经过了，不能再延期。请尽快办，要帮忙说「求助 {number} 要什么」。"
NOT_LATER = "{number} 号本来就到 {due}，延期要比这个晚。"
MOST = "{number} 号已经延过 {count} 次，不能再延了。长期办不了的说「挂账 {number} 原因」。"
TOO_FAR = (
    "{number} 号最多能延到 {latest}：几次延期加起来，不能比头一次说好的时间还长。长期办不了的说「挂账 {number} 原因」。"
)
GIVEN = "{number} 号的时间是{by}定的，我们这里延不了，请向那边申请。"
PASSED = "{number} 号要延到的 {until} 已经过了，请不同意，让他们重新提。"
GRANTED = "记下了：{number} 号延到 {until}。"
TOLD_ASKER = "{number} 号延期同意了，请在 {until} 前办结。"
TOLD = "您报的 {number} 号要晚几天办好：{reason}。现在说好 {until} 前办完。{waited}对不住，让您多等了。"
CUT = "…"
WAITED = "您已经等了 {days} 天。"

DATE_HOW = "什么时候能办完？例如「定期 {number} 9月30日」。"
DATE_SET = "{number} 号已经说好 {due} 前办完，要改说「延期 {number} 到哪天 原因」。"
DATE_PAST = "{until} 已经过了，请说一个以后的日子。"
DATE_NOW = "记下了：{number} 号 {until} 前办完，已经告诉报事人。"
DATE_GRANTED = "记下了：{number} 号的日期定在 {until}。"
DATE_TOLD_ASKER = "{number} 号的日期同意了，请在 {until} 前办完。"
DATE_TOLD = "您报的 {number} 号比较复杂，现在说好 {until} 前办完，中间有进展会告诉您。"

UNTIL_BEFORE = r"(?:延期|推迟|定)?(?:到|至|在)?\s*$"
UNTIL_AFTER = r"^\s*(?:之前|以前|为止|前|止|之内|以内|内)?"
END_OF_MONTH = r"(?:本|这个?)?月底"
HALF_DAY = r"^的?(?:中午|上午)"
_COUNT = r"(?P<count>\d{1,3}|[一二两三四五六七八九十]{1,3})"
_WEEKS = r"星期(?![一二三四五六日天])|周(?![一二三四五六日年岁末])"
FOR_SO_LONG = rf"(?<![\d第]){_COUNT}\s*个?(?P<unit>工作日|自然日|小时|钟头|天|日|{_WEEKS})"
# How many, of what, and on which clock.
UNITS = {
    "工作日": (1, "days", "working"),
    "小时": (1, "hours", "natural"),
    "钟头": (1, "hours", "natural"),
    **dict.fromkeys(("天", "日", "自然日"), (1, "days", "natural")),
    **dict.fromkeys(("星期", "周"), (7, "days", "natural")),
}
BEHIND_NUMBER = r"{number}(?!\d)\s*(?:号工单|号单|号)?[,，:：\s]*(?:延期|延长|推迟|定期|定日期)?"
# A further number, and whether it begins a day or an hour instead: 3月6日, 3天, 15:00.
NEXT_NUMBER = r"[\s,，、和#]*{number}(?!\d)(?P<day>\s*(?:月|天|日|个|点|时|:|：|/|-|\.|号(?!单|工单)))?(?:号工单|号单)?"
PAUSES = " ，,。；;:："
