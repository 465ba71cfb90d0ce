"""The fields of an official account's events that nobody's finger causes, and of those about subscriptions.

Sources: official documents "mass messages and original content verification" (job finished), "template messages" (job
finished) and "event pushes of subscription notifications". The platform writes one element ``List`` a template; in JSON
a single one is an object and not a list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

TEMPLATE_FINISHED, MASS_FINISHED = "TEMPLATESENDJOBFINISH", "MASSSENDJOBFINISH"
TEMPLATE_OK, TEMPLATE_BLOCKED, TEMPLATE_FAILED = "success", "failed:user block", "failed: system failed"
MASS_OK, MASS_FAILED = "send success", "send fail"

Fields = dict[str, Any]


def template_finished(msg_id: int, status: str = TEMPLATE_OK) -> Fields:
    """What became of one template message."""
    return {"MsgID": msg_id, "Status": status}


def mass_finished(msg_id: int, status: str, *, total: int, filtered: int, sent: int, errors: int) -> Fields:
    """What became of a mass message. ``filtered`` are those who were left after filtering."""
    return {
        "MsgID": msg_id,
        "Status": status,
        "TotalCount": total,
        "FilterCount": filtered,
        "SentCount": sent,
        "ErrorCount": errors,
        "CopyrightCheckResult": {"Count": 0, "ResultList": "", "CheckState": 0},
        "ArticleUrlResult": {"Count": 0, "ResultList": ""},
    }


def subscriptions(
    kind: Literal["Popup", "Change", "Sent"], rows: Sequence[Mapping[str, Any]], *, as_json: bool = False
) -> Fields:
    """``subscribe_msg_popup_event`` and its two sisters."""
    rows = [dict(row) for row in rows]
    listed = {"List": rows[0] if len(rows) == 1 else rows}
    return listed if as_json else {f"SubscribeMsg{kind}Event": listed}
