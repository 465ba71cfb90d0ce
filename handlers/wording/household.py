"""Binding accounts: by a code, by one's front door, by staff at the door; and unbinding them."""

from __future__ import annotations

BOUND_STAFF = "绑定好了，{name}，您的身份：{posts}。说「帮助」看怎么用。"
BAD_QR = "这个二维码已过期或用完了，请向网格员要一个新的。"
BAD_CODE = "这个绑定码不对或已过期，请向管理员要一个新的。"
TOO_MANY_CODES = "今天试的次数太多了，请明天再试，或请管理员当面帮您绑定。"
CODE_PLEASE = "请写门牌和姓名，例如「绑定 3-2-501 张桂兰」；有绑定码的，例如「绑定 AB12CD34」。"
NAME_PLEASE = "请把姓名也写上，例如「绑定 3-2-501 张桂兰」。"
ALREADY_BOUND = "这个账号已经绑定为{name}。"

# How to report, for somebody who is new: two short sentences.
HOW_TO_REPORT = "小区里哪儿坏了、脏了、堵了，说一句或拍张照发来就行。问进展说「进度」，找人说「人工」。"
BOUND_HOME = "绑定好了：{home}。"
ALREADY_HOME = "您已经绑定在{home}了。"
NOTED = "已记下，网格员核对后告诉您。"  # the same whether the door, the name or neither is known
HOUSEHOLD_NEW = "有一个新账号绑定到了您家（{home}）。不是家里人，请说「人工」告诉我们。"
WELCOME_ESTATE = "您好，这里是{place}的门口小助手（机器人）。"

WHICH_ESTATE = "您住哪个小区？回数字或小区名：{names}。"
WHICH_ESTATE_ANY = "您住哪个小区？请回小区的名字。"
ESTATE_CHOICE = "{number} {name}"
IN_PERSON = (
    "这是{home}的码，已经有人在别的渠道用它绑定过。是您本人，回「是」；是家里其他人，回「不」；不是您家，请不要回。"
)
REBIND = "您现在绑定的是{home}。要改绑到刚才说的这一户吗？要改回「是」，不改回「不」。"
REBIND_KEPT = "好的，没有改。"

CLAIM = "有人申请绑定{home}，自称{name}，名册里对不上。请核对是不是这家的人。"
# The name is right, and somebody speaks by it already: whoever is let in reads what that account told us.
CLAIM_BOUND = "有人申请绑定{home}，自称{name}，这个名字已有账号。请先问本人是不是换了微信或多用了一个，本人说是才确认。"
CLAIM_TITLE = "绑定申请 {number}"
CLAIM_PLACE, CLAIM_NOTE = "楼栋", "注意"
CLAIM_PRIVATE = "门牌和姓名不要在群里说"
CLAIM_BUTTONS = {"claim_agree": "确认绑定", "claim_refuse": "不是"}
CLAIM_WORDS = {"claim_agree": "确认绑定", "claim_refuse": "不是住户"}
CLAIM_NO_HOUSE = (
    "有人申请绑定{estate}{door}，自称{name}，名册查无此户。核实后说「登记 {estate}{door} {name}」，会替他绑好。"
)
CLAIM_WHICH = "是哪一个申请？请带上编号，例如「{word} 12」。"
CLAIM_UNKNOWN = "没有 {number} 号绑定申请，或者不归您管。"
CLAIM_SETTLED = "{number} 号绑定申请已经处理过了。"
CLAIM_LAPSED = "{number} 号绑定申请已经过期，请让住户重新绑定。"
CLAIM_AGREED = "{number} 号：已绑定，也告诉住户了。"
CLAIM_REFUSED = "{number} 号：记为不是住户，也告诉申请的人了。"
STAMP_AGREED, STAMP_REFUSED = "已绑定", "不是住户"
TOLD_AGREED = "网格员核对好了，您已绑定在{home}。"
TOLD_REFUSED = "您申请的绑定没有核对上，暂时绑不了。请找网格员当面登记，说「人工」看找谁。"

ENROL_HOW = "请写门牌和姓名，电话可以不写，例如「登记 3-2-501 张桂兰 13800000000」。"
ENROL_ESTATE = "是哪个小区？请写上小区名，例如「登记 {first}3-2-501 张桂兰」。您管的有：{names}。"
ENROL_NONE = "您名下没有小区，不能登记住户。"
ENROL_NO_BUILDING = "{estate}没有这栋楼。名册里有：{names}。"
ENROL_WHICH = "{estate}这个门牌不止一户，请写上单元，例如「登记 3-2-501 张桂兰」。"
ENROLLED = (
    "已登记：{home} {name}。\n绑定码 {code}，48 小时内有效，一家人最多用 6 次。"
    "请住户私下对我说「绑定 {code}」{qr}。不要发到群里。"
)
ENROLLED_QR = "，或者扫这一页的二维码：{link}"
ENROLLED_CLAIMED = "先前申请绑定的账号已经绑好了。"

NOT_BOUND = "这个账号没有绑定。"
UNBIND_HOME = "要解绑{home}吗？解绑后还能报事，但收不到这一户的通知。确定就回「是」。"
UNBIND_STAFF = "要解绑工作人员身份吗？解绑后不再收到工单。确定就回「是」。"
UNBOUND = "已解绑。要再绑定，说「绑定」加门牌和姓名。"
UNBOUND_STAFF = "已解绑工作人员身份。要再绑定，请向管理员要绑定码。"
SURE = ("确定", "解绑", "确定解绑")
UNBIND_KEPT = "好的，没有解绑。"
UNBIND_NOBODY = "名册里没有对上这一户和姓名，没有改动。"
EVERYBODY = ("全部", "全家", "所有人", "所有")
MOVED_ALL = "已解绑：{home} 全家已搬走，{count} 个账号解除绑定，姓名和电话已抹去。"
MOVED_AWAY = "已解绑：{home} 的这位住户已搬走，姓名和电话已抹去。"
TOLD_MOVED = "您在{home}的绑定已由网格员解除。有误请说「人工」。"

HOME = "{estate}{building}{entrance}{room}"
HOME_ENTRANCE = "{entrance}单元"
DOOR = "{building}-{entrance}-{room}"
DOOR_NO_ENTRANCE = "{building}-{room}"
BUILDING = "{number}号楼"
