"""What the groups of the lexicon and the categories are called before people."""

GROUP_NAMES = {
    "defect": "说哪里坏了", "again": "又、一直", "unattended": "没人管", "ask_fix": "请求处理", "harm": "有危害",
    "accuse": "指出是谁", "lasting": "拖了多久", "thanks": "道谢", "solved": "说已好了", "notice": "像通知",
    "tradesman": "找师傅、问价", "trade": "买卖", "past": "说从前", "elsewhere": "说别处", "news": "新闻转发",
    "figure": "打比方、闲谈", "policy": "问政策", "agree": "附和", "staff": "工作人员答复", "school": "学校",
    "apology": "道歉", "suppose": "假设、听说", "ask_time": "问时间", "leisure": "闲聊", "self_fix": "自己解决",
    "emphatic": "语气强", "problem": "具体问题", "topic": "社区事项",
    "loose": "闲话里也多的词", "plain": "看着像、不相干的词",
    "firm": "社区里的事", "told": "何物出了何事",
}  # fmt: skip
CATEGORY_NAMES = {
    "sanitation": "环境卫生", "drainage": "排水污水", "road_facility": "道路设施", "parking": "停车交通",
    "fire_safety": "消防安全", "utilities": "水电气暖", "building": "房屋电梯", "noise": "噪音扰民",
    "fumes": "油烟异味", "encroachment": "占道违建", "greening": "绿化园林", "animals": "犬只动物",
    "security": "治安安全", "property_service": "物业服务", "dispute": "矛盾纠纷", "welfare": "民生求助",
    "other": "其他",
}  # fmt: skip
