"""The reasons that a person chooses from, as codes with the words that mean them; 退单 and 挂账."""

from __future__ import annotations

NOT_OURS, NOT_HERE, DUPLICATE, IN_COURT = "not_ours", "not_here", "duplicate", "in_court"
# in the order in which they are looked for: 重复 says more than 不归我们
RETURN = {
    IN_COURT: ("已进入诉讼复议信访", "诉讼", "起诉", "法院", "打官司", "复议", "仲裁", "信访"),
    DUPLICATE: ("重复", "同一件", "已经有单", "一样的单"),
    NOT_HERE: ("非本辖区", "不在辖区", "不在我们辖区", "不是我们辖区", "辖区外", "不是我们片区", "不在我们片区"),
    NOT_OURS: (
        "非本单位职责", "非本单位", "不是我们职责", "不是我们的", "不归我", "不归本", "不属于我", "不属于本", "不该我",
        "不归", "不属于", "属于", "该归", "应由", "职责", "红线外", "市政",
    ),
}  # fmt: skip
SUSPENSION = {
    "funding": ("等资金", "资金", "维修基金", "没钱", "经费", "预算"),
    "project": ("等改造项目", "改造", "规划", "项目", "立项"),
    "ownership": ("产权不清", "产权", "权属", "开发商"),
    "consent": ("居民意见不一", "意见不一", "意见不统一", "不同意装", "居民不同意", "表决"),
    "outside": ("等上级或外单位", "上级", "外单位", "铁路", "部队", "高压"),
    "season": ("等季节或天气", "季节", "天气", "雨季", "冬天", "开春", "结冻"),
    "parts": ("等材料设备", "配件", "材料", "设备", "停产"),
}
TABLES = {"return": RETURN, "suspend": SUSPENSION}
NAMES = {
    NOT_OURS: "非本单位职责",
    NOT_HERE: "非本辖区",
    DUPLICATE: "重复",
    IN_COURT: "已进入诉讼、复议或信访",
    "funding": "等资金",
    "project": "等改造项目",
    "ownership": "产权不清",
    "consent": "居民意见不一",
    "outside": "等上级或外单位",
    "season": "等季节或天气",
    "parts": "等材料设备",
}
# what the resident reads of it
TOLD = {
    "funding": "这件事要等一笔钱落实",
    "project": "这件事要放进改造项目里一起办",
    "ownership": "这处设施归谁管还没理清",
    "consent": "这件事要邻居们先商量好",
    "outside": "这件事要等上级或别的单位",
    "season": "这件事要等天气合适才能动工",
    "parts": "要用的材料或设备还没到",
}
BUTTONS = {
    "return": {
        NOT_OURS: "非本单位职责", NOT_HERE: "非本辖区", DUPLICATE: "重复", IN_COURT: "诉讼复议信访",
    },
    "suspend": {
        "funding": "等资金", "project": "等改造项目", "ownership": "产权不清", "consent": "居民意见不一",
        "outside": "等外单位", "season": "等天气", "parts": "等材料设备",
    },
}  # fmt: skip
UNKNOWN = "原因没有写"
CARD_TITLE = "{number} 号 · {what}的原因"


def told(code: str | None) -> str:
    """Why something is 挂账, as a resident reads it."""
    return TOLD.get(code or "", UNKNOWN)
