"""Where one message of staff begins to speak of another ticket, and what is said to it."""

from __future__ import annotations

from handlers.wording.everyday import MANY

THEN = r"(?:(?:然后|再就是|再有|再|另外|还有|以及|并且|同时|至于|对了|那|而|最后)[,\s]*)*"
CALLED = r"(?!.*[不别没])[\u4e00-\u9fff]{1,4}[,，:：\s]+(?=#?\d)"  # 书记，1号修好了
APART = r"(?:[\s,，、;；。!！]|和(?=#?\d)|跟(?=#?\d)|及(?=#?\d)|还有(?=#?\d))+"
SIGNS = " \t\r\n,，、;；。!！"
STRONG = r"[\n,，;；。!！]"
# 1、楼道灯坏了 is a point of a list, 1.5 and 12:30 are no tickets
NUMBER = rf"(?:{MANY})(?!\s*[.．)）]|、(?!\d)|:\d)"
ALONE = rf"{NUMBER}[\s,、;。!和跟及]*"
THE_REST = r"(?:剩下|其余|其他|余下)的?[^,。]{0,8}(?:接|归|包|领|要)"
A_DATE = r"#?\d{1,2}号"
ASKED_OF_EACH = "您是不是要{says}？是的话回「是」。"
SAY = "「{say}」"
UNCLEAR = "{numbers} 号没动：「{said}」没看懂，或者现在不能这样办。请单独再说一句，比如「进展 {first} 下午去」。"

# What colleagues say of their other work (报表弄好了), which is of no ticket.
PAPERS = r"材料|报表|表格?[填做交]|资料|文件|截图|台账|系统|会议|总结|照片|发[你群我]|饭|红包"
NOT_ACCEPTED = r"没接|没有?人接|未接|待接"  # of all that is urged or given away, only that
NOT_GIVEN = r"没派|待派|未派"
LATE = r"超时|逾期|超期"
NOT_OURS = "非本单位职责，建议转{who}"
