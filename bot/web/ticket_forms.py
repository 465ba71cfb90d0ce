"""What a page asks for beside the button of a command: choices, words, a photo; and how they are said in one line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from handlers.context import Context
from handlers.staff import erasing, owners
from handlers.staff.may_now import offered
from handlers.whistles.whistling import calls_community
from handlers.wording import closing, console_desk, outside, reasons, suspending, taxonomy
from handlers.wording import desk as wording
from handlers.wording import erasing as erasing_words
from handlers.wording import lanes as lane_words
from handlers.wording.commands import BLANKS, COMMANDS
from handlers.wording.whistles import LISTS
from storage.people import Unit
from storage.tickets import Ticket

LONGEST = 1000  # characters of what may be written
# The fields of a form, in the order in which they are said.
TYPED = ("sure", "choice", "same", "article", "owner", "units", "words", "problems", "needs")
CERTAIN = ("owner",)  # what names somebody, and is not to be guessed from the line
FIELDS = {"code": "choice"}  # of a part that has another name there
LISTED, PAUSES = ("problems", "needs"), " :："
EXAMPLE = "1043"  # the number in every command's example


@dataclass(frozen=True, slots=True)
class Form:
    """``words``: none, may, must. ``choices`` are said before the words; an empty one says nothing.

    ``parts``: what else belongs to the command, each with a field of its own. ``sure``: there is no way back, so that a
    box is ticked first.
    """

    words: str = "none"
    choices: tuple[str, ...] = ()
    photo: bool = False
    parts: tuple[str, ...] = ()
    sure: bool = False


PLAIN, WORDS, MUST = Form(), Form("may"), Form("must")
AS = {kind: word for word, kind in reversed(closing.AS.items()) if kind != "handed_over"}  # the first word of each
FORMS: Mapping[str, Form] = {
    "accept": PLAIN,
    "progress": Form("may", photo=True),
    "resolve": Form("may", ("", AS["explained"], AS["unverifiable"]), photo=True),
    "undo": PLAIN,
    "agree": WORDS,
    "whistle_sign": PLAIN,
    "verify": Form("may", (wording.VERIFY_PASS[0], wording.VERIFY_FAIL[0])),
    "redo": PLAIN,
    "respond": WORDS,
    "whistle_excuse": WORDS,
    "whistle_must": WORDS,
    "whistle_over": PLAIN,
    "look_back": Form(choices=(suspending.BUTTON_STILL, suspending.BUTTON_CAN)),
    "resume": PLAIN,
    "return": Form("may", ("", *reasons.BUTTONS["return"].values()), parts=("article", "owner", "same")),
    "suspend": Form("may", ("", *reasons.BUTTONS["suspend"].values())),
    "whistle": Form(parts=("units", "problems", "needs")),
    "nudge": PLAIN,
    "recategorise": Form(choices=tuple(taxonomy.CATEGORY.values())),
    "lane": Form(choices=tuple(lane_words.NAMES.values())),
    "not_report": PLAIN,
    "is_report": PLAIN,
    "reject": Form("may", tuple(reason.name for reason in outside.REASONS.values())),
    "passed_on": PLAIN,
    "erase": Form(choices=("", *erasing_words.WHY.values()), sure=True),
}
DAILY = frozenset(
    {
        "agree",
        "disagree",
        "whistle_sign",
        "whistle_refuse",
        "accept",
        "progress",
        "resolve",
        "reassign",
        "undo",
        "verify",
        "redo",
        "respond",
        "look_back",
    }
)


def of(command: str, number: int) -> dict[str, Any]:
    """What a template needs for the form of a command."""
    form, said = FORMS.get(command, MUST), COMMANDS.get(command)
    example = said.example.partition(EXAMPLE)[2].strip() if said is not None else ""
    for choice in filter(None, form.choices):
        example = example.removeprefix(choice).strip(BLANKS)  # it is chosen, not written
    return {
        "command": command,
        "label": wording.BUTTONS.get(command) or wording.NAMES[command],
        "help": said.help if said is not None else "",
        "words": form.words,
        "example": example,
        "choices": form.choices,
        "photo": form.photo,
        "parts": form.parts,
        "sure": erasing_words.SURELY[0] if form.sure else "",  # what the ticked box says
        "names": "",  # whom one may name
        "daily": command in DAILY,
        "number": number,
        "why": "",  # it was refused, else empty
        "wrong": "",  # the field that is wrong
        "typed": {},
        "photo_again": False,
    }


def several(commands: Iterable[str], number: int, *, names_owner: bool) -> list[dict[str, Any]]:
    """The forms of these commands. With 同意 goes a unit only where somebody wants to be rid of a ticket."""
    forms = [of(command, number) for command in commands if command in wording.NAMES]
    return [form | {"words": "none"} if form["command"] == "agree" and not names_owner else form for form in forms]


def all_of(ctx: Context, ticket: Ticket, *, names_owner: bool) -> list[dict[str, Any]]:
    """The forms of everything that somebody may do now."""
    forms = several(offered(ctx, ticket), ticket.number, names_owner=names_owner)
    for form in forms:
        if form["command"] == "whistle" and calls_community(ctx, ticket):
            form["parts"] = form["parts"][1:]  # whom is settled
        if form["command"] == "return" and ticket.desk_id is not None:
            form["names"] = owners.likely(ctx, ticket, ctx.db.get_one(Unit, ticket.desk_id))
        if form["command"] == "erase":
            form["help"] = erasing.lost(ctx, ticket)
    return forms


def typed(fields: Mapping[str, str]) -> dict[str, str]:
    """What was chosen and written in a form, by the names of its fields."""
    return {name: said for name in TYPED if (said := fields.get(name, "")[:LONGEST])}


def in_one_line(fields: Mapping[str, str]) -> str:
    """What was chosen and written, as it stands behind the number in the chat."""
    parts = ((name, said.strip()) for name, said in typed(fields).items())
    return " ".join(_in_the_line(name, said) for name, said in parts if said)


def _in_the_line(name: str, said: str) -> str:
    """A list that speaks of 问题： itself stays one list."""
    plain = LISTS.sub(lambda mark: f"{mark[0].rstrip(PAUSES)} ", said) if name in LISTED else said
    return console_desk.IN_THE_LINE.get(name, "{said}").format(said=plain)


def certain(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields that are to be taken at their word."""
    return {name: said for name, said in typed(fields).items() if name in CERTAIN}
