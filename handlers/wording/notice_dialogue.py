"""Writing a notice step by step: one short question a step, and what else is said while it is written."""

from __future__ import annotations

KIND = (
    "写一条通知（{number} 号，{unit}）。哪一种？回数字：\n"
    "1 普通：不收普通通知的住户不发\n2 重要：都发\n3 紧急：马上发，夜里也发\n4 演练：第一行写明【演练】\n"
    "随时可以说「上一步」「取消」；先放着也行，回头说「写通知」接着写。"
)
NO_SOURCE_YET = (
    "{number} 号先留着，还没有发。{question}\n"
    "要改内容，回「修改 {number} 新内容」；改发给谁，回「修改 {number} 发给 3号楼」；不要了，回「取消」。"
)
# What may be said where a source is asked for and is one, or the beginning of one.
ORGANISATION = (
    r"https?:|《|〔|[公司局所站院厂委处队办部]|中心|社区|街道|居委|物业|集团|自来水|供[电水热气]|燃气|电力|水务"
    r"|热力|移动|联通|电信|政府"
)
NO_ORGANISATION = (
    r"[吗呢吧?？]$|^(?:有点|太|好像|我|你|领导|书记|主任|要不|能不能|会不会|这样|怎么|为什么|语气|字|等)"
    r"|还没|不对|不太|没看"
)
KIND_AGAIN = "没听清是哪一种，回 1 普通、2 重要、3 紧急、4 演练；拿不准就回 1。"
WORDS_TAKEN = "内容记下了。是哪一种？回 1 普通、2 重要、3 紧急、4 演练；拿不准就回 1。"
BEGUN = "写一条{kind}通知（{number} 号，{unit}）。随时可以说「上一步」「取消」；先放着也行，回头说「写通知」接着写。"
NOW = "\n现在是：{given}\n不改就回「不变」。"
WAITS = "不急，{number} 号先留着，还没有发。想好了接着回我；过了半小时，回来说「写通知」接着写。"
TOO_SHORT = "「{said}」太短了，住户看不明白。请写清楚什么事、什么时候、要做什么、找谁问。"
TEXT = "写内容：什么事、几点到几点、要做什么、找谁问。最多 {most} 个字。"
TEXT_EMERGENCY = "写内容。第一句先说要大家马上做什么，再说出了什么事、到什么时候、找谁问。最多 {most} 个字。"
SOURCE = "{what}，是哪个单位说的？写上单位和电话、文号或链接，例如：{example}"
SOURCE_CHOICES = "{what}，是哪个单位说的？回数字：\n{choices}\n都不是，就写上单位和电话、文号或链接。"
SOURCE_CHOICE = "{number} {name} {phone}"
REASON = "一句话：为什么等不到早上，要现在就响？只给工作人员看，不要写住户的名字。"
EXTRAS = "有图片、语音（60 秒以内，可以用本地话录）或链接吗？发给我；没有就回「没有」。"
EXTRAS_MORE = "{what}收到。还有吗？没有了回「没有」。"
EXTRAS_AGAIN = "请发图片、语音或 https:// 开头的链接；没有就回「没有」。"
PICTURE, VOICE, LINK = "图片", "语音", "链接"
VOICE_NEEDS_WORDS = "语音收到，会放在页面上给大家听。再打一段文字，给听不清的人看。"
PICTURE_NEEDS_WORDS = "图片收到。再打一段文字，给看不清的人看。"
VOICE_HEARD = "语音收到，文字先按我听出来的写：\n{text}\n听错了，回「上一步」重新打。"
UNTIL = "到什么时候为止？过了就不再发，例如「明天 17 点」「周日」。没有期限，回「没有」。"
UNTIL_READ = "有效期我看是：{validity}。对就回「对」；不对，写到什么时候；没有期限，回「没有」。"
UNTIL_AGAIN = "没看懂这个时间。请写成「明天 17 点」「3月8日」，没有期限回「没有」。"
AUDIENCE = "发给谁？例如：全体；3号楼和5号楼；梧桐里的独居老人；没看 7 的。"
LEFT = "好，{number} 号通知不要了。"
AT_THE_FIRST = "这是第一步。"
RESUMED = "接着写 {number} 号通知（不要了回「取消」）。"
TOO_LONG = "这条有 {length} 个字，太长了，老人家看不完。请缩到 {limit} 个字以内再发。"
MISSING = "{sentence}\n直接回我就行，{number} 号先留着；不要了回「取消」。"

NO_UNIT = "您现在没有可以发通知的社区或街道，请找管理员。"
WHICH_UNIT = "您管的地方归不同的社区，请写上给哪个小区，例如：提议通知 @{estate} 内容"
NO_SUCH = "没有 {number} 号通知。说「通知进度」看最近的一条。"
NOT_YOURS = "{number} 号通知是{unit}的，由{name}在写，要改请找他。"
TOO_LATE_TO_CHANGE = "{number} 号通知已经确认了，改不了。要更正，说「更正通知 {number} 内容」，只发给收到过的住户。"
CHANGE_WHICH = "要改哪一条、改成什么？例如：修改 3 周六上午 10 点清洗水箱"
CHANGED = "改好了，请再看一遍。"
CHANGED_SIGNED = "改好了。签过的都作废，请再看一遍。"
TRY_WHICH = "要试发哪一条？例如：试发 3"
TRY_SENT = "下面是住户会收到的样子，只发给您一个人，点开也不算数。"
TRY_MARK = "【试看】"
OUTSIDE_YOURS = "「{said}」里有不归您管的地方。物业只能给自己管的小区提议。"
OFFICE_PICKS = "老人、孕妇、没看过通知的人，由{unit}来挑；您这里按小区、楼栋发，请在内容里写明给谁。"

# 修改 3 有效期 …: one field instead of the words.
FIELDS = {
    "有效期": "valid_until",
    "期限": "valid_until",
    "来源": "source",
    "原因": "reason",
    "发给": "audience",
    "链接": "link",
    "种类": "kind",
    "改成": "kind",
    "定时": "hold_until",
    "几点发": "hold_until",
    "群里": "in_groups",
}
IN_GROUPS = {"说": True, "也说": True, "要说": True, "不说": False, "不要说": False, "别说": False}
IN_GROUPS_HOW = "业主群里说不说？写「修改 {number} 群里 说」或「修改 {number} 群里 不说」。"
HOLD_AGAIN = "没看懂什么时候发。请写成「修改 {number} 定时 明天 9 点」，马上发写「修改 {number} 定时 没有」。"

# --- proposals and reviews

PROPOSED = "{number} 号通知已经提议给{unit}，他们看过再发，有结果告诉您。"
PROPOSAL = "{name}提议发一条通知（{number} 号），发给 {counted} 户。可以发就点「采用」，要改就点「退回」。"
REVIEW = "{name}请您审核 {number} 号通知，发给 {counted} 户。可以发就点「审核通过」，要改就点「退回」。"
PROPOSAL_TITLE = "{number} 号通知等您看"
ADOPT, RETURN = "采用", "退回"
STAMP_ADOPTED, STAMP_RETURNED = "已采用", "已退回"
NOBODY_DECIDES = "{unit}现在没有人能审核，请找管理员。{number} 号先留着。"
NO_SUCH_PERSON = "{unit}和上面没有叫「{name}」、能审核通知的人。能审核的有：{names}。"
SUBMITTED = "{number} 号通知送给{names}审核了，有结果告诉您。"
NOTHING_WAITS = "现在没有等您看的通知。"
WHICH_WAITS = "您说的是哪一条？等您看的有：{numbers}。带上编号，例如「采用 {first}」。"
NOT_WAITING = "{number} 号通知现在不用审核。"
NOT_YET = (
    "{sentence}\n还不能采用：请退回给拟稿人改，例如「退回通知 {number} 时间过了」；"
    "您也可以自己改，说「修改 {number} …」。"
)
NOT_OWN_REVIEW = "自己写的不能自己审核，请别人看一遍。"
NOT_DECIDING = "{number} 号通知由{unit}决定，不归您管。"
ADOPTED = "好，{number} 号通知采用了。"
REVIEWED = "好，{number} 号通知审核通过，已经告诉{name}，由他签发；您也可以签发。"
TOLD_ADOPTED = "{name}采用了您提议的 {number} 号通知，由{unit}签发。"
TOLD_REVIEWED = "{name}审核通过了 {number} 号通知，请您签发。"
RETURN_WHY = "哪里要改？写一句给拟稿的人，例如：时间不对，是周日。不退了回「取消」。"
NOT_RETURNED = "好，{number} 号通知不退，还在等您看。"
RETURNED = "{number} 号通知退回给{name}了。"
TOLD_RETURNED = "{name}退回了 {number} 号通知：{why}\n改好了再送一次，例如：修改 {number} 新内容"
AND = "、"
FOR_COLLEAGUES = (
    "「通知」发给住户，同事收不到，没有起草。给网格员布置事情说「任务」，例如「任务 本周五前 全体网格员 检查灭火器」；"
    "开会、找人，在工作群里说一声就行。真要发给住户，写上发给谁，例如「通知 @全体 …」。"
)
