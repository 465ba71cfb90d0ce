"""值班, 带班, 请假, 交班: what staff say and read of who is there."""

from __future__ import annotations

import re

FAMILIAR = "小老"  # 小赵, 老周: how colleagues call each other
AND = "、"
NOBODY = "没找到同事「{name}」，请写全名。"
SEVERAL = "叫「{name}」的不止一位：{people}，请写全名。"
NOT_ACTIVE = "{name}已经不在岗了。"

# --- 值班表
DUTY_HELP = "谁什么时候值班？例如「{word} 今晚 20:00-08:00 小赵」「{word} 周六 小钱」。看表说「值班表」。"
DAY = "{month}月{day}日"
PARTS = {"duty": "值班", "leader": "带班"}
WRONG_STRETCH = "时间不对：结束要在开始之后，也要在现在之后。"
NOT_HERE = "没有记下：这个单位或者这位同事，现在不归您排班。请看看再选，或者找排班的人。"
PAST = "这段时间已经过去了，请写后面的时间。"
WHOSE = "给哪个单位排班？您能排的有：{units}，请写上单位。"
NOT_YOUR_UNIT = "「{unit}」不归您排班。您能排的有：{units}。"
NO_LEADER = "{name}不是社区或街道领导，不能带班。值班说「值班」。"
TAKES_NOT = "{name}在{unit}只看自己单位的单，不能给别的单位值班。"
WRITTEN = "记下了：{unit} {span} {part}：{name}。到点我会提醒本人。"
WRITTEN_ALREADY = "{unit} {span} {part}已经是{name}了。"
AWAY_THEN = "注意：{name}这段时间请了假。"
TOLD_DUTY = "{unit}给您排了{part}：{span}。来不了请说「换班 {day} 同事名字」。"
TOLD_DROPPED = "{unit} {span} 的{part}取消了，您不用来了。"
LIST_HEAD = "{unit}值班表："
LIST_LINE = "{now}{span} {part}：{name}"
LIST_NOW = "▶"
LIST_NONE = "{unit}还没排值班。排班说「值班 今晚 20:00-08:00 小赵」。"
LIST_AWAY = "（请假{substitute}）"
LIST_SUBSTITUTE = "，{name}代"
DROP_HELP = "取消哪一班？例如「取消值班 今晚 小赵」。"
DROP_NONE = "没找到这一班。说「值班表」看看。"
DROP_WHICH = "不止一班，请写上时间和名字：\n{lines}"
DROPPED = "取消了：{unit} {span} {part}：{name}。"
CHANGE_HELP = "换哪一班、换成谁？例如「换班 今晚 小钱」「换班 今晚 小赵 小钱」。"
CHANGED = "换好了：{unit} {span} {part}：{name}（原来是{before}）。"
CHANGE_NOT_YOURS = "这一班不是您的，要由排班的人来换。"
DUTY_BEGINS = "您现在{part}：{unit}，到 {until}。{open}"
DUTY_OPEN = "没人接的有 {count} 张：{numbers}。"
DUTY_NOTHING_OPEN = "现在没有等人接的工单。"
DUTY_GAP = "⚠️ {unit}从 {at} 起没有人值班，急事会直接找到您。请排班：「值班 今晚 小赵」。"
UNSPOKEN = re.compile(r"^(?:给|由|让|请|是|为|换成|换|改成|改)")

# --- 请假
LEAVE_HELP = "从哪天到哪天、谁来代？例如「请假 明天到周五 由小李代」。回来说「销假」。"
LEAVE_UNCLEAR = (
    "没看懂是哪天到哪天，还没有记。例如「请假 明天到周五」「请假 周三起两天」，替同事记写上名字「请假 小赵 下周一」。"
)
_INSTEAD = r"\s*(?:来)?(?:代班|代管|代替|顶班|替班|代|顶|替)"
# 由小李代, or at the end 小李代班
SUBSTITUTE = re.compile(
    rf"(?:由|让)\s*(?P<name>[^\s，,。]{{1,10}}?){_INSTEAD}|(?P<last>[^\s，,。]{{1,10}}?){_INSTEAD}(?:我)?\s*$"
)
LEFT = "记下了：{who}{span}请假。{instead}"
YOU = "您"
INSTEAD = "新单、提醒和卡片先给{name}。"
INSTEAD_NOBODY = "没有人代，新单和提醒落到{desk}。"
INSTEAD_ABOVE = "⚠️ {unit}那时没有别的人在岗，新单落到{above}。最好说一声由谁代。"
NOBODY_AT_ALL = "⚠️ {unit}和上级那时都没有人在岗，请马上安排人。"
HOLDS = "手上还有 {count} 张，要一起交出去说「交班 给{name}」。"
HOLDS_NOBODY = "手上还有 {count} 张，要交出去说「交班 给 同事名字」。"
UNTIL_BACK = "从 {start} 起，到销假为止"
STRETCH = "{start} 到 {end} "
AWAY_NOW = "现在请假的 {count} 位："
AWAY_NOBODY_NOW = "现在没有人请假。"
AWAY_LATER = "往后两周："
AWAY_NOT_YOURS = "只看得到您单位和您管的人请没请假。"
AWAY_LINE = "{name}（{units}）{span} {what}{substitute}"
AWAY_LEAVE, AWAY_SHIFT = "请假", "交了班"
AWAY_NO_SUBSTITUTE = "，没有人代"
AWAY_REST = "其余 {count} 位现在没有记请假。"
AWAY_NONE = "现在和往后两周，都没有人记请假。"
AWAY_NOT = "{name}现在和往后两周都没有记请假。"
NOT_FOR_YOU = "{name}的假要由本人或者社区来记。"
SELF_SUBSTITUTE = "自己不能代自己，请写一位同事。"
MAY_NOT_STAND_IN = "{name}只看自己单位的单，不能代{who}。"
TOLD_SUBSTITUTE = "{who}{span}请假，由您代：他的新单、提醒和卡片会先给您，「待办」里也看得到。"
TOLD_LEAVE = "{by}给您记了假：{span}。{instead}不对请说「销假」。"
BACK = "欢迎回来，新单和提醒又给{who}了。"
BACK_NONE = "{who}没有在请的假。"
TOLD_BACK = "{who}回来了，新单和提醒不再给您。还在您手上的，说「交班 还给{who}」。"
GAP = "⚠️ {unit}从 {at} 起没有人在岗（都请了假），新单先落到{above}，请安排人。"
GAP_TOP = "⚠️ {unit}从 {at} 起没有人在岗，上级也没有，新单没有人接，请马上安排人。"

# --- 交班
HAND_TO = re.compile(r"^(?P<back>还|退还|交还)?\s*(?:给|交给|到)?\s*(?P<name>\S{0,10})\s*$")
HAND_WHO = "交给谁？例如「交班 给小李」；排了班，只说「交班」就交给下一班。"
HAND_SELF = "不用交给自己。"
HAND_NONE = "您手上没有要交的工单。"
HAND_NONE_BACK = "没有从{name}那里接过来的工单。"
HAND_NOT_YOURS = "{number} 号不在您手上。"
HAND_MAY_NOT = "{name}只看自己单位的单，不能接您的班。"
HAND_KEPT = "这些{name}不能办，还在您手上：{numbers}。"
HANDED = "交给{name}了，{count} 张，时限都不变：\n{lines}\n交错了一分钟内说「撤销」；以后请{name}说「交班 还给{me}」。"
HANDED_SHIFT = "到 {until} 前，您的新单也先给{name}；早回来说「销假」。"
GOT = "{me}把 {count} 张工单交给您了，时限都不变：\n{lines}"
GOT_SHIFT = "到 {until} 前，{me}的新单也先给您。"
GOT_BACK = "{me}把 {count} 张工单还给您了，时限都不变：\n{lines}"
HAND_LINE = "{number} {what} {place} · {status} · 截止 {due}"
TOLD_CONTACT = "您报的 {number} 号换成{name}接着办，时限不变。"
