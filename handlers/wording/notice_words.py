"""What is recognised in the words of a notice, and what people call its kinds and audiences."""

from __future__ import annotations

import re

KINDS = {"ordinary": "普通", "important": "重要", "emergency": "紧急", "drill": "演练"}
# How a kind is said in front of the words: 紧急通知 …, or as an answer.
KIND_WORDS = {
    "普通": "ordinary",
    "普通通知": "ordinary",
    "一般": "ordinary",
    "平常": "ordinary",
    "重要": "important",
    "重要通知": "important",
    "紧急": "emergency",
    "紧急通知": "emergency",
    "应急": "emergency",
    "演练": "drill",
    "演练通知": "drill",
    "演习": "drill",
}
KIND_NUMBERS = ("ordinary", "important", "emergency", "drill")  # 1 2 3 4 as they are offered

# What somebody else decided and the office only passes on: whose word it is must stand in it. Each with the field of
# the department that usually says so.
PASSED_ON = (
    (re.compile(r"停水|断水|限水|水压|水质|复水|来水"), "water"),
    (re.compile(r"停电|断电|限电|跳闸检修|送电"), "power"),
    (re.compile(r"停气|断气|燃气(?:检修|改造|停供|置换)|通气点火"), "gas"),
    (re.compile(r"停暖|停热|停止供暖|停止供热|试暖|打压注水"), "heating"),
    (re.compile(r"停网|断网|网络(?:割接|中断)"), "network"),
    (
        re.compile(
            r"(?:红色|橙色|黄色|蓝色)预警|(?:台风|暴雨|暴雪|大风|雷电|寒潮|高温|冰雹|大雾|沙尘|洪水|山洪|地质灾害|强对流)"
            r"(?!.{0,4}(?:过后|以后|善后))|防汛|地震|龙卷风"
        ),
        "weather",
    ),
)
# 不停水 and 不用停电 are no outage.
NOT_PASSED_ON = re.compile(r"(?:不|没有?|未|不会|不用|无需|避免|防止)(?=停水|停电|停气|停暖|断水|断电|断网)..")
# 来源：… at the end of the words, or a line or bracket of its own.
SOURCE = re.compile(
    r"[\s。；;，,]*[（(【\[]?(?:消息来源|信息来源|来源|发布单位)[:：]\s*(?P<source>[^\n（(【\[]{2,200}?)[）)】\]]?[。.\s]*$"
)
LINK = re.compile(r"https?://[^\s，。；、）)】」]{4,480}")
# 到 … 为止, … 前: one moment that ends it.
UNTIL_BEFORE = re.compile(r"(?:到|至|截止到?|截至|截止时间|有效期到?)[:：]?\s*$")
UNTIL_AFTER = re.compile(r"^\s*(?:前|之前|以前|为止|止|截止|结束)")
END_OF_DAY = " 24:00"
UP_TO = frozenset({"", "到", "至", "截止到", "截至", "截止"})

NONE = frozenset(
    ["没有", "无", "不用", "不用了", "没", "不要", "不需要", "跳过", "下一步", "没了", "就这些", "好了", "没有了"]
)
NO_END = NONE | frozenset({"没有期限", "长期", "不限", "一直有效", "无期限", "长期有效"})
RIGHT = frozenset({"对", "是", "是的", "对的", "可以", "好", "好的", "行", "没问题", "正确", "ok", "嗯"})
BACK = frozenset({"上一步", "返回", "回上一步", "退回上一步"})
LEAVE = frozenset({"取消", "不发了", "不写了", "算了", "退出", "作废", "取消通知"})

# What a short notice begins with: 通知 …, 发紧急通知 …, 通知 紧急：…
BEGINNING = re.compile(
    r"^(?:发|写|提议)?(?P<kind>重要|紧急|演练)?通知[\s\u3000,，:：、]*(?:(?P<more>普通|重要|紧急|演练)[\s\u3000,，:：、]+)?"
)
AT = re.compile(r"^[@＠](?P<whom>[^\s\u3000@＠]+)[\s\u3000]*")

MORE_FOLLOWS = (",", "，", "、")
# 修改 3 …, and 修改 3 有效期 …: one field instead of the words.
EDITED = re.compile(r"^[\s\u3000#号:：]*\d{1,9}\s*(?:号通知|号|通知)?[\s\u3000,，:：]*(?P<words>[\s\S]*)$")
FIELD = re.compile(
    r"^(?P<field>有效期|期限|来源|原因|发给|链接|种类|改成|定时|几点发|群里)(?:改成|改为|改到|是)?[\s\u3000:：,，]+(?P<words>[\s\S]+)$"
)

# --- audiences

EVERYBODY = frozenset(
    [
        "全体",
        "所有人",
        "全部",
        "大家",
        "全体住户",
        "全体居民",
        "所有住户",
        "所有居民",
        "每一户",
        "全社区",
        "全街道",
        "全小区",
        "都发",
    ]
)
TAGS_FILE = "notice_tags.toml"
JOINED = re.compile(r"[\s,，、;；。.和及与跟加]|还有|以及")  # what stands between two names
IN_BETWEEN = re.compile(
    r"^(?:的|里的?|内的?|中的?|发给|给|通知|请|住户|居民|人家|人|户|家|业主|们|那些|所有|全部|全体)+"
)
BUILDINGS = re.compile(r"(?P<one>\d{1,3}|[A-Za-z]|[一二三四五六七八九十]{1,3})(?P<sign>号楼|号院|栋|幢|座|#|号)")
_SIGN = r"(?:号楼|栋|幢|座|#|号)"
RANGE = re.compile(rf"(?P<from>\d{{1,3}}){_SIGN}?\s*(?:-|~|—|到|至)\s*(?P<to>\d{{1,3}}){_SIGN}")
ENTRANCE = re.compile(r"^(?P<entrance>\d{1,2}|[一二三四五六七八九十东西南北中])单元")
SIGNS = r"(?:号楼|号院|栋|幢|座|单元|室|户|号|#)$"
SEEN_OF = re.compile(r"(?:看过|看了|已看|已看过|读过)(?:了)?\s*(?P<number>\d{1,9})\s*号?(?:通知)?(?:的|过的)?")
UNSEEN_OF = re.compile(r"(?:没有?看过?|没有?读过?|未看|未读|还没看|没看到)\s*(?P<number>\d{1,9})\s*号?(?:通知)?(?:的)?")
