"""What is said when the words of a ticket are erased, and when somebody asks for it."""

from __future__ import annotations

SURELY = ("确认抹去", "确认", "确定")
APART = "、"
NUMBER = "{number} 号"

WHICH = "抹去哪一张？请写编号，例如「抹去原话 1043」。"
NOT_OVER = "{number} 号还没办完，办的人还要看原话。办完以后再抹。"
ALREADY = "{number} 号的原话已经抹去了。"
LOST = (
    "{number} 号{also}的原话、照片、录音和办理时写的话都会抹掉，找不回来；编号、类别、地点（不含门牌）和办理经过还在。"
)
SURE = f"{LOST}\n确定的话，回「抹去原话 {{number}} 确认」。"
WHY = {"asked": "报事人要求", "concerned": "话里说到的人要求", "needless": "办完了不用再留"}
WITH_PARTS = "（连同并进来的 {numbers}）"
ERASED = "{number} 号的原话、照片和办理时写的话已抹去。"
TOLD = "{number} 号的原话和照片已经抹去，只留办理经过。"
GONE = "原话已抹去。"

# --- asked for by whoever reported

_THEIRS = r"(?:原话|信息|资料|数据|隐私|记录|说(?:过|的|过的)话|照片)"
ASKS = (
    rf"(?:我|俺|咱)(?:们|家)?的?[^,。!?]{{0,6}}{_THEIRS}[^,。!?]{{0,6}}(?:删|抹|清(?:除|掉|空|了)|销毁)"
    rf"|(?:删|抹|清除|清掉|销毁)(?:掉|除|去|了|一?下)*(?:我|俺|咱)(?:们|家)?的?[^,。!?]{{0,6}}{_THEIRS}"
)
LONGEST = 24  # characters; whoever says more tells something
ASKED = "您报的 {numbers}，已请社区抹去原话和照片，抹好了告诉您。"
NOBODY = "您报的 {numbers}办完了，原话可以抹去，要社区来抹。这里还没有社区的人，请打电话说："
NOTHING_OVER = "您没有办完以后还留着原话的报事。"
STILL_OPEN = "{numbers}还在办，办的人要看原话；办完以后再说一次「删掉我的原话」就行。"
TALK_GOES = "别的聊天不用管，一天内自己就抹掉；您私下问我的，30 天。"
AND_MORE = "{numbers}等 {count} 件"
REQUEST = (
    "有居民想抹去自己报的 {numbers}的原话和照片（个人信息保护法第四十七条）。请先看一眼有没有还要用的，"
    "没有就回「抹去原话 {first}」。"
)
