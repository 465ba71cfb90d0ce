"""How a group begins: 影子 (listens only), 先审后说 (a person confirms each ticket), 直接 (opens by itself)."""

from __future__ import annotations

# --- 先审后说: the card to one person, and what becomes of it

ASK = "{group}里有人说：「{said}」\n像是{what}，要立单吗？群里还什么都没说。类别不对，说「立单 {number} 正确的类别」。"
ASK_UNSURE = "{group}里有人说：「{said}」\n拿不准是不是要报的事，像是{what}。要立单吗？群里还什么都没说。"
AND_PHOTOS = "（附照片 {count} 张）"
TITLE = "待确认 {number} · {what}"
PLACE, NOTE = "地点", "注意"
UNTIL = "{until} 前没有回音，这条就作罢"
BUTTONS = {"candidate_open": "立单", "candidate_refuse": "不是", "candidate_recast": "改类"}
REMIND = "还有一条等您定：{group}，{what}（{heard}说的）。要立单说「立单 {number}」，不是说「不是 {number}」。"
OPENED = "已立单 {tickets}，这就告诉报事人。弄错了说「不是报事 {first}」。"
OPENED_QUIETLY = "已立单 {tickets}。"
REFUSED = "{number} 号记下了：不是报事，群里什么也没说。点错了，半小时内说「立单 {number}」。"
STAMP_OPENED, STAMP_REFUSED = "已立单", "不是报事"
WHICH = "您说的是哪一条？等您定的有：{numbers}。带上编号，例如「{word} {first}」。"
NONE_WAITING = "现在没有等您定的。"
UNKNOWN = "没有 {number} 号待确认，或者不归您管。"
OPENED_BEFORE = "{number} 号已经立单了，是 {ticket} 号工单。"
REFUSED_BEFORE = "{number} 号已经记为不是报事。"
LAPSED = "{number} 号已经作罢，原话不留了。还要办，请私下把事情对我说一遍，替他报。"
TAKEN_BACK = "{number} 号的原话居民自己撤回了，不用定了。"
IN_SHADOW = "{number} 号是影子模式里听到的，不能立单。要办，请私下把事情对我说一遍，替他报。"
RECAST_TO = "{number} 号立成哪一类？回类别的名字就行，例如「排水污水」；不改了回「不用」。共有：{names}。"
RECAST_UNKNOWN = "没有「{word}」这一类，{number} 号还没立。说「立单 {number} 类别」，共有：{names}。"
KEPT = "好的，{number} 号还等着您定。"
# Bare words that decide what one alone waits for, or a quoted card.
YES_WORDS, NO_WORDS = ("立单", "确认立单", "立"), ("不是", "不立单", "不用立单", "不是报事")
ALL_YES = ("都立单", "都立", "全立", "全部立单", "全都立单", "都是", "全是", "都要")
ALL_NO = ("都不是", "全不是", "都不立单", "都不立", "都不用立单", "都不用")
RECAST = r"改类\s*[#号:：]?\s*(\d{1,9})\s*号?\s*(?:成|为|到)?\s*(\S.*)"
NO_NUMBER = r"\d[\d\s#号,，、。.]*"  # longer than any number is
AROUND = "。.！! "

# --- 影子: the nightly list, and what is told at once

HEARD_EMERGENCY = (
    "🔴 听到的话，未立单：{group}里有人说「{said}」，像是{what}。这个群在影子模式，群里什么也没说。请马上核实。"
)
HEARD_MORE = "{group}里又有人说：「{said}」（影子模式，未立单）"
LIST_HEAD = "{unit}的影子群，{day}会立 {count} 件："
LIST_LINE = "{place_in_list}. {what}{where}{said}{more}"
LIST_WHERE, LIST_SAID, LIST_MORE, LIST_EMERGENCY = " · {place}", "「{said}」", "（{households} 户在说）", "🔴"
LIST_FOOT = "听得对不对，请您打个勾：「对 1 3 4」「错 2」，或者「全对」。原话遮过，三天后抹掉。"
LIST_COUNTS = (
    "{unit}的影子群，{day}会立 {count} 件：{counts}。"
    "没有留原话。想看清单、打勾教门口，说「审核清单 开」；看过的原话遮过，三天后抹掉。"
)
LIST_COUNT = "{what} {count} 件"
TICKED = "记下了：{day}的清单，{told}{left}"
TICKED_RIGHT, TICKED_WRONG, TICKED_LEFT, TICKED_ALL = (
    "对 {count} 件",
    "错 {count} 件",
    "，还有 {count} 件没定。",
    "，都定了。",
)
TICK_AND = "，"
TICK_UNKNOWN = "清单里没有 {numbers}。{day}的清单有 {count} 件。"
TICK_WHICH = "{day}有几份清单：{names}。请引用那一份再说，或者写上名字，例如「对 {first} 1 3」。"
ALL_RIGHT, ALL_WRONG = ("全对", "都对", "全部对", "全都对"), ("全错", "都错", "全部错", "全都错", "都不是")
TICK = (
    r"(?:(?:对|错|不对)[\s:：]*(?:[^\d\s:：]{2,20}?[\s:：]*)?\d{1,3}(?:[\s,，、.。和号]*\d{1,3})*[\s,，、.。;；号]*)+"
)
TICK_PART = r"(不对|对|错)[\s:：]*([^\d\s:：]{2,20}?[\s:：]*)?(\d{1,3}(?:[\s,，、.。和号]*\d{1,3})*)"
TICK_NAMED_ALL = r"(全对|全错|都对|都错)[\s:：]+(\S{2,20})"
WRONG = ("错", "不对", "全错", "都错")

# --- the list in private and on the page

REVIEW_ON = ("开", "打开", "开启")
REVIEW_OFF = ("关", "关闭", "关掉")
SWITCHED_ON = "{unit}的审核清单开了：从现在起，影子群里会立的事留下遮过的原话，三天后抹掉，每晚发给{role}打勾。"
SWITCHED_OFF = "{unit}的审核清单关了，留着的原话已经抹掉。每晚只报件数和类别。"
SWITCHED_ALREADY = "{unit}的审核清单本来就{state}着。"
STATE_ON, STATE_OFF = "开", "关"
LIST_NOT_YOURS = "审核清单归{role}看，请他来开、来看。"
LIST_WHICH_UNIT = "是哪一个？请写上名字，例如「审核清单 开 {first}」。您管的有：{names}。"
LIST_IS_OFF = "{unit}的审核清单没有开，没有原话可看。要开说「审核清单 开」。"
LIST_SOON = "{unit}的影子群，又听到会立的事 {count} 件，{at} 发清单。"
LIST_EMPTY = "{unit}的影子群，这三天没有会立的事。"
HIDDEN = "（不显示）"

# --- the mode of a group

MODE = {"shadow": "影子", "review": "先审后说", "direct": "直接"}
MODE_WORDS = {
    "影子模式": "shadow",
    "影子": "shadow",
    "只听不说": "shadow",
    "先审后说": "review",
    "直接模式": "direct",
    "直接": "direct",
}
MODE_WORD, AROUND_NAMES = "模式", " :：,，。.!！"
MODE_MEANS = {
    "shadow": "只听，群里一句话不说，也不立单；每晚给社区一份「今天会立几件」。危急的事私下马上告诉值班的人。",
    "review": "听到要报的事，先私下问负责的人，点头了才立单、才在群里说。危急的事马上立单。",
    "direct": "听到要报的事就立单，在群里回一句。",
}
SWITCHED = "{group}：{before} → {after}。{means}"
STILL_WAITING = "还有 {count} 条等人定的，照样等着，不会自己立单。"
MOVED_TO_LIST = "还等人定的 {count} 条转到今晚的影子清单里，不会立单。"
SWITCHED_TOLD = "{who}把{group}从「{before}」改成了「{after}」。{means}"
SAME_MODE = "{group}本来就是「{mode}」。{means}"
WHICH_MODE = "改成哪一种？「本群 影子」「本群 先审后说」「本群 直接」。现在是「{mode}」。"
WHICH_GROUP = "是哪个群？请写上群名，例如「本群 {mode} {first}」。您管的有：{names}。"
NO_GROUP = "您管的范围里没有这个群。"
NO_GROUPS = "您管的范围里还没有群。先在群里说「绑定本群 小区名」。"
NOT_YOUR_GROUP = "这个群不在您的范围，请那个小区的社区或街道来改。"
NOT_BOUND = "这个群还没有绑定小区，先说「绑定本群 小区名」。"
STAFF_GROUP = "这是工作群，不分影子、先审后说、直接。"

# --- a new group, and what it is bound to

NEW_GROUP = (
    "门口进了一个新群：{group}（第 {id} 号）。先审后说，还没有绑定小区。"
    "请那个小区的工作人员在群里说「绑定本群 小区名」，或者运维用 menkou groups bind。"
)
NAMELESS = "平台没说群名"
BIND_HOW = "请写上小区名，例如「绑定本群 {first}」。您管的有：{names}。"
BIND_NONE = "您名下没有小区，不能绑定群。请那个小区的网格员或社区来。"
BIND_UNKNOWN = "您管的范围里没有「{word}」。您管的有：{names}。"
BIND_IN_GROUP = "请到那个群里说「绑定本群 小区名」。"
BOUND = "{group}绑定到{place}了，现在是「{mode}」。{means}"
BOUND_ALREADY = "{group}本来就绑定在{place}。"
BOUND_TOLD = "{who}把{group}绑定到了{place}，现在是「{mode}」。"
SOMEBODY, OPERATOR = "有人", "运维"
