"""To whom a notice goes, in words: how an audience is said back, and what is asked where it is unclear."""

from __future__ import annotations

SEVERAL_UNITS = "{unit}里有不止一个「{name}」，请写全名。"
OUTSIDE = "「{name}」不在{unit}的范围里，从这里发不了。请找那边的社区，或者上一级。"
NO_BUILDING = "{unit}里没有找到「{said}」。请对一下楼号，或者写上小区名，例如「梧桐里3号楼」。"
SEVERAL_BUILDINGS = "「{said}」有 {count} 处：{names}。请写上小区名，例如「{first}」。"
NO_DOOR = "没有找到「{said}」这一户，请对一下门牌。"
SEVERAL_DOORS = "「{said}」不止一户，请写上单元，例如「3-2-501」。"
NOT_UNDERSTOOD = "没看懂「{said}」发给谁。可写：全体、小区名、3号楼、老人、3-2-501、看过 7 的、没看 7 的，用逗号隔开。"
NO_NOTICE = "没有 {number} 号通知，或者还没有发过。"
NOT_YOURS = "{number} 号通知不是{unit}发的，不能按它挑人。"
TOO_MANY_DOORS = "一次最多点名 {most} 户，再多请按楼栋或小区发。"
OR, AND_MORE = "、", "……"

LINE_UNREADABLE = "看不懂「{said}」，请写成「小区,楼号,单元,房号」或「梧桐里3-2-501」"
LINE_TWICE = "和第 {line} 行是同一户"

EVERYBODY = "{unit}全体住户"
AND, WITHIN = "、", "里的"
AND_ALSO, MORE = "，并且", "等 {count} 处"
LISTED = "名单里的 {count} 户"
SEEN_OF, UNSEEN_OF, SENT_OF = "看过 {number} 号通知的", "没看 {number} 号通知的", "收到过 {number} 号通知的"
