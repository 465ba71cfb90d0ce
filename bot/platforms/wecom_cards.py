"""Template cards: what the platform takes, and what a card looks like on a screen afterwards.

Source: developer documents 90236 (message/send) and 94888 (update_template_card). The documents give an errcode of its
own to some rules only; the others answer 40058, as the interface does for any parameter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping
from typing import Any

from bot.platforms.calls import ApiFault

TASK_ID, CARD_TYPE, BUTTON_TEXT, BUTTON_KEY, CARD_ACTION, PARAMETER = 42014, 42031, 42038, 42039, 42045, 40058

TASK_ID_FORM = re.compile(r"[0-9A-Za-z_\-@]{1,128}")
LONGEST_KEY = 1024  # bytes, of a button, an option or a question

# The list, how many entries it may have, which fields each entry needs.
LISTS: dict[str, tuple[int, int, tuple[str, ...]]] = {
    "button_list": (1, 6, ()),  # its fields have errcodes of their own
    "horizontal_content_list": (0, 6, ("keyname",)),
    "vertical_content_list": (0, 4, ("title",)),
    "jump_list": (0, 3, ("title",)),
    "select_list": (1, 3, ("question_key", "option_list")),
}
OPTIONS = {"button_selection": 10, "checkbox": 20, "select_list": 10}  # entries of option_list
ACTIONS = (1, 3)  # entries of action_menu's list

# What each type of card cannot do without. A tuple names alternatives.
REQUIRED: dict[str, tuple[str | tuple[str, ...], ...]] = {
    "text_notice": (("main_title.title", "sub_title_text"), "card_action"),
    "news_notice": ("main_title.title", ("card_image", "image_text_area"), "card_action"),
    "button_interaction": ("main_title.title", "button_list", "task_id"),
    "vote_interaction": ("main_title.title", "checkbox", "submit_button", "task_id"),
    "multiple_interaction": ("main_title.title", "select_list", "submit_button", "task_id"),
}
INTERACTIVE = frozenset({"button_interaction", "vote_interaction", "multiple_interaction"})
FAULT_OF = {"task_id": TASK_ID, "card_action": CARD_ACTION}  # otherwise PARAMETER


def check(card: Any, *, update: bool = False) -> Mapping[str, Any]:
    """The card, when the platform would take it. Raises ApiFault. An update needs no task_id: its code names it."""
    if not isinstance(card, Mapping) or not _is_one_of(card.get("card_type"), REQUIRED):
        raise ApiFault(CARD_TYPE)
    _check_required(card, update)
    if "task_id" in card and not _is_task_id(card["task_id"]):
        raise ApiFault(TASK_ID)
    for name, (least, most, fields) in LISTS.items():
        if name in card:
            _check_list(card[name], least, most, fields)
    _check_buttons(card.get("button_list", ()))
    _check_menu(card, update)
    _check_options(card)
    if "card_action" in card:
        _check_action(card["card_action"])
    return card


def _check_required(card: Mapping[str, Any], update: bool) -> None:
    for needed in REQUIRED[card["card_type"]]:
        alternatives = (needed,) if isinstance(needed, str) else needed
        if update and alternatives == ("task_id",):
            continue
        if not any(_at(card, path) for path in alternatives):
            raise ApiFault(FAULT_OF.get(alternatives[0], PARAMETER))


def _at(card: Mapping[str, Any], path: str) -> Any:
    found: Any = card
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _is_task_id(value: Any) -> bool:
    return isinstance(value, str) and TASK_ID_FORM.fullmatch(value) is not None


def _check_list(entries: Any, least: int, most: int, fields: Iterable[str]) -> None:
    if not isinstance(entries, list) or not least <= len(entries) <= most:
        raise ApiFault(PARAMETER)
    if not all(isinstance(entry, Mapping) and all(entry.get(name) for name in fields) for entry in entries):
        raise ApiFault(PARAMETER)


def _check_buttons(buttons: Iterable[Mapping[str, Any]]) -> None:
    keys: set[str] = set()
    for button in buttons:
        if not _is_words(button.get("text")):
            raise ApiFault(BUTTON_TEXT)
        if button.get("type", 0) == 1:
            if not _is_words(button.get("url")):
                raise ApiFault(PARAMETER)
            continue
        key = button.get("key")
        if not _is_key(key) or key in keys:
            raise ApiFault(BUTTON_KEY)
        keys.add(str(key))


def _check_menu(card: Mapping[str, Any], update: bool) -> None:
    if "action_menu" not in card:
        return
    if not card.get("task_id") and not update:
        raise ApiFault(TASK_ID)
    menu = card["action_menu"]
    _check_list(menu.get("action_list") if isinstance(menu, Mapping) else None, *ACTIONS, ("text", "key"))


def _check_options(card: Mapping[str, Any]) -> None:
    for name, most in OPTIONS.items():
        questions = card.get(name, [])
        for question in questions if isinstance(questions, list) else [questions]:
            if not isinstance(question, Mapping) or not _is_key(question.get("question_key")):
                raise ApiFault(PARAMETER)
            _check_list(question.get("option_list"), 1, most, ("id", "text"))
            ids = [option["id"] for option in question["option_list"]]
            if not all(_is_words(one) for one in ids) or len(set(ids)) != len(ids):
                raise ApiFault(PARAMETER)


# What each type of action needs: nothing, an address, a mini program.
ACTION_NEEDS: dict[int, Callable[[Mapping[str, Any]], bool]] = {
    0: lambda action: True,
    1: lambda action: _is_words(action.get("url")),
    2: lambda action: _is_words(action.get("appid")),
}


def _check_action(action: Any) -> None:
    if not isinstance(action, Mapping) or not _is_one_of(action.get("type", 0), ACTION_NEEDS):
        raise ApiFault(CARD_ACTION)
    if not ACTION_NEEDS[action.get("type", 0)](action):
        raise ApiFault(CARD_ACTION)


def _is_one_of(value: Any, known: Container[Any]) -> bool:
    return isinstance(value, str | int) and value in known


def _is_words(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_key(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value.encode()) <= LONGEST_KEY


# --- on a screen ---------------------------------------------------------------------------------------------------


def shown(card: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a screen for a card. ``replace_text`` leaves one grey button that nobody can press."""
    title = _at(card, "main_title.title") or card.get("sub_title_text", "")
    buttons = [dict(button) for button in card.get("button_list", ())]
    if "submit_button" in card:
        buttons = [dict(card["submit_button"])]
    if card.get("replace_text"):
        buttons = [{"text": card["replace_text"], "disabled": True}]
    return {"text": title, "card": dict(card), "buttons": buttons}


def replaced(words: str) -> dict[str, Any]:
    """The fields of a screen after ``button.replace_name`` or ``update_button``."""
    return {"buttons": [{"text": words, "disabled": True}]}
