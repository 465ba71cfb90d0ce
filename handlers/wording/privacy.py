"""How plates and rooms are written."""

PLATE = r"[\u4e00-\u9fff][A-Z][·・ ]?[A-Z0-9]{5,6}(?![A-Z0-9])"  # GA 36
ROOM = r"(?<!\d)\d{3,4}(?=\s*(?:室|房))"
BARE_ROOM = r"(?<![\d-])\d{3,4}(?![\d\s]*(?:号|栋|幢|座|单元|路|弄|巷|\d))"  # of a place: 1203, but not 108 号
