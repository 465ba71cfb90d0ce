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
KIND_SAID = re.compile(
    rf"^(?:就|选|发|要|是|那|第)*(?P<kind>{'|'.join(KIND_WORDS)}|[1-4一二三四])[.、:：号)）]?(?:普通|重要|紧急|"
    rf"演练|通知|种|个|的|吧|类|型|呗)*$"
)
KIND_NUMBERS = ("ordinary", "important", "emergency", "drill")  # 1 2 3 4 as they are offered
DIGITS = "1234一二三四"

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
            r"(?:红色|橙色|黄色|蓝色)预警|(?:台风|暴雨|暴雪|大风|雷电|寒潮|高温|冰雹|大雾|沙尘|洪水|山洪|地质灾害|"
            r"强对流)"
            r"(?!.{0,4}(?:过后|以后|善后))|防汛|地震|龙卷风"
        ),
        "weather",
    ),
)
# 不停水 and 不用停电 are no outage.
NOT_PASSED_ON = re.compile(r"(?:不|没有?|未|不会|不用|无需|避免|防止)(?=停水|停电|停气|停暖|断水|断电|断网)..")
# 来源：… at the end of the words, or a line or bracket of its own.
SOURCE = re.compile(
    r"[\s。；;，,]*[（(【\[]?(?:消息来源|信息来源|来源|"
    r"发布单位)[:：]\s*(?P<source>[^\n（(【\[]{2,200}?)[）)】\]]?[。.\s]*$"
)
LINK = re.compile(r"https?://[^\s，。；、）)】」]{4,480}")
# 到 … 为止, … 前: one moment that ends it.
UNTIL_BEFORE = re.compile(r"(?:到|至|截止到?|截至|截止时间|有效期到?)[:：]?\s*$")
UNTIL_AFTER = re.compile(r"^\s*(?:前|之前|以前|为止|止|截止|结束)")
END_OF_DAY = " 24:00"
UP_TO = frozenset({"", "到", "至", "截止到", "截至", "截止"})

NONE = frozenset(
    [
        *(
            "没有",
            "无",
            "不用",
            "不用了",
            "没",
            "不要",
            "不要了",
            "不需要",
            "跳过",
            "下一步",
            "没了",
            "就这些",
            "好了",
            "没有了",
        ),
        *("没有图片", "没有图", "不用图片", "无图片", "没有语音", "没有链接", "都没有", "啥也没有", "什么都没有"),
        *("没有别的", "没有其他的", "没别的了"),
    ]
)
NO_END = NONE | frozenset({"没有期限", "长期", "不限", "一直有效", "无期限", "长期有效"})
RIGHT = frozenset({"对", "是", "是的", "对的", "可以", "好", "好的", "行", "没问题", "正确", "ok", "嗯"})
# 上一步 and its like; 改一下内容 goes back to that very question.
BACK = re.compile(
    r"^(?:我)?(?:想|要)?(?:返回|退回|回到?|退)?(?:到)?(?:上一步|前一步|上一个|上一条|上面)(?:吧|去)?$|^(?:返回|"
    r"回去|后退|倒回去|退回去)$"
    r"|^(?:不对|哎呀|刚才|我|啊)*[,，]?(?:写|说|打|填|选|发|弄|搞)错(?:了|啦)+$|^(?:重来|重写|重新写|重新填|改一下|"
    r"我?要改|改改)(?:吧|一下)?$"
)
GO_TO = re.compile(
    r"^(?:我)?(?:想|要)?(?:修改|更改|改|重写|重新写|重填|重新选|换)(?:一下|个)?(?:通知)?的?(?P<what>内容|文字|种类|"
    r"类型|图片|语音|链接|有效期|时间|期限|来源|原因|发给谁|对象|范围)(?:吧|写错了)?$"
)
STEPS = {
    **dict.fromkeys(("内容", "文字"), "text"),
    **dict.fromkeys(("种类", "类型"), "kind"),
    **dict.fromkeys(("图片", "语音", "链接"), "extras"),
    **dict.fromkeys(("有效期", "时间", "期限"), "until"),
    **dict.fromkeys(("发给谁", "对象", "范围"), "audience"),
    "来源": "source",
    "原因": "reason",
}
LEAVE = re.compile(
    r"^(?:算了|那|还是|先)*[,，]?(?:不|别|不用|不想|不要|先不|暂时不|暂时先不)(?:发|写|弄|搞|通知|发通知|"
    r"写通知)?(?:了|吧|啦|它)+$"
    r"|^(?:那)?(?:算了|算了吧|取消|取消吧|取消了|退出|作废|取消(?:\d+号?)?(?:这条)?通知|删了吧?|删掉|不要这条了|"
    r"不发这条了)$"
)
WAIT = re.compile(
    r"^(?:你|请)?(?:先)?(?:等|稍等|等等|稍等会儿?|等会儿?|等一会儿?|等一等|等一下|稍候|且慢|慢着)(?:我|啊|哈|吧|"
    r"一下|再说)*"
    r"[,，]?(?:我)?(?:先|再)?(?:想想|想一想|想一下|看看|问问|问一下|确认一下|核实一下|查一下|去问问|"
    r"考虑一下)?(?:吧|啊|哈)?$"
    r"|^(?:让?我)(?:先|再)?(?:想想|想一想|想一下|问问|问一下|确认一下|核实一下|查一下|去问问|考虑一下)(?:吧|啊|哈|"
    r"再说)?$|^(?:先放着|先放一放|先存着|回头再写|晚点再写|待会儿?再写|等会儿?再写)(?:吧)?$"
)
# What stays as it was answered before.
KEEP = RIGHT | frozenset(
    ["不变", "不改", "不改了", "不用改", "不用改了", "没变", "就这样", "照旧", "一样", "跳过", "下一步", "保持不变"]
)

# What a short notice begins with: 通知 …, 发紧急通知 …, 通知 紧急：…
BEGINNING = re.compile(
    r"^(?:发|写|提议)?(?P<kind>重要|紧急|演练)?通知[\s\u3000,，:：、]*(?:(?P<more>普通|重要|紧急|演练)[\s\u3000,，"
    r":：、]+)?"
)
AT = re.compile(r"^[@＠](?P<whom>[^\s\u3000@＠]+)[\s\u3000]*")

MORE_FOLLOWS = (",", "，", "、")
# 修改 3 …, and 修改 3 有效期 …: one field instead of the words.
EDITED = re.compile(r"^[\s\u3000#号:：]*\d{1,9}\s*(?:号通知|号|通知)?[\s\u3000,，:：]*(?P<words>[\s\S]*)$")
FIELD = re.compile(
    r"^(?P<field>有效期|期限|来源|原因|发给|链接|种类|改成|定时|几点发|群里)(?:改成|改为|改到|是|到)?"
    r"(?P<apart>[\s\u3000:：,，]*)(?P<words>[\s\S]+)$"
)
# Glued to its word (发给3号楼) it is a field where it is short and read as one; 来源不明的快递 … are words.
GLUED = 24  # characters
SENTENCE = re.compile(r"[；;。]|请|不[明要能得]|改到|改为|改在|取消|暂停")

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
LOOSE_SIGNS = frozenset({"号", "#"})  # 3号 is a day as well
# 在3号楼集合, 3号楼门口: where something is, and not whom it is about.
IS_WHERE_BEFORE = re.compile(r"(?:在|到|去|于|至|从|往|经|地点|位于)[:：\s]*$")
IS_WHERE = re.compile(
    r"^(?:一|二|三|四|1|2|3)?(?:楼|层)?(?:门口|门前|门厅|大厅|楼前|前|旁|边|后|侧|东|西|南|北|对面|附近|架空层|"
    r"活动室|会议室|广场|空地)"
)
_SIGN = r"(?:号楼|栋|幢|座|#|号)"
RANGE = re.compile(rf"(?P<from>\d{{1,3}}){_SIGN}?\s*(?:-|~|—|到|至)\s*(?P<to>\d{{1,3}}){_SIGN}")
ENTRANCE = re.compile(r"^(?P<entrance>\d{1,2}|[一二三四五六七八九十东西南北中])单元")
SIGNS = r"(?:号楼|号院|栋|幢|座|单元|室|户|号|#)$"
SEEN_OF = re.compile(r"(?:看过|看了|已看|已看过|读过)(?:了)?\s*(?P<number>\d{1,9})\s*号?(?:通知)?(?:的|过的)?")
UNSEEN_OF = re.compile(r"(?:没有?看过?|没有?读过?|未看|未读|还没看|没看到)\s*(?P<number>\d{1,9})\s*号?(?:通知)?(?:的)?")
# 通知 全体网格员下午开会: for colleagues, who read no notice. 网格员明天上门登记 is for households.
FOR_COLLEAGUES = re.compile(
    r"(?:请|让|叫)?\s*(?:(?:全体|各位?|所有|全部|每个|咱们)+的?(?:社区)?(?:网格[员长]?|工作人员|同事|楼栋?长|值班员|社区干部|物业人员)|网格[员长](?:们|[和、跟](?:楼|网格|值班|同事)))"
)
