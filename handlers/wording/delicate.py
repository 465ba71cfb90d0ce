"""What is said where care is needed: a life in danger, blows at home, accusations, petitions, quarrels.

Source of the numbers: 12356, psychological help, National Health Commission (in every city since 1 May 2025, at least
18 hours a day); 12338, women's rights, All-China Women's Federation; 12355, young people, Communist Youth League;
12388, misconduct of officials, Central Commission for Discipline Inspection (since 26 June 2008); 110 and 120.
"""

from __future__ import annotations

COMFORT = {
    "self_harm": (
        "谢谢您说出来，这件事有人管，{called}。\n"
        "身边有危险先打 110 或 120；心里难受、想找人说说，打 12356（心理援助），有人听您说。"
    ),
    "home": (
        "谢谢您说出来，动手就是不对，这不怪您，{called}。\n"
        "有危险先打 110，受了伤打 120；怎么护住自己，可以打 12338（妇女维权）问。"
    ),
    "child": (
        "谢谢您替孩子说出来，{called}。\n"
        "孩子有危险先打 110，受了伤打 120；也可以打 12355（青少年热线），那边有人接着帮。"
    ),
}
CALLED = "我已请值班的人马上私下联系您"
NOBODY_CALLED = "只是值班的人暂时联系不上，请直接打下面的电话"
STILL_HERE = "我在，您说的都转给值班的人了，他们会尽快联系您。等不及就打 110、120 或 12356。"
PRIVATELY = "请马上私下联系，不要在群里提起"

# Whoever hurt them may hold the telephone.
HEARD = "好的，知道了。"
MAKE_SURE = "{number} 号本人说没事了。请照样私下问一声，确认平安再办结，不要在群里提起。"

OFFICIAL = (
    "您说的是公职人员的事，这里不登记，您的话也没有留下。\n"
    "请直接打 12388（纪委监委举报电话）或上 12388.gov.cn，可以要求为您保密。"
)
APART = "这件事不适合由我立单，已私下告诉社区负责人，请他找您当面说。您也可以直接找："

SECRETARY = {
    "petition": "「{place}」有人说起集体反映、聚集的事{half}。我没有立单，也没在群里接话，请您私下了解一下。",
    "committee": "「{place}」有人争业委会、公共收益的事{half}。我没有立单，也没在群里接话，请您私下了解一下。",
    "person": "「{place}」有人点名说某个人的不是。我没有立单，也没在群里接话，请您私下了解一下。",
    "quarrel": "「{place}」里吵起来了。我在群里先安静半小时，险情照报，别的私下回。请您看看要不要劝一劝。",
}
# 我要投诉小赵: whoever is named so works here, and is no neighbour.
COMPLAINS_OF = (
    r"(?:^|[,，。!！;；\s])(?:您好|你好)?(?:我们?|本人)?(?:就是|就|要求|要|想|来|得|必须|一定)*"
    r"(?:(?:投诉|控告)(?!过|电话|热线|信箱|渠道|了|谁|有|不)"
    r"|反映(?!过)(?=[^。]{1,14}(?:态度(?!很?(?:好|不错))|[不没]理|[不没]管|骂|凶|推[诿来脱]|踢皮球|不作为|敷衍|刁难)))"
)
ONLY_ASKS = r"再不|要是|如果|不然|否则|怎么|咋|哪里|有用|没用|[吗呢?？][。!]?$"
NOT_THEIR_HOME = r"(?!(?:他|她)?(?:们)?家|(?:的|养的)?(?:狗|车|猫|孩子|儿子|女儿|老婆|老公))"
FAMILIAR = "[小老]"
OF_A_NAME = r"[区板师人年时头]"
THEIR_WORK = r"态度|不管|不理|不接|推诿|推来推去|踢皮球|敷衍|拖|骂|凶|不作为|不负责|办事|工作|服务|上门|电话|网格|社区"
HALF = "（「{said}…」）"
IN_PRIVATE = "私聊"
HALF_LENGTH = 12  # characters


def comfort(topic: str, *, called: bool) -> str:
    """Two warm lines: that it is heard and who was called, then the numbers."""
    return COMFORT[topic].format(called=CALLED if called else NOBODY_CALLED)
