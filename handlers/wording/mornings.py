"""What the day says: three lines each morning, also where all is zero: silence means that something is broken."""

from __future__ import annotations

HEAD = "早上好，{unit} {month}月{day}日。昨天新报 {new} 件，办结 {closed} 件。"
STANDS = "现在没人接的 {unanswered} 件，超时的 {overdue} 件。"
TODAY = "今天要办：到期 {due} 件{numbers}{tasks}。"
NUMBERS = "（先看 {numbers}）"
TASKS = "，任务 {tasks}"
NOTHING = "今天没有到期的，辛苦了。"
APART = "、"
MOST = 5
