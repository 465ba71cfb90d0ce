"""How the files of the register (底册) say what code calls by key."""

from __future__ import annotations

from handlers.wording.taxonomy import CATEGORY, DEFAULT_AREA, OUTSIDE_AREA, ROLE

UNIT_KIND = {
    "city": "市",
    "district": "区",
    "street": "街道",
    "station": "网格工作站",
    "community": "社区",
    "estate": "小区",
    "grid": "网格",
    "property": "物业",
    "department": "部门",
    "enterprise": "企业",
}
# Of a department or a company that serves everybody: what it alone does.
FUNCTION = {
    "urban": "城管",
    "sanitation": "环卫",
    "municipal": "市政",
    "drainage": "排水",
    "power": "供电",
    "water": "供水",
    "gas": "燃气",
    "heating": "供热",
    "fire": "消防",
    "police": "公安",
    "traffic": "交警",
    "greening": "园林",
    "ecology": "生态环境",
    "housing": "住建",
    "market": "市场监管",
    "justice": "司法",
    "civil": "民政",
    "emergency": "应急",
}
AREA = (DEFAULT_AREA, "商务楼宇", OUTSIDE_AREA, "专属")
POST = {key: name for key, name in ROLE.items() if key != "resident"}
TAG = {"elderly": "老人", "alone": "独居"}
YES, NO = "是", "否"
ANY = "*"  # of an area or a category
# What a table of desks may name: a category, one of the four fields, or what one department alone does.
MATTER = {
    **CATEGORY,
    "enforcement": "行政执法",
    "demolition": "拆违拆迁",
    "city_management": "城市管理",
    "work_safety": "安全生产",
    **{key: FUNCTION[key] for key in ("power", "water", "gas", "heating")},
    ANY: ANY,
}
ENTRANCE, ROOM = "单元", "室"  # 2单元 302室: the file may say them or not
