"""The names people read for what code calls by key."""

from __future__ import annotations

CATEGORY = {
    "sanitation": "环境卫生",
    "drainage": "排水污水",
    "road_facility": "道路设施",
    "parking": "停车交通",
    "fire_safety": "消防安全",
    "utilities": "水电气暖",
    "building": "房屋电梯",
    "noise": "噪音扰民",
    "fumes": "油烟异味",
    "encroachment": "占道违建",
    "greening": "绿化园林",
    "animals": "犬只动物",
    "security": "治安安全",
    "property_service": "物业服务",
    "dispute": "矛盾纠纷",
    "welfare": "民生求助",
    "other": "其他",
}
KIND = {
    "fault": "求助报修",
    "complaint": "投诉",
    "tipoff": "举报",
    "consult": "咨询",
    "advice": "建议",
    "praise": "表扬",
}
ROLE_STAFF = "社区和各单位的工作人员"
ROLE = {
    "resident": "居民",
    "building_lead": "楼栋长",
    "road_lead": "路段长",
    "assistant": "协管员",
    "owners": "业委会",
    "grid_worker": "网格员",
    "grid_lead": "网格长",
    "community": "社区",
    "dispatcher": "街道派单员",
    "street_leader": "街道领导",
    "handler": "部门承办人",
    "property": "物业",
    "duty": "值班员",
    "inspector": "督查员",
    "admin": "管理员",
}
STATUS_STAFF = {
    "reported": "待接单",
    "accepted": "已接单",
    "in_progress": "处置中",
    "resolved": "待核查",
    "closed": "已结案",
    "suspended": "挂账",
    "transferred": "已移交",
    "rejected": "不予受理",
    "merged": "已并案",
    "withdrawn": "已撤回",
}
CLOSING = {
    "solved": "已解决",
    "explained": "解释说明",
    "handed_over": "移交",
    "withdrawn": "本人撤回",
    "unverifiable": "无法核实",
    "not_report": "不是报事",
}
UNDISPATCHED = "待派单"
FOR_THE_ROOT = "{what}（找根子）"


def status_staff(status: str, has_desk: bool) -> str:
    """The state as staff read it."""
    return UNDISPATCHED if status == "reported" and not has_desk else STATUS_STAFF[status]


DEFAULT_AREA = "居民区"  # what an estate is where nobody said otherwise
OUTSIDE_AREA = "道路"  # outside the red line
