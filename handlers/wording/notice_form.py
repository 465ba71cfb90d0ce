"""The console's form of a notice and its preview: what is said beside fields and after buttons."""

from __future__ import annotations

from collections.abc import Sequence

KINDS = (
    ("ordinary", "普通", "夜里不发；住户可以说不收"),
    ("important", "重要", "夜里不发；标「重要」"),
    ("emergency", "紧急", "夜里也发，谁都收；要写明来源和原因"),
    ("drill", "演练", "第一行写明【演练】"),
)
SAVED = "{number} 号存好了，还没有发。"
TOO_LONG = "太长了，请缩到 {most} 个字以内。"
BAD_MOMENT = "没看懂这个时间，请写成 2026-03-05 09:00 的样子。"
HOLD_OVER = "这个时间已经过了。马上发就空着，不然请改一改。"
ELSEWHERE = "这条通知刚才在别处改过了，现在存着的内容是：\n{text}\n您写的还在下面。要以您写的为准，再按一次。"
BAD_PICTURE = {
    "nothing": "没有收到图片。",
    "too_big": "图片太大了，请换一张 10 MB 以内的。",
    "not_a_picture": "这个文件不是能用的图片，请用 jpg 或 png。",
}
LIST_TOO_LARGE = "名单太大了，请分成几份。"
LIST_UNREADABLE = "名单打不开：请在表格里另存为 CSV 再上传。"
LIST_EMPTY = "名单里一户也没有。每行写一户，例如：梧桐里小区,3,2,501"
LIST_WRONG = "名单有 {count} 行不对，一户也没有采用。请改好再传："
LINE = "第 {line} 行：{why}"
MORE = "……还有 {count} 行"
MOST_LINES = 30
TRIED = "试发给您自己了，请到微信里看看。这一条不算数，别人收不到。"
SHOWN_AGAIN = "按现在的住户重新数过了，半小时内可以确认。"
CHANGED_MEANWHILE = "您看的时候，这条通知改过了。现在是下面这样，请核对了再确认。"
RETURN_WHY = "请写一句哪里要改，拟稿的人好改。"
CONSENT_WHO = "请写上是谁在电话里同意的。"
CONSENT = "电话请示 {who} 同意"


def lines(wrong: Sequence[tuple[int, str]]) -> str:
    """What is wrong with a list, by line."""
    said = [LINE.format(line=number, why=why) for number, why in wrong[:MOST_LINES]]
    more = [MORE.format(count=len(wrong) - MOST_LINES)] if len(wrong) > MOST_LINES else []
    return "\n".join([LIST_WRONG.format(count=len(wrong)), *said, *more])
