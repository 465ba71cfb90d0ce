"""退单: asked for with a reason, the rule it leans on and who should have it instead."""

from __future__ import annotations

TOO_LATE = (
    "{number} 号是 {at} 派来的，接单后要在 {until} 前退，现在退不了。"
    "办不了的说「求助 {number} 要什么」，要更多时间说「延期 {number} 到周五 原因」。"
)
ONCE = "{number} 号你们已经退过一次，每个单位只能退一次。办不了的说「求助 {number} 要什么」。"
FINAL = "{number} 号归谁，上面已经定了，不能再退。办不了的说「求助 {number} 要什么」。"
NO_DESK_YET = "{number} 号还没派给谁，请直接转派。"

ASK_CODE = "{number} 号为什么退？点一个，或者回：非本单位职责、非本辖区、重复、诉讼复议信访。不退了回「不用」。"
ASK_ARTICLE = "按哪一条规定不归你们？例如《某某条例》第十二条。说不出哪一条回「不知道」，不退了回「不用」。"
ASK_SAME = "和哪一号重复？回编号就行。不退了回「不用」。"
ASK_OWNER = "那该归谁？回单位的名字，例如：{names}。不退了回「不用」。"
ASK_OWNER_OR_NOT = "那该归谁？回单位的名字，例如：{names}；说不准就回「上级定」。不退了回「不用」。"
UNKNOWN_ARTICLE = (
    "不要紧。退单一定要写依据，{number} 号先留着，时限照走。可以说「求助 {number} 不归我们管，请上级定」，请上一级看；"
    "查到是哪一条了，再说「退单 {number}」。"
)
UNKNOWN_OWNER = (
    "不要紧。退单要写该归谁，{number} 号先留着，时限照走。可以说「求助 {number} 说不清归谁，请上级定」，请上一级看；"
    "问到了再说「退单 {number}」。"
)
KEPT = "好的，{number} 号不退了。"
NO_SUCH_OWNER = "没找到「{name}」。可以是：{names}。"
SEVERAL_OWNERS = "叫「{name}」的不止一个：{names}，请写全。"
NEVER_DOWN = "退单不能往下退给{unit}。请写有权办这件事的单位。"
MAY_NOT_OWN = "{number} 号不能派给{unit}，请写别的单位。"
SAME_ITSELF = "{number} 号不能和自己重复，请回另一张的编号。"
NO_SAME = "没有能并的 {other} 号，请再看看编号。"
OWNER_PLEASE = "{number} 号没写该归谁。请写上单位，例如「同意 {number} 供电所」。"
IN_PRIVATE = "{number} 号的退单我私下问您。"

GRANTED = "记下了：{number} 号退单同意，已转给{unit}。"
GRANTED_MERGED = "记下了：{number} 号退单同意，已并到 {other} 号。"
CANNOT_MERGE = "{number} 号和 {other} 号现在并不了，请写上该归谁，例如「同意 {number} 供电所」，或者不同意。"
TOLD_ASKER = "{number} 号退单同意了，已转给{unit}，您这边不用管了。"
TOLD_ASKER_MERGED = "{number} 号退单同意了，已并到 {other} 号，您这边不用管了。"
TOLD = "您报的 {number} 号正在换更合适的单位来办，时限不变。"
TOLD_MERGED = "您报的 {number} 号和别人报的 {other} 号是一件事，并在一起办，同样会通知您。"

_NUMBER = r"第\s*[零〇一二两三四五六七八九十百千\d]{1,7}\s*"
ARTICLE = (
    rf"《[^《》\n]{{2,60}}》[^《》，。；,;\n]{{0,20}}?{_NUMBER}条(?:之[一二三四五六七八九十])?(?:{_NUMBER}[款项])?"
)
OWNER = (
    r"(?:建议|应该?|该|请)?(?:转给|转到|转|归|派给|派到|由|给)(?P<name>[^\s，。；、,;:：的]{2,20}?)"
    r"(?:办理|处理|负责|来办|办|管|接手)?(?=[\s，。；、,;]|$)"
)
SAME = r"(?P<number>\d{1,9})"
UP_TO_THEM = ("上级定", "上一级定")
NOT_KNOWN = frozenset({"上级定", "由上级定", "上级", "不清楚", "不知道", "说不准", "请上级定"})
AT_A_LOSS = (
    r"不(?:太|大|是很)?(?:知道|清楚|晓得|记得|懂|会写|确定|了解)|(?:哪|谁)(?:里|儿|能|会)?(?:知道|晓得|清楚|记得)"
    r"|(?:说|讲|写|想|找|查|翻|记|答|搞|弄)(?:不|唔)(?:清|准|上来?|好|出|到|着|得|起|住|了|明白|来)"
    r"|没(?:有|得|什么|查|写|见过|注意)*(?:依据|规定|条文|条款|条例|哪一?条|文件|这一?条|印象|查过|写|查)|忘了?|^没有?[。]?$|随便"
)
DROPPED = (
    r"(?:那|就|还是|先|干脆|唉|哎|好吧|行吧|[\s,])*(?:算了|不退(?:单|它)?了?|别退了?|不用退?了?|取消|不要退?了?|不弄了|罢了|拉倒)"
    r"(?:吧|算了|不退|先放着|我们?(?:自己|来)?(?:办|弄|修|处理|干)|[了啊呀\s,。!])*"
)
FILLERS = "给转派归到由 ，,。"
ASKS = r"[?吗]$|谁|多少|什么|怎么|哪[里儿个家栋]|几[点号楼个]"  # no answer
