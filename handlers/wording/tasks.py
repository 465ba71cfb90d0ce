"""任务: what is to be looked at in every grid, as staff say and read it. Nobody is ranked, nobody checks in."""

from __future__ import annotations

ADMISSION = r"[\[【(（]?\s*准入(?:清单|事项)\s*[：:]?\s*(?P<item>[^\]】)）\n]{1,120})[\]】)）]?"
WHEN = r"^\s*(?:请)?(?:在|于)?(?P<when>.{1,24}?)(?:下班)?(?:之前|以前|前|以内|之内|内)(?:完成)?[\s，,：:]*(?P<rest>.+)$"
EVERYBODY = r"^(?:全体|所有|全部|各个|各)网格(?:员|长)?(?:们)?[\s，,：:]*"
WHOM = r"(?P<unit>\S*?)(?:的)?(?:全体|所有|全部|各个|各)?网格(?:员|长)?(?:们)?"
A_GRID = "网格"
A_DATE = r"^\s*\d+\s*(?:月|天|日|点|号前|/|-|\.)"  # a task's number is not followed by these
DONE = (
    r"(?:已经?|都|全部?)?(?:查|检查|完成|办|做|巡查)(?:过|完|好)?(?:了|毕)"
    r"|已(?:查|完成|检查|办|做)|完成|查完|做完|好了|正常"
)
DONE_AT_FIRST = rf"(?:{DONE})(?P<note>(?:[\s，,。：:].*)?)"
FOUND = r"(?:发现|查到|看到|有问题|问题)[\s：:，,]*(?P<what>.*)"
ENDED = r"(?:结束|收回|不用查了|停止|关闭)[。.!！\s]*"

HOW = (
    "要查什么、几时前、谁去？例如「任务 本周五前 全体网格员 检查沿街门店灭火器」。"
    "社区的事可以写上准入清单的条目：「…… 准入清单：消防 3.2」。"
)
PAST = "{due} 已经过了，请写后面的日子。"
NO_GRIDS = "您的范围里没有叫「{name}」的网格。"
NONE_BELOW = "您的范围里没有网格，派不了任务。"
IN_PRIVATE = "派任务请私下对我说，先给您看一遍再发。"
MAY_NOT = "派任务由网格长、社区和街道来做。看自己的说「任务」。"
PREVIEW = (
    "{due} 前，{count} 个网格各查一遍：{what}{admission}\n发给 {people} 位网格员。"
    "对就点「确认任务」，或者说「确认任务 {count}」。"
)
NO_ADMISSION = "\n没有写准入清单的条目。给社区派事要先在清单里，写上「准入清单：…」再发一遍就行。"
ADMISSION_LINE = "\n准入清单：{item}"
CARD_PREVIEW = "确认任务"
CARD_TITLE = "任务 {number}"
CARD_DUE, CARD_GRID, CARD_ADMISSION = "期限", "网格", "准入清单"
BUTTONS = {"task_confirm": "确认任务", "task_done": "查完了"}
NOTHING_TO_CONFIRM = "没有等您确认的任务。要派说「任务 本周五前 全体网格员 检查……」。"
OTHER_COUNT = "现在是 {count} 个网格，和您说的 {said} 个对不上，请再看一遍：\n{preview}"
MADE = "任务 {number} 发出去了：{count} 个网格，{due} 前。说「任务 {number}」看查到哪了。"
MADE_EMPTY = "注意：{names}现在没有人，请另外安排。"

ASKED = (
    "任务 {number}（{unit}）：{what}{admission}\n{due} 前查完。查完点一下，或说「完成任务 {number}」；"
    "发现问题说「任务 {number} 发现 哪里、什么事」，就立成工单。"
)
NO_SUCH = "没有 {number} 号任务。看有哪些说「任务」。"
NONE = "现在没有任务。"
LIST_HEAD = "没结束的任务 {count} 个："
LIST_LINE = "任务 {number} · {due} 前 · {what}{mine}"
LIST_MINE = {"open": " · 您还没查", "done": " · 您查完了"}
MOST = 10
STATE = "任务 {number}：{what}{admission}\n{due} 前 · {done}/{all} 个网格查完 · 发现问题 {found} 件{ended}"
STATE_ENDED = " · 已结束"
STATE_LINE = "{unit} {done}/{all}"
STATE_MINE = {"open": "您的{unit}还没查。", "done": "您的{unit}查完了。"}
NOT_YOURS = "任务 {number} 里没有您的网格。"
DONE_NOW = "记下了：任务 {number}，{units}查完了。辛苦了。"
DONE_ALREADY = "任务 {number}，{units}已经查完了。"
ENDED_ALREADY = "任务 {number} 已经结束了。"
WHICH = "您手上没查完的任务不止一个，请带上编号，例如「完成任务 {number}」。"
NOTHING_OPEN = "您手上没有没查完的任务。"
FOUND_HOW = "发现了什么？例如「任务 {number} 发现 东风路18号灭火器过期」。"
FOUND_NOT_HEARD = "没听出是什么事，请写明哪里、什么问题，例如「任务 {number} 发现 东风路18号灭火器过期」。"
FOUND_NOW = "{tickets} 号记在任务 {number} 下面（专项）。其余的查完了再说「完成任务 {number}」。"
END_NOW = "任务 {number} 结束了：{done}/{all} 个网格查完，发现问题 {found} 件。没查的不再提醒。"
END_NOT_YOURS = "任务 {number} 由{owner}派的，要结束请找他。"
TOLD_ENDED = "任务 {number} 结束了，{unit}不用再查。"
ALL_DONE = "任务 {number} 都查完了：{all} 个网格，发现问题 {found} 件。"
DUE = "任务 {number} 到期了：{done}/{all} 个网格查完，发现问题 {found} 件。\n{lines}\n要收就说「结束任务 {number}」。"
REMIND_HEAD = "还没查完的任务 {count} 个："
REMIND_LINE = "任务 {number} · {due} 前 · {units}：{what}"
REMIND_FOOT = "查完说「完成任务 {number}」。"
AND = "、"
PAUSES = " ，,：:。"
SPECIAL = "专项：任务 {number}"
