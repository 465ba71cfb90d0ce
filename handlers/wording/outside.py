"""不予受理, 移交, 恢复受理: what cannot be done here, why, where to turn instead, and how to object."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is not taken on: its name, the words that mean it, and where to turn unless somebody says it."""

    name: str
    words: tuple[str, ...]
    turn_to: str


REASONS = {
    "elsewhere": Reason("不在本辖区", ("不在本辖区", "不在辖区", "非本辖区", "外辖区"), "当地社区，或打 12345"),
    "private": Reason(
        "属于个人之间的经济、合同纠纷",
        ("个人纠纷", "合同纠纷", "经济纠纷", "私人纠纷", "民事纠纷"),
        "社区人民调解，或打 12348 问免费法律咨询",
    ),
    "legal": Reason(
        "已经进入诉讼、复议或信访", ("诉讼复议信访", "已诉讼", "诉讼", "复议", "信访", "仲裁"), "正在办理的法院或机关"
    ),
    "owners": Reason(
        "要由业主共同决定",
        ("业主共同决定", "业主自治", "业主决定", "业主共有"),
        "业主委员会或物业，也可以请社区帮着商量",
    ),
    "policy": Reason("现行规定不支持", ("规定不支持", "政策不支持", "不符合规定", "不符合政策"), "12345，可以再问政策"),
    "no_fact": Reason(
        "核实过，没有这个情况", ("情况不实", "查无此事", "没有这个情况", "核实不存在"), "社区，有照片可以再发"
    ),
    "no_contact": Reason(
        "说不清是什么事，也联系不上", ("联系不上", "说不清", "无法联系"), "社区，说清在哪儿、怎么了就接着办"
    ),
}
HOTLINE = "12345"
MOST_BUTTONS = 6
WHICH_REASON = "{number} 号为什么不予受理？点一个，或者说「不予受理 {number} 原因 请找哪里」。原因有：{names}。"
REASON_UNKNOWN = "「{word}」不是规定的原因。{number} 号可以选：{names}。"
KEPT = "好的，{number} 号照常办。"
NAMES_APART = "、"
BEFORE_WHERE = " ，,。；;：:、"
WHERE_WORDS = ("请找", "可以找", "找", "转", "请打", "打")

REJECTED = "{number} 号不予受理：{reason}。报事人会听到原因和该找哪里；他不同意，社区会再看。"
REJECTED_ALREADY = "{number} 号已经是不予受理：{reason}。"
STAMP_REJECTED = "不予受理"
TOLD_REJECTED = (
    "您报的 {number} 号，社区这边办不了，原因是{reason}。可以找{where}。觉得不对就回「不同意」，社区会再看一遍。"
)
HOLDER_REJECTED = "{number} 号定为不予受理（{reason}），不用办了。"

HAND_OFF_HOW = (
    "移交要写清交给谁、对方编号、电话，例如「移交 {number} 供电公司 编号 2026-0315 电话 95598」；没有编号写「无编号」。"
)
HANDED_OFF = "{number} 号移交{body}，报事人会听到编号和电话。"
HANDED_OFF_ALREADY = "{number} 号已经移交{body}了。"
STAMP_HANDED_OFF = "已移交"
TOLD_HANDED_OFF = (
    "您报的 {number} 号要由{body}来办，已经替您转过去{outside}，可打 {phone} 问。要是没人管，回「不同意」，我们接着跟。"
)
OUTSIDE_NUMBER = "，那边的编号是 {number}"
STILL_OUTSIDE = (
    "{number} 号转给{body}在办{outside}，还没弄好的话，可打 {phone} 催一催。要是没人管，回「不同意」，我们接着跟。"
)
WELL_OUTSIDE = "太好了，{number} 号就结了，谢谢您告诉我们。又不好了再说一声。"
HOLDER_HANDED_OFF = "{number} 号移交{body}了，不用办了。"
NO_NUMBER = r"(?:暂?无|没有|没给|还没有?)(?:对方)?(?:编号|单号|工单号|受理号)"
OUTSIDE = r"(?:对方)?(?:编号|单号|工单号|受理号|受理编号)[\s:：]*(?P<number>[A-Za-z0-9][A-Za-z0-9\-]{1,59})"
PHONE = (
    r"(?:(?:电话|热线|请?打|联系电话)[\s:：]*)(?P<phone>\d[\d\- ]{2,18}\d)"
    r"|(?P<bare>(?<![\dA-Za-z-])\d{3,4}-?\d{2,8}(?![\dA-Za-z-]))"
)
PARTS_APART = " ，,。；;：:、给到"

TAKE_UP_REASON = "恢复受理要写原因，例如「恢复受理 {number} 核实后确属我们办」。"
TAKEN_UP = "{number} 号重新受理，{due} 前接单。"
TAKEN_UP_CARD = "{number} 号恢复受理：{place} {what}，{due} 前接单。原因：{reason}"
TAKEN_UP_IN_GROUP = "{number} 号恢复受理：{place} {what}，{due} 前接单。"
TOLD_TAKEN_UP = "您报的 {number} 号重新受理了，最迟{due} 有人接手。"

OBJECT = "不同意"
BUTTON_OBJECT = "不同意，请再看"
OBJECTS = (
    *("不同意", "我不同意", "不服", "我不服", "不认可", "不接受", "不对", "不合理", "凭什么", "凭什么不管"),
    *("没人管", "还没人管", "还是没人管", "那边不管", "他们不管", "他们也不管", "打不通", "没人接"),
)
OBJECTS_ANYWHERE = ("没人管", "那边不管", "他们不管", "他们也不管", "打不通", "没人接")
