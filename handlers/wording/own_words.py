"""The console's page of own words and place names: what is wrong with what was typed."""

from __future__ import annotations

REFUSED = {
    "word": "词要有 1 到 40 个字，中间不能有空格，也不能有看不见的符号。",
    "short": "一个字太常见，会误伤别的话，请写两个字以上。",
    "group": "没有这一组，请从单子里选。",
    "there": "这个词本来就在这一组里。",
    "not_there": "这一组里没有这个词，拿不掉。",
    "synonym": "「等于」后面请写一个词，不要空格；要去掉的，在单子里点「去掉」。",
    "circle": "一个词不能等于自己的一部分，也不能绕着圈等来等去。",
    "twice": "这个词已经等于别的词了，请先去掉那一条。",
    "unit": "没有这个单位。",
    "units": "叫这个名字的单位不止一个。",
    "building": "这个小区没有这栋楼，请照门牌册上的名字写，例如「3号楼」。",
    "name": "名字要有 2 到 40 个字，中间不能有空格和看不见的符号；小名加起来不超过 200 个字。",
    "weights": "本社区学过的权重打不开，没法预览。请运维看看 menkou doctor，或用 menkou train --back 换回自带的。",
    "form": "表单没有填全，请重新填。",
}
ENTERED, DROPPED, RENAMED, TAKEN_OUT, PUT_BACK = "加上", "去掉", "改小名", "拿掉自带的", "放回自带的"
SAVED = "已保存，几秒钟内生效。"
SAME = "本来就是这样，没有变。"
WRONG_THERE = "{name}：说出了毛病"
