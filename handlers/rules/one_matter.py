"""Which kinds of what people tell can be one matter. Pure.

A fault and a complaint about it may be. What is wrong is no part of advice, whose answer has days and no lights; and a
tip-off, which few may read, gathers nothing but more of the same.
"""

from __future__ import annotations

from handlers.rules.deadlines import WITHOUT_LIGHTS
from handlers.rules.likeness import ABOUT_ANYTHING

TIPOFF, SERVICE = "tipoff", "property_service"


def can_be_one(told: str, about: str, kind: str, category: str, *, plainly: bool, alone: bool = False) -> bool:
    """Whether what was ``told`` of, ``about`` some category, may join a ticket of this kind and category.

    ``plainly``: it is a report for certain; what is only likely one may be more of the advice. ``alone``: said to the
    bot in private, where a lamp that is out is not lost in a complaint about those who should see to it.
    """
    if alone and plainly and category == SERVICE and about not in ABOUT_ANYTHING:
        return False
    if told == kind:
        return True
    if kind in WITHOUT_LIGHTS:
        return not plainly and told != TIPOFF
    return TIPOFF not in (told, kind) or about == category
