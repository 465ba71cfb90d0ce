"""代报 and 巡查: staff tell of a trouble for somebody who cannot, or of what they found themselves."""

from __future__ import annotations

PROXY_HOW = "替谁报、在哪儿、怎么了，例如「代报 3号楼张阿姨家漏水 13800000000」；不知道电话就不写。"
NOTHING_HEARD = "没听出要办的事，没有登记。在哪儿、怎么了，再说一句，例如「{example}」。"
REPORTED = "替居民登记了，编号 {number}（{what}{place}），最迟{due} 有人接手。{hears}"
PLACE = "，{place}"
EMERGENCY = "🔴紧急！先打 119、110、120，再去看人。"
MERGED = "已经有人报过，并入 {number} 号，替这家也记上了。{hears}"
HEARS = "有进展会直接告诉报事人。"
HEARS_NOTHING = "报事人收不到消息，有进展门口会请办的人打电话或上门告诉他。"
TOLD = "{name}替您报的事登记了，编号 {number}，最迟{due} 有人接手，有进展告诉您。"
CALL = "报事人电话：{phone}"
PHONE = r"(?<!\d)(?:\+?86[- ]?)?(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})(?!\d)|(?<![\d-])(0\d{2,3})-?(\d{7,8})(?!\d)"
PHONE_WORDS = r"[\s,，。;；]*(?:(?:电话|手机|联系电话|号码|[:：是])[\s:：是]*)?$"

FOUND_HOW = "看到什么、在哪儿，例如「巡查 3号楼消火栓没水」。"
FOUND = "现场就能弄好的，拍张照片再说「办结 {number}」，直接结案，算自查自结。"
SELF_HANDLED = "{number} 号办结了，自查自结，单独统计。"

HOTLINE, HOTLINE_WORD = "热线", "代报 热线"
HOTLINE_SAID = (
    r"热线(?:工单|单)?[\s:：]*(?:编号)?[\s:：]*(?P<number>[A-Za-z0-9][A-Za-z0-9\-_/]{0,59})"
    r"[\s,，]+(?:(?:截止|时限|期限|限时|限)(?:时间|到)?[\s:：]*|(?=\S{1,5}(?:工作日|小时|天|日|周)(?:之?内|[\s,，])))(?P<rest>\S.*)"
)
HOTLINE_HOW = "热线的单要有编号、截止时间和内容，例如「代报 热线 A-1043 截止 3月5日 17:00 三号楼门口路灯不亮」。"
HOTLINE_PAST = "{due} 已经过了，截止时间请再看一下。"
HOTLINE_TAKEN = "热线 {order} 登记了，编号 {number}（{what}），截止 {due}，按热线的时间算，不会变。"
HOTLINE_KNOWN = "热线 {order} 已经登记过了，是 {number} 号。"
HOTLINE_KNOWN_ELSEWHERE = "热线 {order} 已经登记过了。"
