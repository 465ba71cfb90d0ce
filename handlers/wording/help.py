"""Help, greetings, and whom to turn to."""

from __future__ import annotations

WELCOME = (
    "您好，这里是社区的门口小助手（机器人）。小区里哪儿坏了、脏了、堵了，直接说一句或拍张照发来就行，"
    "例如「三号楼门口路灯不亮」。问进展说「进度」，找人说「人工」。"
)
HINT = "我是机器人，没听出要报修的事。哪里有问题直接说，例如「三号楼门口路灯不亮」；找人说「人工」。"
# 我眼睛不好使，打字慢: by somebody who is about to tell something.
NEEDS_TIME = r"打字|不会(?:用|弄|发|打|写|按)|耳朵?(?:背|聋|不好)|眼睛?(?:花|不好)|老花|慢点[说打]|看不清(?:字|手机|屏)"
SLOWLY = "不急，您慢慢说，发语音也行。哪里有问题说一句就好；想找人说「人工」。"
STAFF_PHOTO = "收到了。接着说「办结 编号 做了什么」，就作为办结的照片；说「进展 编号 …」，就作为进展。"
STAFF_HINT = (
    "没看懂这句。办工单说「接单」「进展」「办结」加编号，例如「进展 1043 下午到」；看手上的说「待办」，其余说「帮助」。"
)
STAFF_NOT_ASKED = "现在没有等您回话的。看手上的说「待办」，其余说「帮助」。"
STAFF_VOICE = "语音我听不懂，请打字，例如「进展 1043 下午到」。"
STILL_ON = "这句没听懂。您报的还在办，要找人说「人工」。\n"
STILL_BROKEN = "知道还没好。您报的还在办，要找人说「人工」。\n"
AGAIN = "我是机器人，只会帮着报事、查进度。哪儿坏了、脏了、堵了，说一句就行；想找人说「人工」。"
HELLO = "您好，我在。哪儿坏了、怎么了，说一句就行；找人说「人工」。"
UNKNOWN_KIND = "这种消息我还看不懂，请打字说说，或者发照片、语音。"
WHO_REPORTED = (
    r"(?<![找跟向到去问对])谁(?:报的(?!警)|投诉|举报|反映的|告的状|说的我们|捅上去)|(?:报事|投诉|举报|反映|报修)(?:的)?人?(?:是谁|叫什么|姓什么|住哪|是哪家)"
    r"|(?:报事|投诉|举报|反映|报修)(?:的人?|人)的?(?:电话|名字)"
    r"|(?:报|投诉|举报|反映)的(?:人)?是(?:谁|哪家)"
)
NOT_TOLD_WHO = "谁报的，门口不对外说，您报的也一样。办这件事要问什么，说「进展 编号 要问的话」，我转给报事人。"
ROBOT = "我是社区的门口小助手，是个机器人，不收钱，也不问密码。要找人说「人工」。"
RESIDENT_HEAD = "直接说哪里有问题就行，不用记口令。也可以说："
STAFF_HEAD = "常用的几个词："
STAFF_MORE = "说「帮助 全部」看其余的，说「帮助 接单」看一个词怎么用。"
LINE = "「{word}」{help}，例如「{example}」"
EVERYTHING = ("全部", "所有", "更多")
EVERYTHING_HEAD = "全部的说法，一行一类。想看怎么说，回「帮助 {subject}」，或者「帮助 接单」："
SUBJECT_LINE = "【{subject}】{words}"
SUBJECT_HEAD = "【{subject}】"
ONE_OTHERS = "也可以说：{others}"
APART = " "
OTHERS_APART = "、"
# Every command by what it is about, in the order of the day: a test sees to it that none is missing.
SUBJECTS: dict[str, tuple[str, ...]] = {
    "办单": ("accept", "progress", "reassign", "resolve", "todo", "undo", "assist", "why", "passed_on"),
    "查办": (
        *("look", "verify", "redo", "talked", "nudge", "supervise", "comment", "merge", "split", "recategorise"),
        *("lane", "not_report", "is_report"),
    ),
    "退单延期": ("return", "extend", "set_date", "suspend", "resume", "look_back", "agree", "disagree"),
    "移交": ("hand_off", "reject", "take_up"),
    "报事": ("proxy", "patrol", "status", "hurry", "withdraw", "human"),
    "吹哨": (
        *("whistle", "whistle_sign", "whistle_refuse", "whistle_over", "respond", "respond_contact", "decline"),
        *("whistle_excuse", "whistle_must", "whistle_rate"),
    ),
    "一起办": ("task_force", "coordinate", "hand_release"),
    "值班": ("duty", "duty_lead", "duty_list", "duty_change", "duty_drop", "leave", "back", "leave_list", "hand_over"),
    "写通知": (
        *("notice", "notice_edit", "notice_try", "notice_submit", "notice_adopt", "notice_return", "notice_confirm"),
        "notice_consent",
    ),
    "发通知": (
        *("notice_progress", "notice_pause", "notice_resume", "notice_cancel", "notice_cancel_really", "notice_retry"),
        *("notice_retry_really", "notice_correct", "notice_remind", "notice_remind_really", "notice_remind_stop"),
        *("notices_off", "notices_on"),
    ),
    "住户": ("knock_list", "knocked", "knock_undo", "enrol", "bind", "unbind", "claim_agree", "claim_refuse"),
    "群": ("group_mode", "group_bind", "review_list", "candidate_open", "candidate_refuse", "mute", "unmute"),
    "招募": (
        *("call", "sign_up", "sign_out", "sign_ups", "assign_shift", "replace_shift", "stand_down", "tell_sign_ups"),
    ),
    "任务": ("task", "task_confirm", "task_done", "task_end"),
    "统计": ("statistics", "hotline_result"),
    "公示": ("results", "results_confirm", "results_drop", "console", "help"),
}

HUMAN = "{unit}：{name}，电话 {phone}，{hours}。"
HUMAN_NO_NAME = "{unit}：电话 {phone}，{hours}。"
HUMAN_HEAD = "可以找："
PERSON_ASKED = (
    r"(?:找|叫|让|喊|见|联系)[^,。]{0,4}(?:领导|负责人|负责的|经理|主任|书记|管事的|值班|真人|活人)"
    r"|(?:怎么|如何|咋|[找跟向到去](?:谁|哪[里儿]?)|哪[里儿])(?:能|可以|才能)?投诉|投诉[^,。]{0,8}(?:找谁|去哪|到哪|怎么投|打(?:哪|什么))"
    r"|(?:换|找|叫|来|派)个?(?:真的?)?人(?:来|跟|和|说|接|讲|听)|^(?:我|就)?(?:想|要)*找(?:一?个)?(?:人|师傅|工作人员|管事的)(?:啊|呀|吧|帮忙|帮帮我|[,。!])*$"
)
CALLED_FOR = r"^(?:我|就)?(?:想|要)*(?:找|叫|联系|喊|问问)"
PHONE_ASKED = (
    r"(?:电话|手机|号码|联系方式|微信)(?:号码?)?(?:是|有)?(?:多少|几|啥|什么|哪|没有|吗|呢|[?？])|(?<!打)(?<!新)(?:电话|手机号|号码|联系方式)(?:号码?)?$"
    r"|(?:要|给|发|问|查|求|找|有)[^,。]{0,6}(?:电话|联系方式)|(?:怎么|咋|如何|哪里|哪儿)[^,。]{0,3}联系|联系(?:谁|哪)"
)
# Nothing but a question for somebody's number: 燃气公司电话, 派出所电话是多少.
ONLY_PHONE = (
    r"^(?!.*(?:不接|没接|没人|不通|占线|骚扰|诈骗))(?:请问|麻烦|问一?下|我?想要?|我要|给我|帮我|查一?下|告诉我|你?知道|有没有|谁有|有|[,。!\s])*[^,。!?坏断停掉打漏]{1,10}(?:的)?"
    r"(?:电话|联系方式|热线|号码)(?:号码?|号)?(?:是)?(?:多少|几号?|什么|啥|哪个|有没有|有吗|给我|发我|呢|吗|啊|呀|[?？,。!\s])*$"
)
# Numbers that are the same everywhere, by what somebody asks the number of.
NATIONAL: tuple[tuple[str, str], ...] = (
    (r"急救|救护|叫车去医院|120", "急救打 120，24 小时有人接。"),
    (r"火警|消防|119", "火警打 119，24 小时有人接。"),
    (r"报警|派出所|公安|警察|110", "报警打 110，24 小时有人接；派出所的座机可以打 12345 问。"),
    (r"供电|电力|电网|电业", "供电服务打 95598，24 小时有人接。"),
    (r"心理", "心理援助打 12356。"),
    (r"妇联|妇女", "妇女维权打 12338。"),
    (r"青少年", "青少年热线打 12355。"),
    (r"纪委|监委|举报(?:领导|干部|书记)", "反映公职人员打 12388。"),
    (r"社保|人社|养老金", "社保打 12333。"),
    (r"医保", "医保打 12393。"),
    (r"公积金", "公积金打 12329。"),
    (r"税务", "税务打 12366。"),
    (r"消协|市场监管|工商|12315", "消费投诉打 12315。"),
    (r"交警|122", "交通事故打 122。"),
)
HUMAN_CITY = "也可以打 12345 热线，24 小时有人接。危险先打 110、119、120。"
HUMAN_COMES = "已请工作人员来这里跟您说，人来之前我先不插话；您说的事照样会登记。"
DEFAULT_HOURS = "每天 8:30–17:30"
DUTY_LINE = "12345"
DANGER = (
    "您说的这件事要紧。有危险请先打 110；身体不舒服打 120；心里难受可打心理援助热线 12356。已请值班人员尽快联系您。"
)
DANGER_STAFF = "🔴请马上私下联系一位居民（可能有危险）：{place}。不要在群里提起。"
WHO_ARE_YOU = (
    "你是谁",
    "您是谁",
    "你是机器人吗",
    "是机器人吗",
    "你是人吗",
    "是真人吗",
    "你是真人吗",
    "机器人吗",
    "你叫什么",
)
IS_IT_A_BOT = (
    r"^(?:请问|喂|哎|那|[,。!\s])*(?:你|您|这里?|这边|那边|对面|和我(?:说话|聊)的)?(?:们)?(?:到底|究竟|真的|难道|其实|该不会|不会)*(?:是不是|是|算)(?:一?个)?"
    r"(?:真?人|活人|真的人|机器人?|电脑|AI|ai|人工智能|骗子|骗人的|诈骗|客服|程序|谁)(?:[,，]?(?:还是|或者是?)(?:一?个)?(?:真?人|活人|机器人?|电脑|AI|ai|骗子|谁))?(?:吗|吧|嘛|么|啊|呀|呢|[?？。!~\s])*$"
)
AROUND = " ?？。!！~～,，"
NOT_AT_ALL = "不客气，有事随时说。"
# An old person's heavy heart, told to the bot because nobody else is there: no ticket, and no manual either.
HEAVY = (
    r"(?:心里|心情|心头)(?:很|好|真|太|特别|有点|实在|一直|总)*(?:难受|难过|憋屈|委屈|堵|苦|烦|闷|乱|慌|不好受|空落落)|(?:好|很|真|太|特别|挺)(?:孤单|孤独|寂寞|可怜|想哭|害怕)"
    r"|(?:没|冇)(?:有)?人(?:管我|陪我|跟我说话|和我说话|说说?话|理我|关心我|要我|疼我)|(?:儿子|女儿|孩子|儿女|子女|闺女)们?[^,。]{0,8}(?:不管我|不理我|不来看我?|不孝|不要我|不接(?:我)?电话)"
    r"|老伴(?:走|没)(?:了|得)|一个人[^,。]{0,6}(?:怕|孤单|难过|哭|没意思)|想(?:死)?我?(?:老伴|老头子|儿子|女儿|妈)了|我(?:好|很|真的?|有点)?怕(?:$|[,。!得的])"
)
LISTENS = (
    "您说的我听见了，心里不好受吧。我是机器人，陪不了您，想找人说说话就打 12356，有人听您说。\n"
    "想让社区的人来看看您，回「人工」；身上不舒服打 120。"
)
HELLOS = ("你好", "您好")
KNOCKS = (
    *("在吗", "在不在", "有人吗", "有人在吗", "有没有人", "有没有人啊", "人呢", "喂", "喂喂", "请问"),
    *("我有事", "我想问一下", "hello", "hi", "麻烦您一下", "麻烦你一下", "麻烦一下", "打扰一下", "打扰您一下"),
    *("我要投诉", "投诉", "我要报修", "报修", "我要报事", "报事", "我要反映", "我要反映问题", "反映问题"),
)
# 我想反映个事, 跟你说个事, 有件事: somebody knocks in more words than those.
KNOCKS_AT = (
    r"^(?:你好|您好|请问|那个|喂|哎|诶|[,。!\s])*(?:我|俺|咱)?(?:们)?(?:这里|这边|这儿|家)?(?:又?有(?:一?[个件点些])?(?:事情?儿?|问题|情况|意见))?[,，\s]*(?:我|俺)?"
    r"(?:想|要|得|来)?(?:跟|和|向|给|同|找)?(?:你|您|社区|物业)?(?:们)?(?:反映|反应|说|讲|问|咨询|报|汇报|投诉(?:你们?)?(?:物业|社区|居委会|管家|保安)?|请教|报修|报告|打听|请教)?(?:一?下)?(?:一?[个件点些])?"
    r"(?:事情?儿?|问题|情况|意见)?(?:一?下)?(?:行不行|行吗|可以吗|好吗|能吗|吗|呀|啊|哈|呗|[,。!~\s])*$"
)
COME_IN = "在的，您说。在哪儿、怎么了，一句话就行，例如「三号楼门口路灯不亮」。找人说「人工」。"
WOULD_TELL_ON = (
    r"(?:你好|您好|请问|喂|那个|[,。!\s])*(?:我们?|本人|俺)?(?:是)?(?:想|要|来|得|能|可以|怎么|如何)*(?:跟|向|给|找)?(?:你们?|您|社区)?"
    r"(?:实名|匿名)?(?:举报|检举|揭发)(?:一下|一?个|点|一件)?(?:人家?|事情?儿?|情况|问题|邻居|别人|人)?(?:怎么(?:弄|办|举报)|行吗|可以吗|行不行|能吗|吗|呀|啊|的|了|[,。!~\s])*"
)
COME_IN_TELLING = (
    "您说，举报什么、在哪儿。只有办这事的人看得到，不会在群里提，也不会告诉对方是谁说的。\n"
    "要是公职人员收钱、以权谋私，请直接打 12388，这里不登记。"
)
