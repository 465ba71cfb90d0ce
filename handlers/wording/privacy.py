"""How plates and rooms are written."""

PLATE = r"[\u4e00-\u9fff][A-Z][·・ ]?[A-Z0-9]{5,6}(?![A-Z0-9])"  # GA 36
ROOM = r"(?<!\d)\d{3,4}(?=\s*(?:室|房|户))"
