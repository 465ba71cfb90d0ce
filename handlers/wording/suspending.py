"""挂账, 恢复 and 回看: what cannot be done for the time being, and is looked at again and again."""

from __future__ import annotations

ASK_CODE = (
    "{number} 号为什么一时办不了？点一个，或者回："
    "等资金、等改造项目、产权不清、居民意见不一、等外单位、等天气、等材料设备。不挂了回「不用」。"
)
IN_PRIVATE = "{number} 号的挂账我私下问您。"
KEPT = "好的，{number} 号不挂账。"
GRANTED = "记下了：{number} 号挂账，{look} 回看。挂账不算办好，居民的等待天数照算。"
TOLD_ASKER = "{number} 号挂账同意了，{look} 会请您回看。中间能办了就说「恢复 {number}」。"
TOLD = (
    "您报的 {number} 号一时办不了：{reason}。我们没有忘，{look} 会再看一次，结果告诉您。"
    "{waited}随时可以说「进度 {number}」。"
)
WAITED = "您已经等了 {days} 天，对不住。"

RESUMED = "{number} 号恢复办理了{due}，还是您负责，已经告诉报事人。"
RESUMED_OTHER = "{number} 号恢复办理了{due}，已经告诉经办的人和报事人。"
RESUMED_DUE = "，请在 {due} 前办结"
RESUMED_LATE = "，{due} 前就该办结，已经超时，请尽快办好"
RESUMED_DATE = "，请在 {due} 前说好哪天办完（定期 {number} 日期）"
RESUMED_HOLDER = "{number} 号恢复办理了{due}，还请您接着办。"
TOLD_RESUMED = "您报的 {number} 号可以办了，{holder}接着办{due}。{waited}"
TOLD_DUE = "，最迟 {due}"
TOLD_LATE = "，已经晚了，正在抓紧"
SEVERAL_WHY = "几张一起挂账，请把原因写在后面：{reasons}，例如「挂账 1 2 缺资金」。"
NOT_SUSPENDED = "{number} 号没有挂账，不用恢复。"

_HOW = "还不能办，说「回看 {number} 仍不能办」；可以办了，说「恢复 {number}」。"
LOOK = "{number} 号（{place} {what}）挂账到回看的日子了：{reason}，居民已等 {days} 天。" + _HOW
LOOK_AGAIN = "{number} 号（{place} {what}）挂账该回看了，还没有人看：{reason}，居民已等 {days} 天。" + _HOW
LOOK_TITLE = "{number} 号 · 挂账回看"
LOOK_WHICH = "看了怎么样？" + _HOW
LOOKED = "记下了：{number} 号仍不能办，下次 {look} 回看，已经告诉报事人。"
TOLD_LOOKED = "您报的 {number} 号又看过一次，还是办不了：{reason}。下次 {look} 再看。您已经等了 {days} 天，对不住。"
STILL = ("仍不能", "还不能", "仍办不了", "还办不了", "还是不行", "不能办", "办不了", "仍然不能")
CAN = ("可以办", "能办了", "能办", "可以了")
BUTTON_STILL, BUTTON_CAN = "仍不能办", "可以办了"
STATUS = "一时办不了，先挂着：{reason}。下次 {look} 回看"
EXPLAINED = "现在挂账：{reason}。{look} 回看。"
